using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Chain.Tests.Node.Kit;

/// <summary>
/// Bitcoin's messages as the protocol's documentation describes them, put together and taken apart by hand: nothing here
/// comes from the project that is tested. Hashes are in the order of their bytes.
/// </summary>
internal static class Wire
{
    public const int HeaderSize = 24;

    public const uint TxType = 1;

    public const uint BlockType = 2;

    public const uint WitnessTransactionType = 5;

    public const uint WitnessFlag = 0x4000_0000;

    /// <summary>The whole frame: magic 4, command 12, length 4, checksum 4, payload.</summary>
    public static byte[] Frame(ReadOnlySpan<byte> magic, string command, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[HeaderSize + payload.Length];
        magic.CopyTo(frame);
        System.Text.Encoding.ASCII.GetBytes(command, frame.AsSpan(4));
        BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(16), payload.Length);
        DoubleHash(payload).AsSpan(0, 4).CopyTo(frame.AsSpan(20));
        payload.CopyTo(frame.AsSpan(HeaderSize));
        return frame;
    }

    public static byte[] DoubleHash(ReadOnlySpan<byte> bytes) => SHA256.HashData(SHA256.HashData(bytes));

    /// <summary>A hash as people write it: backwards.</summary>
    public static string Text(ReadOnlySpan<byte> hash)
    {
        var reversed = hash.ToArray();
        Array.Reverse(reversed);
        return Convert.ToHexStringLower(reversed);
    }

    /// <summary>The bytes of a hash from the text in which people write it.</summary>
    public static byte[] Hash(string text)
    {
        var bytes = Convert.FromHexString(text);
        Array.Reverse(bytes);
        return bytes;
    }

    /// <summary>A version message; of protocol 70015 and a node without witnesses if nothing else is said.</summary>
    public static byte[] Version(ulong nonce, int height, string userAgent = "/hand:1/", uint protocol = 70015, ulong services = 1) =>
    [
        .. VersionHead(protocol, services),
        .. new byte[26],
        .. UInt64(nonce),
        .. CompactSize((ulong)userAgent.Length), .. System.Text.Encoding.ASCII.GetBytes(userAgent),
        .. UInt32((uint)height),
        1,
    ];

    /// <summary>A version message as it was first sent in 2009: it ends behind the receiver's address.</summary>
    public static byte[] OldVersion(uint protocol) => VersionHead(protocol);

    /// <summary>The payload of getblocks and getheaders.</summary>
    public static byte[] Locator(IReadOnlyList<byte[]> hashes, byte[]? stop = null) =>
        [.. UInt32(70015), .. CompactSize((ulong)hashes.Count), .. hashes.SelectMany(hash => hash), .. stop ?? new byte[32]];

    /// <summary>The payload of inv, getdata and notfound.</summary>
    public static byte[] Inventory(uint type, params IReadOnlyList<byte[]> hashes) =>
        [.. CompactSize((ulong)hashes.Count), .. hashes.SelectMany(hash => (byte[])[.. UInt32(type), .. hash])];

    /// <summary>The items of inv, getdata and notfound.</summary>
    public static List<(uint Type, byte[] Hash)> ReadInventory(byte[] payload)
    {
        var reader = new WireReader(payload);
        var items = new List<(uint, byte[])>();
        for (var left = reader.CompactSize(); left > 0; left--) items.Add((reader.UInt32(), reader.Bytes(32)));
        Assert.Equal(0, reader.Remaining);
        return items;
    }

    /// <summary>The headers of a headers message.</summary>
    public static List<byte[]> ReadHeaders(byte[] payload)
    {
        var reader = new WireReader(payload);
        var headers = new List<byte[]>();
        for (var left = reader.CompactSize(); left > 0; left--)
        {
            headers.Add(reader.Bytes(80));
            Assert.Equal(0, reader.CompactSize());
        }

        Assert.Equal(0, reader.Remaining);
        return headers;
    }

    /// <summary>The payload of a headers message.</summary>
    public static byte[] Headers(params IReadOnlyList<byte[]> headers) => [.. CompactSize((ulong)headers.Count), .. headers.SelectMany(header => (byte[])[.. header, 0])];

    public static byte[] UInt32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    public static byte[] UInt64(ulong value)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, value);
        return bytes;
    }

    public static byte[] CompactSize(ulong value) => value switch
    {
        < 0xfd => [(byte)value],
        <= 0xffff => [0xfd, .. UInt32((uint)value)[..2]],
        _ => [0xfe, .. UInt32((uint)value)],
    };

    private static byte[] VersionHead(uint protocol, ulong services = 1) =>
        [.. UInt32(protocol), .. UInt64(services), .. UInt64((ulong)DateTimeOffset.UtcNow.ToUnixTimeSeconds()), .. new byte[26]];
}

/// <summary>Reads bytes one field after the other.</summary>
internal sealed class WireReader(byte[] bytes)
{
    private int _at;

    public int Remaining => bytes.Length - _at;

    public byte[] Bytes(int count)
    {
        _at += count;
        return bytes[(_at - count).._at];
    }

    public uint UInt32() => BinaryPrimitives.ReadUInt32LittleEndian(Bytes(4));

    public ulong UInt64() => BinaryPrimitives.ReadUInt64LittleEndian(Bytes(8));

    public int CompactSize() => Bytes(1)[0] switch
    {
        0xfd => BinaryPrimitives.ReadUInt16LittleEndian(Bytes(2)),
        0xfe => (int)UInt32(),
        0xff => checked((int)UInt64()),
        var small => small,
    };
}
