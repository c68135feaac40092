using System.Diagnostics.CodeAnalysis;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Chain.Node.Mining;

/// <summary>Eight lanes with the rotations and three-way bit operations of AVX-512 VL.</summary>
internal readonly struct Lanes256Avx512 : ILanes<Vector256<uint>>
{
    public static int Count => Vector256<uint>.Count;

    public static Vector256<uint> Broadcast(uint value) => Vector256.Create(value);

    public static Vector256<uint> CountUp(uint first) => Vector256.Create(first) + Vector256<uint>.Indices;

    public static Vector256<uint> Add(Vector256<uint> x, Vector256<uint> y) => x + y;

    public static Vector256<uint> Xor(Vector256<uint> x, Vector256<uint> y, Vector256<uint> z) => Avx512F.VL.TernaryLogic(x, y, z, 0x96);

    public static Vector256<uint> Choose(Vector256<uint> x, Vector256<uint> y, Vector256<uint> z) => Avx512F.VL.TernaryLogic(x, y, z, 0xca);

    public static Vector256<uint> Majority(Vector256<uint> x, Vector256<uint> y, Vector256<uint> z) => Avx512F.VL.TernaryLogic(x, y, z, 0xe8);

    public static Vector256<uint> RotateRight(Vector256<uint> x, [ConstantExpected] byte count) => Avx512F.VL.RotateRight(x, count);

    public static Vector256<uint> ShiftRight(Vector256<uint> x, [ConstantExpected] byte count) => x >>> count;

    public static Vector256<uint> SwapBytes(Vector256<uint> x) =>
        (RotateRight(x, 8) & Vector256.Create(0xff00ff00)) | (RotateRight(x, 24) & Vector256.Create(0x00ff00ffu));

    public static uint AtMost(Vector256<uint> x, Vector256<uint> limit) => Vector256.Equals(Vector256.Min(x, limit), x).ExtractMostSignificantBits();
}
