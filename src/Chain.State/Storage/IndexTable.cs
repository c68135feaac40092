using System.Buffers.Binary;
using Chain.Core.Cryptography;
using Chain.Core.Encoding;
using Chain.Core.Primitives;
using Chain.State.Storage.Sorted;

namespace Chain.State.Storage;

/// <summary>Where a transaction of the chain stands: the height of its block, and the first of its bytes in that block's encoding.</summary>
public readonly record struct TransactionPlace(int Height, int Offset);

/// <summary>The input that spends an output: its transaction, and its number there.</summary>
public readonly record struct SpendingInput(TransactionPlace Transaction, int Input);

/// <summary>What a transaction did with one script: how many outputs it made with it and how many it spent, and their satoshis.</summary>
public readonly record struct ScriptEvent(TransactionPlace Place, int Funded, long FundedSum, int Spent, long SpentSum);

/// <summary>
/// The index of the chain on disk, made of three kinds of entries: a transaction's place by its id, the input that spends an
/// output, and what happened to a script, newest first. Ids and the SHA-256 of scripts are cut to 16 bytes: two that share
/// them would take 2^64 hashes to find, and who reads looks at the whole id.
/// </summary>
public sealed class IndexTable
{
    /// <summary>How much of an id or a script's hash a key has.</summary>
    public const int NameSize = 16;

    private const string Name = "history";
    private const int KeySize = 1 + NameSize + 2 * sizeof(uint);
    private const byte OfTransaction = (byte)'t', OfSpend = (byte)'s', OfScript = (byte)'h';

    private readonly SortedTable _table;

    internal IndexTable(SqliteDatabase db) => _table = new SortedTable(db, Name, KeySize, hasFilters: false);

    /// <summary>The tables of SQLite behind it.</summary>
    internal static string Schema => SortedTable.Schema(Name);

    /// <summary>The place of a transaction; null where the index has none.</summary>
    public TransactionPlace? Find(TxId id)
    {
        Span<byte> key = stackalloc byte[KeySize];
        WriteKey(key, OfTransaction, id, 0);
        if (_table.Find(key) is not { } value) return null;
        var reader = new ByteReader(value);
        return new TransactionPlace((int)reader.ReadCompactSize(), (int)reader.ReadCompactSize());
    }

    /// <summary>What spends an output; null where the index knows of nothing.</summary>
    public SpendingInput? FindSpender(OutPoint outPoint)
    {
        Span<byte> key = stackalloc byte[KeySize];
        WriteKey(key, OfSpend, outPoint.TxId, outPoint.Index);
        if (_table.Find(key) is not { } value) return null;
        var reader = new ByteReader(value);
        return new SpendingInput(new TransactionPlace((int)reader.ReadCompactSize(), (int)reader.ReadCompactSize()), (int)reader.ReadCompactSize());
    }

    /// <summary>What happened to a script, newest first, at most so much, from behind a place on.</summary>
    public IReadOnlyList<ScriptEvent> FindHistory(ReadOnlySpan<byte> scriptHash, TransactionPlace? behind, int count)
    {
        Span<byte> from = stackalloc byte[KeySize];
        WriteKey(from, scriptHash, behind ?? new TransactionPlace(int.MaxValue, int.MaxValue));
        var result = new List<ScriptEvent>();
        var reader = _table.Read(from);
        while (result.Count < count && reader.MoveNext() && reader.Key[..(1 + NameSize)].SequenceEqual(from[..(1 + NameSize)]))
        {
            if (reader.Value.IsEmpty || (behind is not null && reader.Key.SequenceEqual(from))) continue;
            result.Add(DecodeEvent(reader.Key, reader.Value));
        }

        return result;
    }

    /// <summary>Writes changes, inside the caller's transaction.</summary>
    public void Apply(IndexChanges changes)
    {
        var batch = new SortedBatch(_table, changes.Count, (i, writer) => writer.WriteBytes(changes.Key(i)), (i, writer) => writer.WriteBytes(changes.Value(i)));
        while (batch.WriteSome())
        {
        }
    }

