using Chain.Core.Encoding;

namespace Chain.State.Storage.Sorted;

/// <summary>Brings changes that are known by their index into the order of their keys, and writes them slice by slice.</summary>
internal sealed class SortedBatch
{
    private const int SliceSize = 128;

    private readonly SortedTable _table;
    private readonly Action<int, ByteWriter> _writeValue;
    private readonly ByteWriter _value = new();
    private readonly int[] _order;
    private readonly ByteWriter _keys;
    private SortedWriter? _writer;
    private int _next;

    /// <summary>Sorts <paramref name="count"/> changes; the two functions write the key and the value (nothing to delete) of one.</summary>
    public SortedBatch(SortedTable table, int count, Action<int, ByteWriter> writeKey, Action<int, ByteWriter> writeValue)
    {
        _table = table;
        _writeValue = writeValue;
        _order = new int[count];
        _keys = new ByteWriter(count * table.KeySize);
        if (count > 0) Sort(writeKey);
    }

    /// <summary>Writes one slice, or merges a little; false where nothing is left to do.</summary>
    public bool WriteSome()
    {
        if (_order.Length == 0) return false;
        if (_next == _order.Length) return _writer!.Merge();
        _writer ??= _table.BeginWrite(_order.Length);
        for (var end = Math.Min(_order.Length, _next + SliceSize); _next < end; _next++)
        {
            _value.Clear();
            _writeValue(_order[_next], _value);
            _writer.Set(Key(_order[_next]), _value.WrittenSpan);
        }

        if (_next < _order.Length) return true;
        _writer.Complete();
        return true;
    }

    private ReadOnlySpan<byte> Key(int change) => _keys.WrittenSpan.Slice(change * _table.KeySize, _table.KeySize);

    private void Sort(Action<int, ByteWriter> writeKey)
    {
        var heads = new ulong[_order.Length];
        for (var i = 0; i < _order.Length; i++)
        {
            writeKey(i, _keys);
            _order[i] = i;
            heads[i] = SortedPage.Head(Key(i));
        }

        Array.Sort(heads, _order);
        for (var start = 0; start < heads.Length;)
        {
            var end = start + 1;
            while (end < heads.Length && heads[end] == heads[start]) end++;
            if (end - start > 1) _order.AsSpan(start, end - start).Sort((x, y) => Key(x).SequenceCompareTo(Key(y)));
            start = end;
        }
    }
}
