using System.Buffers.Binary;
using System.Text;
using Chain.Core.Cryptography;

namespace Chain.Network.Messages;

/// <summary>
/// The 24 bytes before each payload: magic 4, command 12 (ASCII, filled up with zeros), payload length 4, checksum 4 (the
/// first bytes of the payload's double SHA-256). The magic says which chain is spoken of.
/// </summary>
public readonly record struct FrameHeader(uint Magic, string Command, uint Length, uint Checksum)
{
    /// <summary>Encoded length in bytes.</summary>
    public const int Size = 24;

    /// <summary>The room for a command.</summary>
    public const int CommandSize = 12;

    private const int CommandOffset = 4;
    private const int LengthOffset = 16;
    private const int ChecksumOffset = 20;

    /// <summary>The header for a payload.</summary>
    public static FrameHeader For(uint magic, string command, ReadOnlySpan<byte> payload) =>
        new(magic, command, (uint)payload.Length, ComputeChecksum(payload));

    /// <summary>The first four bytes of the double SHA-256, as a little-endian number.</summary>
    public static uint ComputeChecksum(ReadOnlySpan<byte> payload)
    {
        Span<byte> hash = stackalloc byte[Hash256.Size];
        Sha256d.Hash(payload).CopyTo(hash);
        return BinaryPrimitives.ReadUInt32LittleEndian(hash);
    }

    /// <summary>The magic of the 24 bytes, whatever the rest of them is.</summary>
    public static uint ReadMagic(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    /// <summary>A magic as people write it: its four bytes in the order in which they are sent, in hexadecimal.</summary>
    public static string FormatMagic(uint magic)
    {
        Span<byte> bytes = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, magic);
        return Convert.ToHexStringLower(bytes);
    }

    /// <summary>Whether the command is text filled up with zeros, as it must be.</summary>
    public bool IsCommandText => Command.All(c => WireText.IsPrintable((byte)c));

    /// <summary>Reads 24 bytes, whatever they are; of a command that is no text the bytes stand as characters.</summary>
    public static FrameHeader Read(ReadOnlySpan<byte> bytes) => new(
        ReadMagic(bytes),
        ReadCommand(bytes.Slice(CommandOffset, CommandSize)),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[LengthOffset..]),
        BinaryPrimitives.ReadUInt32LittleEndian(bytes[ChecksumOffset..]));

    /// <summary>Writes 24 bytes.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, Magic);
        var command = destination.Slice(CommandOffset, CommandSize);
        command.Clear();
        _ = Encoding.Latin1.GetBytes(Command, command);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[LengthOffset..], Length);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[ChecksumOffset..], Checksum);
    }

    private static string ReadCommand(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes.TrimEnd((byte)0));
}