    /// <summary>Forgets everything.</summary>
    public void Clear() => _table.Clear();

    private static ScriptEvent DecodeEvent(ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        var place = key[(1 + NameSize)..];
        var height = ~BinaryPrimitives.ReadInt32BigEndian(place);
        var offset = ~BinaryPrimitives.ReadInt32BigEndian(place[sizeof(int)..]);
        var reader = new ByteReader(value.ToArray());
        return new ScriptEvent(new TransactionPlace(height, offset), (int)reader.ReadCompactSize(), (long)reader.ReadCompactSize(), (int)reader.ReadCompactSize(), (long)reader.ReadCompactSize());
    }

    private static void WriteKey(Span<byte> key, byte kind, TxId id, uint index)
    {
        Span<byte> hash = stackalloc byte[Hash256.Size];
        id.Hash.CopyTo(hash);
        key[0] = kind;
        hash[..NameSize].CopyTo(key[1..]);
        BinaryPrimitives.WriteUInt32BigEndian(key[(1 + NameSize)..], index);
        key[^sizeof(uint)..].Clear();
    }

    /// <summary>Heights and offsets turned round, so that the newest comes first.</summary>
    private static void WriteKey(Span<byte> key, ReadOnlySpan<byte> scriptHash, TransactionPlace place)
    {
        key[0] = OfScript;
        scriptHash[..NameSize].CopyTo(key[1..]);
        BinaryPrimitives.WriteInt32BigEndian(key[(1 + NameSize)..], ~place.Height);
        BinaryPrimitives.WriteInt32BigEndian(key[(1 + NameSize + sizeof(int))..], ~place.Offset);
    }

    /// <summary>Entries to set, or to delete where <paramref name="isUndo"/>; those of one block after another.</summary>
    public sealed class IndexChanges(bool isUndo)
    {
        private readonly ByteWriter _keys = new(), _values = new();
        private readonly List<int> _ends = [];

        /// <summary>How many there are.</summary>
        public int Count => _ends.Count;

        /// <summary>A transaction has a place.</summary>
        public void Add(TxId id, TransactionPlace place)
        {
            WriteKey(_keys.Take(KeySize), OfTransaction, id, 0);
            if (!isUndo) Write(place);
            _ends.Add(_values.Length);
        }

        /// <summary>An input spends an output.</summary>
        public void Add(OutPoint outPoint, SpendingInput spender)
        {
            WriteKey(_keys.Take(KeySize), OfSpend, outPoint.TxId, outPoint.Index);
            if (!isUndo)
            {
                Write(spender.Transaction);
                _values.WriteCompactSize((ulong)spender.Input);
            }

            _ends.Add(_values.Length);
        }

        /// <summary>Something happened to a script, whose hash begins with these bytes.</summary>
        public void Add(ReadOnlySpan<byte> scriptHash, ScriptEvent happened)
        {
            WriteKey(_keys.Take(KeySize), scriptHash, happened.Place);
            if (!isUndo)
            {
                _values.WriteCompactSize((ulong)happened.Funded).WriteCompactSize((ulong)happened.FundedSum)
                    .WriteCompactSize((ulong)happened.Spent).WriteCompactSize((ulong)happened.SpentSum);
            }

            _ends.Add(_values.Length);
        }

        internal ReadOnlySpan<byte> Key(int change) => _keys.WrittenSpan.Slice(change * KeySize, KeySize);

        internal ReadOnlySpan<byte> Value(int change) => _values.WrittenSpan[(change == 0 ? 0 : _ends[change - 1]).._ends[change]];

        private void Write(TransactionPlace place) => _values.WriteCompactSize((ulong)place.Height).WriteCompactSize((ulong)place.Offset);
    }
}
