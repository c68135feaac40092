using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Chain.State.Storage.Sorted;

/// <summary>
/// The format of a page: a checksum (CRC-32C of what follows, 4 bytes little-endian), then entries in the order of their keys,
/// each a key, the length of its value as CompactSize, and the value. A value of no bytes says that the key was deleted.
/// </summary>
internal static class SortedPage
{
    /// <summary>The bytes before the first entry.</summary>
    public const int HeaderSize = sizeof(uint);

    /// <summary>A page takes no further entry that would make it larger: with its row it then fits one page of the file.</summary>
    public const int MaxSize = 4000;

    private const int MaxLengthSize = 5;

    /// <summary>The most bytes that an entry takes.</summary>
    public static int MaxEntrySize(int keySize, int valueSize) => keySize + MaxLengthSize + valueSize;

    /// <summary>Writes an entry and gives its size.</summary>
    public static int WriteEntry(Span<byte> destination, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        key.CopyTo(destination);
        var at = key.Length;
        if (value.Length < 0xfd)
        {
            destination[at++] = (byte)value.Length;
        }
        else
        {
            destination[at++] = 0xfe;
            BinaryPrimitives.WriteUInt32LittleEndian(destination[at..], (uint)value.Length);
            at += sizeof(uint);
        }

        value.CopyTo(destination[at..]);
        return at + value.Length;
    }

    /// <summary>Writes the checksum of a page whose entries are written, for its place in its run.</summary>
    public static void Seal(Span<byte> page, long run, int index) =>
        BinaryPrimitives.WriteUInt32LittleEndian(page, Checksum(page[HeaderSize..], Seed(run, index)));

    /// <summary>Whether a page is what was written at this place of this run.</summary>
    public static bool IsWhole(ReadOnlySpan<byte> page, long run, int index) =>
        page.Length > HeaderSize && BinaryPrimitives.ReadUInt32LittleEndian(page) == Checksum(page[HeaderSize..], Seed(run, index));

    /// <summary>Takes the entry at a place of a whole page, and moves to the next; false at the end, and where there is none.</summary>
    public static bool TryTake(ReadOnlySpan<byte> page, int keySize, scoped ref int at, out ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        key = value = default;
        if (page.Length - at < keySize + MaxLengthSize && !IsEntryWhole(page, keySize, at)) return false;
        key = page.Slice(at, keySize);
        at += keySize;
        int length = page[at++];
        if (length == 0xfe)
        {
            length = BinaryPrimitives.ReadInt32LittleEndian(page[at..]);
            at += sizeof(uint);
        }

        if ((uint)length > (uint)(page.Length - at)) return false;
        value = page.Slice(at, length);
        at += length;
        return true;
    }

    /// <summary>The value of a key in a whole page; false where the page does not have it.</summary>
    public static bool TryFind(ReadOnlySpan<byte> page, ReadOnlySpan<byte> key, out ReadOnlySpan<byte> value)
    {
        var head = Head(key);
        var at = HeaderSize;
        while (TryTake(page, key.Length, ref at, out var candidate, out value))
        {
            var candidateHead = Head(candidate);
            if (candidateHead < head) continue;
            if (candidateHead > head) return false;
            var order = candidate.SequenceCompareTo(key);
            if (order >= 0) return order == 0;
        }

        return false;
    }

    /// <summary>The first eight bytes of a key as a number that sorts as they do.</summary>
    public static ulong Head(ReadOnlySpan<byte> key) => BinaryPrimitives.ReadUInt64BigEndian(key);

    /// <summary>Whether a key and the length of its value stand there; near the end of a page only.</summary>
    private static bool IsEntryWhole(ReadOnlySpan<byte> page, int keySize, int at) =>
        page.Length - at > keySize && (page[at + keySize] < 0xfd || page.Length - at >= keySize + MaxLengthSize);

    /// <summary>A page of one place must not pass for the page of another.</summary>
    private static uint Seed(long run, int index) => unchecked((uint)run * 0x9e3779b1 ^ (uint)index * 0x85ebca6b);

    /// <summary>CRC-32C.</summary>
    public static uint Checksum(ReadOnlySpan<byte> bytes, uint before = 0)
    {
        var crc = ~before;
        foreach (var word in MemoryMarshal.Cast<byte, ulong>(bytes)) crc = BitOperations.Crc32C(crc, BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word));
        foreach (var b in bytes[(bytes.Length & ~7)..]) crc = BitOperations.Crc32C(crc, b);
        return ~crc;
    }
}
