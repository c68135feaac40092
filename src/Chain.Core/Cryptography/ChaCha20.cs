using System.Buffers.Binary;
using System.Numerics;

namespace Chain.Core.Cryptography;

/// <summary>The key stream of ChaCha20 (RFC 8439) with a nonce of zeros, from its first block on.</summary>
public static class ChaCha20
{
    /// <summary>Bytes in a key.</summary>
    public const int KeySize = 32;

    private const int BlockSize = 64;
    private const int Rounds = 20;

    /// <summary>Fills a buffer, whose length is a multiple of 64, with the key stream.</summary>
    public static void KeyStream(ReadOnlySpan<byte> key, Span<byte> destination)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeySize);
        ArgumentOutOfRangeException.ThrowIfNotEqual(destination.Length % BlockSize, 0);
        Span<uint> start = stackalloc uint[16];
        Span<uint> x = stackalloc uint[16];
        start.Clear();
        (start[0], start[1], start[2], start[3]) = (0x61707865, 0x3320646e, 0x79622d32, 0x6b206574);
        for (var i = 0; i < 8; i++) start[4 + i] = BinaryPrimitives.ReadUInt32LittleEndian(key[(4 * i)..]);
        for (var offset = 0; offset < destination.Length; offset += BlockSize, start[12]++)
        {
            start.CopyTo(x);
            for (var round = 0; round < Rounds; round += 2)
            {
                for (var i = 0; i < 4; i++) Quarter(ref x[i], ref x[4 + i], ref x[8 + i], ref x[12 + i]);
                for (var i = 0; i < 4; i++) Quarter(ref x[i], ref x[4 + (i + 1) % 4], ref x[8 + (i + 2) % 4], ref x[12 + (i + 3) % 4]);
            }

            for (var i = 0; i < 16; i++) BinaryPrimitives.WriteUInt32LittleEndian(destination[(offset + 4 * i)..], Add(x[i], start[i]));
        }
    }

    private static void Quarter(ref uint a, ref uint b, ref uint c, ref uint d)
    {
        d = BitOperations.RotateLeft(d ^ (a = Add(a, b)), 16);
        b = BitOperations.RotateLeft(b ^ (c = Add(c, d)), 12);
        d = BitOperations.RotateLeft(d ^ (a = Add(a, b)), 8);
        b = BitOperations.RotateLeft(b ^ (c = Add(c, d)), 7);
    }

    private static uint Add(uint a, uint b) => unchecked(a + b);
}
