using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Chain.Core.Cryptography;

/// <summary>
/// RIPEMD-160 (Dobbertin, Bosselaers, Preneel 1996), which .NET no longer has and <see cref="Hash160"/> needs. Two lines of
/// 80 steps run side by side over each block; the steps stand in full, since every P2PKH input pays for them.
/// </summary>
public static class Ripemd160
{
    private const int BlockSize = 64;
    private const int StateSize = 5;

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
        Span<uint> x = stackalloc uint[BlockSize / sizeof(uint)];
        for (var i = 0; i < x.Length; i++) x[i] = BinaryPrimitives.ReadUInt32LittleEndian(block[(4 * i)..]);

        Span<uint> lines = stackalloc uint[2 * StateSize];
        state.CopyTo(lines);
        state.CopyTo(lines[StateSize..]);
        FirstRound(lines, x);
        SecondRound(lines, x);
        ThirdRound(lines, x);
        FourthRound(lines, x);
        FifthRound(lines, x);
        unchecked
        {
            var sum = state[1] + lines[2] + lines[8];
            state[1] = state[2] + lines[3] + lines[9];
            state[2] = state[3] + lines[4] + lines[5];
            state[3] = state[4] + lines[0] + lines[6];
            state[4] = state[0] + lines[1] + lines[7];
            state[0] = sum;
        }
    }

    private static void FirstRound(Span<uint> lines, ReadOnlySpan<uint> x)
    {
        const uint Right = 0x50a28be6;
        var (a, b, c, d, e) = (lines[0], lines[1], lines[2], lines[3], lines[4]);
        var (p, q, r, s, t) = (lines[5], lines[6], lines[7], lines[8], lines[9]);
        Step(ref a, Parity(b, c, d), ref c, e, x[0], 0, 11);
        Step(ref p, ParityNot(q, r, s), ref r, t, x[5], Right, 8);
        Step(ref e, Parity(a, b, c), ref b, d, x[1], 0, 14);
        Step(ref t, ParityNot(p, q, r), ref q, s, x[14], Right, 9);
        Step(ref d, Parity(e, a, b), ref a, c, x[2], 0, 15);
        Step(ref s, ParityNot(t, p, q), ref p, r, x[7], Right, 9);
        Step(ref c, Parity(d, e, a), ref e, b, x[3], 0, 12);
        Step(ref r, ParityNot(s, t, p), ref t, q, x[0], Right, 11);
        Step(ref b, Parity(c, d, e), ref d, a, x[4], 0, 5);
        Step(ref q, ParityNot(r, s, t), ref s, p, x[9], Right, 13);
        Step(ref a, Parity(b, c, d), ref c, e, x[5], 0, 8);
        Step(ref p, ParityNot(q, r, s), ref r, t, x[2], Right, 15);
        Step(ref e, Parity(a, b, c), ref b, d, x[6], 0, 7);
        Step(ref t, ParityNot(p, q, r), ref q, s, x[11], Right, 15);
        Step(ref d, Parity(e, a, b), ref a, c, x[7], 0, 9);
        Step(ref s, ParityNot(t, p, q), ref p, r, x[4], Right, 5);
        Step(ref c, Parity(d, e, a), ref e, b, x[8], 0, 11);
        Step(ref r, ParityNot(s, t, p), ref t, q, x[13], Right, 7);
        Step(ref b, Parity(c, d, e), ref d, a, x[9], 0, 13);
        Step(ref q, ParityNot(r, s, t), ref s, p, x[6], Right, 7);
        Step(ref a, Parity(b, c, d), ref c, e, x[10], 0, 14);
        Step(ref p, ParityNot(q, r, s), ref r, t, x[15], Right, 8);
        Step(ref e, Parity(a, b, c), ref b, d, x[11], 0, 15);
        Step(ref t, ParityNot(p, q, r), ref q, s, x[8], Right, 11);
        Step(ref d, Parity(e, a, b), ref a, c, x[12], 0, 6);
        Step(ref s, ParityNot(t, p, q), ref p, r, x[1], Right, 14);
        Step(ref c, Parity(d, e, a), ref e, b, x[13], 0, 7);
        Step(ref r, ParityNot(s, t, p), ref t, q, x[10], Right, 14);
        Step(ref b, Parity(c, d, e), ref d, a, x[14], 0, 9);
        Step(ref q, ParityNot(r, s, t), ref s, p, x[3], Right, 12);
        Step(ref a, Parity(b, c, d), ref c, e, x[15], 0, 8);
        Step(ref p, ParityNot(q, r, s), ref r, t, x[12], Right, 6);
        (lines[0], lines[1], lines[2], lines[3], lines[4]) = (a, b, c, d, e);
        (lines[5], lines[6], lines[7], lines[8], lines[9]) = (p, q, r, s, t);
    }

    private static void SecondRound(Span<uint> lines, ReadOnlySpan<uint> x)
    {
        const uint Left = 0x5a827999;
        const uint Right = 0x5c4dd124;
        var (a, b, c, d, e) = (lines[0], lines[1], lines[2], lines[3], lines[4]);
        var (p, q, r, s, t) = (lines[5], lines[6], lines[7], lines[8], lines[9]);
        Step(ref e, Choose(a, b, c), ref b, d, x[7], Left, 7);
        Step(ref t, ChooseBack(p, q, r), ref q, s, x[6], Right, 9);
        Step(ref d, Choose(e, a, b), ref a, c, x[4], Left, 6);
        Step(ref s, ChooseBack(t, p, q), ref p, r, x[11], Right, 13);
        Step(ref c, Choose(d, e, a), ref e, b, x[13], Left, 8);
        Step(ref r, ChooseBack(s, t, p), ref t, q, x[3], Right, 15);
        Step(ref b, Choose(c, d, e), ref d, a, x[1], Left, 13);
        Step(ref q, ChooseBack(r, s, t), ref s, p, x[7], Right, 7);
        Step(ref a, Choose(b, c, d), ref c, e, x[10], Left, 11);
        Step(ref p, ChooseBack(q, r, s), ref r, t, x[0], Right, 12);
        Step(ref e, Choose(a, b, c), ref b, d, x[6], Left, 9);
        Step(ref t, ChooseBack(p, q, r), ref q, s, x[13], Right, 8);
        Step(ref d, Choose(e, a, b), ref a, c, x[15], Left, 7);
        Step(ref s, ChooseBack(t, p, q), ref p, r, x[5], Right, 9);
        Step(ref c, Choose(d, e, a), ref e, b, x[3], Left, 15);
        Step(ref r, ChooseBack(s, t, p), ref t, q, x[10], Right, 11);
        Step(ref b, Choose(c, d, e), ref d, a, x[12], Left, 7);
        Step(ref q, ChooseBack(r, s, t), ref s, p, x[14], Right, 7);
        Step(ref a, Choose(b, c, d), ref c, e, x[0], Left, 12);
        Step(ref p, ChooseBack(q, r, s), ref r, t, x[15], Right, 7);
        Step(ref e, Choose(a, b, c), ref b, d, x[9], Left, 15);
        Step(ref t, ChooseBack(p, q, r), ref q, s, x[8], Right, 12);
        Step(ref d, Choose(e, a, b), ref a, c, x[5], Left, 9);
        Step(ref s, ChooseBack(t, p, q), ref p, r, x[12], Right, 7);
        Step(ref c, Choose(d, e, a), ref e, b, x[2], Left, 11);
        Step(ref r, ChooseBack(s, t, p), ref t, q, x[4], Right, 6);
        Step(ref b, Choose(c, d, e), ref d, a, x[14], Left, 7);
        Step(ref q, ChooseBack(r, s, t), ref s, p, x[9], Right, 15);
        Step(ref a, Choose(b, c, d), ref c, e, x[11], Left, 13);
        Step(ref p, ChooseBack(q, r, s), ref r, t, x[1], Right, 13);
        Step(ref e, Choose(a, b, c), ref b, d, x[8], Left, 12);
        Step(ref t, ChooseBack(p, q, r), ref q, s, x[2], Right, 11);
        (lines[0], lines[1], lines[2], lines[3], lines[4]) = (a, b, c, d, e);
        (lines[5], lines[6], lines[7], lines[8], lines[9]) = (p, q, r, s, t);
    }

    private static void ThirdRound(Span<uint> lines, ReadOnlySpan<uint> x)
    {
        const uint Left = 0x6ed9eba1;
        const uint Right = 0x6d703ef3;
        var (a, b, c, d, e) = (lines[0], lines[1], lines[2], lines[3], lines[4]);
        var (p, q, r, s, t) = (lines[5], lines[6], lines[7], lines[8], lines[9]);
        Step(ref d, OrNot(e, a, b), ref a, c, x[3], Left, 11);
        Step(ref s, OrNot(t, p, q), ref p, r, x[15], Right, 9);
        Step(ref c, OrNot(d, e, a), ref e, b, x[10], Left, 13);
        Step(ref r, OrNot(s, t, p), ref t, q, x[5], Right, 7);
        Step(ref b, OrNot(c, d, e), ref d, a, x[14], Left, 6);
        Step(ref q, OrNot(r, s, t), ref s, p, x[1], Right, 15);
        Step(ref a, OrNot(b, c, d), ref c, e, x[4], Left, 7);
        Step(ref p, OrNot(q, r, s), ref r, t, x[3], Right, 11);
        Step(ref e, OrNot(a, b, c), ref b, d, x[9], Left, 14);
        Step(ref t, OrNot(p, q, r), ref q, s, x[7], Right, 8);
        Step(ref d, OrNot(e, a, b), ref a, c, x[15], Left, 9);
        Step(ref s, OrNot(t, p, q), ref p, r, x[14], Right, 6);
        Step(ref c, OrNot(d, e, a), ref e, b, x[8], Left, 13);
        Step(ref r, OrNot(s, t, p), ref t, q, x[6], Right, 6);
        Step(ref b, OrNot(c, d, e), ref d, a, x[1], Left, 15);
        Step(ref q, OrNot(r, s, t), ref s, p, x[9], Right, 14);
        Step(ref a, OrNot(b, c, d), ref c, e, x[2], Left, 14);
        Step(ref p, OrNot(q, r, s), ref r, t, x[11], Right, 12);
        Step(ref e, OrNot(a, b, c), ref b, d, x[7], Left, 8);
        Step(ref t, OrNot(p, q, r), ref q, s, x[8], Right, 13);
        Step(ref d, OrNot(e, a, b), ref a, c, x[0], Left, 13);
        Step(ref s, OrNot(t, p, q), ref p, r, x[12], Right, 5);
        Step(ref c, OrNot(d, e, a), ref e, b, x[6], Left, 6);
        Step(ref r, OrNot(s, t, p), ref t, q, x[2], Right, 14);
        Step(ref b, OrNot(c, d, e), ref d, a, x[13], Left, 5);
        Step(ref q, OrNot(r, s, t), ref s, p, x[10], Right, 13);
        Step(ref a, OrNot(b, c, d), ref c, e, x[11], Left, 12);
        Step(ref p, OrNot(q, r, s), ref r, t, x[0], Right, 13);
        Step(ref e, OrNot(a, b, c), ref b, d, x[5], Left, 7);
        Step(ref t, OrNot(p, q, r), ref q, s, x[4], Right, 7);
        Step(ref d, OrNot(e, a, b), ref a, c, x[12], Left, 5);
        Step(ref s, OrNot(t, p, q), ref p, r, x[13], Right, 5);
        (lines[0], lines[1], lines[2], lines[3], lines[4]) = (a, b, c, d, e);
        (lines[5], lines[6], lines[7], lines[8], lines[9]) = (p, q, r, s, t);
    }

    private static void FourthRound(Span<uint> lines, ReadOnlySpan<uint> x)
    {
        const uint Left = 0x8f1bbcdc;
        const uint Right = 0x7a6d76e9;
        var (a, b, c, d, e) = (lines[0], lines[1], lines[2], lines[3], lines[4]);
        var (p, q, r, s, t) = (lines[5], lines[6], lines[7], lines[8], lines[9]);
        Step(ref c, ChooseBack(d, e, a), ref e, b, x[1], Left, 11);
        Step(ref r, Choose(s, t, p), ref t, q, x[8], Right, 15);
        Step(ref b, ChooseBack(c, d, e), ref d, a, x[9], Left, 12);
        Step(ref q, Choose(r, s, t), ref s, p, x[6], Right, 5);
        Step(ref a, ChooseBack(b, c, d), ref c, e, x[11], Left, 14);
        Step(ref p, Choose(q, r, s), ref r, t, x[4], Right, 8);
        Step(ref e, ChooseBack(a, b, c), ref b, d, x[10], Left, 15);
        Step(ref t, Choose(p, q, r), ref q, s, x[1], Right, 11);
        Step(ref d, ChooseBack(e, a, b), ref a, c, x[0], Left, 14);
        Step(ref s, Choose(t, p, q), ref p, r, x[3], Right, 14);
        Step(ref c, ChooseBack(d, e, a), ref e, b, x[8], Left, 15);
        Step(ref r, Choose(s, t, p), ref t, q, x[11], Right, 14);
        Step(ref b, ChooseBack(c, d, e), ref d, a, x[12], Left, 9);
        Step(ref q, Choose(r, s, t), ref s, p, x[15], Right, 6);
        Step(ref a, ChooseBack(b, c, d), ref c, e, x[4], Left, 8);
        Step(ref p, Choose(q, r, s), ref r, t, x[0], Right, 14);
        Step(ref e, ChooseBack(a, b, c), ref b, d, x[13], Left, 9);
        Step(ref t, Choose(p, q, r), ref q, s, x[5], Right, 6);
        Step(ref d, ChooseBack(e, a, b), ref a, c, x[3], Left, 14);
        Step(ref s, Choose(t, p, q), ref p, r, x[12], Right, 9);
        Step(ref c, ChooseBack(d, e, a), ref e, b, x[7], Left, 5);
        Step(ref r, Choose(s, t, p), ref t, q, x[2], Right, 12);
        Step(ref b, ChooseBack(c, d, e), ref d, a, x[15], Left, 6);
        Step(ref q, Choose(r, s, t), ref s, p, x[13], Right, 9);
        Step(ref a, ChooseBack(b, c, d), ref c, e, x[14], Left, 8);
        Step(ref p, Choose(q, r, s), ref r, t, x[9], Right, 12);
        Step(ref e, ChooseBack(a, b, c), ref b, d, x[5], Left, 6);
        Step(ref t, Choose(p, q, r), ref q, s, x[7], Right, 5);
        Step(ref d, ChooseBack(e, a, b), ref a, c, x[6], Left, 5);
        Step(ref s, Choose(t, p, q), ref p, r, x[10], Right, 15);
        Step(ref c, ChooseBack(d, e, a), ref e, b, x[2], Left, 12);
        Step(ref r, Choose(s, t, p), ref t, q, x[14], Right, 8);
        (lines[0], lines[1], lines[2], lines[3], lines[4]) = (a, b, c, d, e);
        (lines[5], lines[6], lines[7], lines[8], lines[9]) = (p, q, r, s, t);
    }

    private static void FifthRound(Span<uint> lines, ReadOnlySpan<uint> x)
    {
        const uint Left = 0xa953fd4e;
        var (a, b, c, d, e) = (lines[0], lines[1], lines[2], lines[3], lines[4]);
        var (p, q, r, s, t) = (lines[5], lines[6], lines[7], lines[8], lines[9]);
        Step(ref b, ParityNot(c, d, e), ref d, a, x[4], Left, 9);
        Step(ref q, Parity(r, s, t), ref s, p, x[12], 0, 8);
        Step(ref a, ParityNot(b, c, d), ref c, e, x[0], Left, 15);
        Step(ref p, Parity(q, r, s), ref r, t, x[15], 0, 5);
        Step(ref e, ParityNot(a, b, c), ref b, d, x[5], Left, 5);
        Step(ref t, Parity(p, q, r), ref q, s, x[10], 0, 12);
        Step(ref d, ParityNot(e, a, b), ref a, c, x[9], Left, 11);
        Step(ref s, Parity(t, p, q), ref p, r, x[4], 0, 9);
        Step(ref c, ParityNot(d, e, a), ref e, b, x[7], Left, 6);
        Step(ref r, Parity(s, t, p), ref t, q, x[1], 0, 12);
        Step(ref b, ParityNot(c, d, e), ref d, a, x[12], Left, 8);
        Step(ref q, Parity(r, s, t), ref s, p, x[5], 0, 5);
        Step(ref a, ParityNot(b, c, d), ref c, e, x[2], Left, 13);
        Step(ref p, Parity(q, r, s), ref r, t, x[8], 0, 14);
        Step(ref e, ParityNot(a, b, c), ref b, d, x[10], Left, 12);
        Step(ref t, Parity(p, q, r), ref q, s, x[7], 0, 6);
        Step(ref d, ParityNot(e, a, b), ref a, c, x[14], Left, 5);
        Step(ref s, Parity(t, p, q), ref p, r, x[6], 0, 8);
        Step(ref c, ParityNot(d, e, a), ref e, b, x[1], Left, 12);
        Step(ref r, Parity(s, t, p), ref t, q, x[2], 0, 13);
        Step(ref b, ParityNot(c, d, e), ref d, a, x[3], Left, 13);
        Step(ref q, Parity(r, s, t), ref s, p, x[13], 0, 6);
        Step(ref a, ParityNot(b, c, d), ref c, e, x[8], Left, 14);
        Step(ref p, Parity(q, r, s), ref r, t, x[14], 0, 5);
        Step(ref e, ParityNot(a, b, c), ref b, d, x[11], Left, 11);
        Step(ref t, Parity(p, q, r), ref q, s, x[0], 0, 15);
        Step(ref d, ParityNot(e, a, b), ref a, c, x[6], Left, 8);
        Step(ref s, Parity(t, p, q), ref p, r, x[3], 0, 13);
        Step(ref c, ParityNot(d, e, a), ref e, b, x[15], Left, 5);
        Step(ref r, Parity(s, t, p), ref t, q, x[9], 0, 11);
        Step(ref b, ParityNot(c, d, e), ref d, a, x[13], Left, 6);
        Step(ref q, Parity(r, s, t), ref s, p, x[11], 0, 11);
        (lines[0], lines[1], lines[2], lines[3], lines[4]) = (a, b, c, d, e);
        (lines[5], lines[6], lines[7], lines[8], lines[9]) = (p, q, r, s, t);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Step(ref uint a, uint mixed, ref uint c, uint e, uint word, uint constant, int rotation)
    {
        a = unchecked(BitOperations.RotateLeft(a + mixed + word + constant, rotation) + e);
        c = BitOperations.RotateLeft(c, 10);
    }

    private static uint Parity(uint x, uint y, uint z) => x ^ y ^ z;

    private static uint Choose(uint x, uint y, uint z) => (x & y) | (~x & z);

    private static uint OrNot(uint x, uint y, uint z) => (x | ~y) ^ z;

    private static uint ChooseBack(uint x, uint y, uint z) => (x & z) | (y & ~z);

    private static uint ParityNot(uint x, uint y, uint z) => x ^ (y | ~z);
}
