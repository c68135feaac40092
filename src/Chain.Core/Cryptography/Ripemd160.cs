using System.Buffers.Binary;
using System.Numerics;

namespace Chain.Core.Cryptography;

/// <summary>
/// RIPEMD-160 (Dobbertin, Bosselaers, Preneel 1996), which .NET no longer has and <see cref="Hash160"/> needs. Inputs
/// here are short (32 bytes, or a script element of at most 520), so clarity goes before speed.
/// </summary>
public static class Ripemd160
{
    private const int BlockSize = 64;

    // Which message word each of the 80 steps takes, and how far it rotates: left line, then right line.
    private static ReadOnlySpan<byte> WordLeft =>
    [
        0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15,
        7, 4, 13, 1, 10, 6, 15, 3, 12, 0, 9, 5, 2, 14, 11, 8,
        3, 10, 14, 4, 9, 15, 8, 1, 2, 7, 0, 6, 13, 11, 5, 12,
        1, 9, 11, 10, 0, 8, 12, 4, 13, 3, 7, 15, 14, 5, 6, 2,
        4, 0, 5, 9, 7, 12, 2, 10, 14, 1, 3, 8, 11, 6, 15, 13,
    ];

    private static ReadOnlySpan<byte> WordRight =>
    [
        5, 14, 7, 0, 9, 2, 11, 4, 13, 6, 15, 8, 1, 10, 3, 12,
        6, 11, 3, 7, 0, 13, 5, 10, 14, 15, 8, 12, 4, 9, 1, 2,
        15, 5, 1, 3, 7, 14, 6, 9, 11, 8, 12, 2, 10, 0, 4, 13,
        8, 6, 4, 1, 3, 11, 15, 0, 5, 12, 2, 13, 9, 7, 10, 14,
        12, 15, 10, 4, 1, 5, 8, 7, 6, 2, 13, 14, 0, 3, 9, 11,
    ];

    private static ReadOnlySpan<byte> RotateLeftLine =>
    [
        11, 14, 15, 12, 5, 8, 7, 9, 11, 13, 14, 15, 6, 7, 9, 8,
        7, 6, 8, 13, 11, 9, 7, 15, 7, 12, 15, 9, 11, 7, 13, 12,
        11, 13, 6, 7, 14, 9, 13, 15, 14, 8, 13, 6, 5, 12, 7, 5,
        11, 12, 14, 15, 14, 15, 9, 8, 9, 14, 5, 6, 8, 6, 5, 12,
        9, 15, 5, 11, 6, 8, 13, 12, 5, 12, 13, 14, 11, 8, 5, 6,
    ];

    private static ReadOnlySpan<byte> RotateRightLine =>
    [
        8, 9, 9, 11, 13, 15, 15, 5, 7, 7, 8, 11, 14, 14, 12, 6,
        9, 13, 15, 7, 12, 8, 9, 11, 7, 7, 12, 7, 6, 15, 13, 11,
        9, 7, 15, 11, 8, 6, 6, 14, 12, 13, 5, 14, 13, 13, 7, 5,
        15, 5, 8, 11, 14, 14, 6, 14, 6, 9, 12, 9, 12, 5, 15, 8,
        8, 5, 12, 9, 12, 5, 14, 6, 8, 13, 6, 5, 15, 13, 11, 11,
    ];

    private static ReadOnlySpan<uint> ConstantLeft => [0x00000000, 0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xa953fd4e];

    private static ReadOnlySpan<uint> ConstantRight => [0x50a28be6, 0x5c4dd124, 0x6d703ef3, 0x7a6d76e9, 0x00000000];

    /// <summary>Writes the 20-byte hash of <paramref name="data"/> to <paramref name="destination"/>.</summary>
    public static void Hash(ReadOnlySpan<byte> data, Span<byte> destination)
    {
        Span<uint> state = [0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0];
        var whole = data.Length / BlockSize * BlockSize;
        for (var i = 0; i < whole; i += BlockSize) Compress(state, data.Slice(i, BlockSize));

        // Padding: one bit, zeros, and the length in bits as 64-bit little-endian, in one or two more blocks.
        Span<byte> tail = stackalloc byte[2 * BlockSize];
        tail.Clear();
        var rest = data[whole..];
        rest.CopyTo(tail);
        tail[rest.Length] = 0x80;
        var tailSize = rest.Length < BlockSize - 8 ? BlockSize : 2 * BlockSize;
        BinaryPrimitives.WriteInt64LittleEndian(tail[(tailSize - 8)..], data.Length * 8L);
        for (var i = 0; i < tailSize; i += BlockSize) Compress(state, tail.Slice(i, BlockSize));

        for (var i = 0; i < state.Length; i++) BinaryPrimitives.WriteUInt32LittleEndian(destination[(4 * i)..], state[i]);
    }

    private static void Compress(Span<uint> state, ReadOnlySpan<byte> block)
    {
        Span<uint> words = stackalloc uint[16];
        for (var i = 0; i < words.Length; i++) words[i] = BinaryPrimitives.ReadUInt32LittleEndian(block[(4 * i)..]);

        var left = Line(state, words, WordLeft, RotateLeftLine, ConstantLeft, mirrored: false);
        var right = Line(state, words, WordRight, RotateRightLine, ConstantRight, mirrored: true);
        unchecked
        {
            var t = state[1] + left.C + right.D;
            state[1] = state[2] + left.D + right.E;
            state[2] = state[3] + left.E + right.A;
            state[3] = state[4] + left.A + right.B;
            state[4] = state[0] + left.B + right.C;
            state[0] = t;
        }
    }

    private static (uint A, uint B, uint C, uint D, uint E) Line(ReadOnlySpan<uint> state, ReadOnlySpan<uint> words,
        ReadOnlySpan<byte> order, ReadOnlySpan<byte> rotations, ReadOnlySpan<uint> constants, bool mirrored)
    {
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4]);
        for (var i = 0; i < 80; i++)
        {
            var round = i / 16;
            unchecked
            {
                var t = a + Mix(mirrored ? 4 - round : round, b, c, d) + words[order[i]] + constants[round];
                t = BitOperations.RotateLeft(t, rotations[i]) + e;
                (a, e, d, c, b) = (e, d, BitOperations.RotateLeft(c, 10), b, t);
            }
        }

        return (a, b, c, d, e);
    }

    private static uint Mix(int round, uint x, uint y, uint z) => round switch
    {
        0 => x ^ y ^ z,
        1 => (x & y) | (~x & z),
        2 => (x | ~y) ^ z,
        3 => (x & z) | (y & ~z),
        _ => x ^ (y | ~z),
    };
}
