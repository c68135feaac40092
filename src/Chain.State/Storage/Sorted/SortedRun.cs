using System.Buffers.Binary;

namespace Chain.State.Storage.Sorted;

/// <summary>
/// What is kept in memory of one sorted run: its number, by which newer runs are greater, and where in its pages a key would
/// be. A run never changes once it is written.
/// </summary>
internal sealed class SortedRun
{
    private readonly byte[] _firstKeys;
    private readonly int _keySize;

    /// <summary>Creates it from what its row holds: for each page the place where it lies, and its first key.</summary>
    public SortedRun(long number, long entries, int[] pages, byte[] firstKeys, KeyFilter? filter)
    {
        Number = number;
        Entries = entries;
        Pages = pages;
        Filter = filter;
        _firstKeys = firstKeys;
        _keySize = firstKeys.Length / pages.Length;
    }

    /// <summary>Its number.</summary>
    public long Number { get; }

    /// <summary>How many entries it has, deletions included.</summary>
    public long Entries { get; }

    /// <summary>Where its pages lie, in the order of their keys.</summary>
    public int[] Pages { get; }

    /// <summary>Says which keys it does not have; null in tables that are asked for ranges only.</summary>
    public KeyFilter? Filter { get; }

    /// <summary>The index of the page that has a key, if any has; -1 where the key comes before all.</summary>
    public int FindPage(ReadOnlySpan<byte> key)
    {
        int low = 0, high = Pages.Length;
        var head = SortedPage.Head(key);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            var first = _firstKeys.AsSpan(middle * _keySize, _keySize);
            var firstHead = BinaryPrimitives.ReadUInt64BigEndian(first);
            if (firstHead < head || (firstHead == head && first.SequenceCompareTo(key) <= 0)) low = middle + 1;
            else high = middle;
        }

        return low - 1;
    }
}
