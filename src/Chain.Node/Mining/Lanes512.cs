using System.Diagnostics.CodeAnalysis;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Chain.Node.Mining;

/// <summary>Sixteen lanes with AVX-512.</summary>
internal readonly struct Lanes512 : ILanes<Vector512<uint>>
{
    public static int Count => Vector512<uint>.Count;

    public static Vector512<uint> Broadcast(uint value) => Vector512.Create(value);

    public static Vector512<uint> CountUp(uint first) => Vector512.Create(first) + Vector512<uint>.Indices;

    public static Vector512<uint> Add(Vector512<uint> x, Vector512<uint> y) => x + y;

    public static Vector512<uint> Xor(Vector512<uint> x, Vector512<uint> y, Vector512<uint> z) => Avx512F.TernaryLogic(x, y, z, 0x96);

    public static Vector512<uint> Choose(Vector512<uint> x, Vector512<uint> y, Vector512<uint> z) => Avx512F.TernaryLogic(x, y, z, 0xca);

    public static Vector512<uint> Majority(Vector512<uint> x, Vector512<uint> y, Vector512<uint> z) => Avx512F.TernaryLogic(x, y, z, 0xe8);

    public static Vector512<uint> RotateRight(Vector512<uint> x, [ConstantExpected] byte count) => Avx512F.RotateRight(x, count);

    public static Vector512<uint> ShiftRight(Vector512<uint> x, [ConstantExpected] byte count) => x >>> count;

    public static Vector512<uint> SwapBytes(Vector512<uint> x) =>
        (RotateRight(x, 8) & Vector512.Create(0xff00ff00)) | (RotateRight(x, 24) & Vector512.Create(0x00ff00ffu));

    public static uint AtMost(Vector512<uint> x, Vector512<uint> limit) => (uint)Vector512.Equals(Vector512.Min(x, limit), x).ExtractMostSignificantBits();
}
