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

    /// <summary>Creates it from what its row holds.</summary>
    public SortedRun(long number, long entries, byte[] firstKeys, int keySize, KeyFilter? filter)
    {
        Number = number;
        Entries = entries;
        Filter = filter;
        _firstKeys = firstKeys;
        _keySize = keySize;
        Pages = firstKeys.Length / keySize;
    }

    /// <summary>Its number.</summary>
    public long Number { get; }

    /// <summary>How many entries it has, deletions included.</summary>
    public long Entries { get; }

    /// <summary>How many pages it has.</summary>
    public int Pages { get; }

    /// <summary>Says which keys it does not have; null in tables that are asked for ranges only.</summary>
    public KeyFilter? Filter { get; }

    /// <summary>The number of a page in the table of pages.</summary>
    public static long PageNumber(long run, int page) => (run << 32) + page;

    /// <summary>The run of a page by its number in the table of pages.</summary>
    public static long RunOfPage(long number) => number >> 32;

    /// <summary>The page that has a key, if any has; -1 where the key comes before all.</summary>
    public int FindPage(ReadOnlySpan<byte> key)
    {
        int low = 0, high = Pages;
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
