using System.Diagnostics.CodeAnalysis;
using System.Runtime.Intrinsics;

namespace Chain.Node.Mining;

/// <summary>Four lanes on any processor with vectors of 128 bits: x86 before AVX2, ARM.</summary>
internal readonly struct Lanes128 : ILanes<Vector128<uint>>
{
    public static int Count => Vector128<uint>.Count;

    public static Vector128<uint> Broadcast(uint value) => Vector128.Create(value);

    public static Vector128<uint> CountUp(uint first) => Vector128.Create(first) + Vector128<uint>.Indices;

    public static Vector128<uint> Add(Vector128<uint> x, Vector128<uint> y) => x + y;

    public static Vector128<uint> Xor(Vector128<uint> x, Vector128<uint> y, Vector128<uint> z) => x ^ y ^ z;

    public static Vector128<uint> Choose(Vector128<uint> x, Vector128<uint> y, Vector128<uint> z) => Vector128.ConditionalSelect(x, y, z);

    public static Vector128<uint> Majority(Vector128<uint> x, Vector128<uint> y, Vector128<uint> z) => Vector128.ConditionalSelect(x ^ y, z, y);

    public static Vector128<uint> RotateRight(Vector128<uint> x, [ConstantExpected] byte count) => (x >>> count) | (x << (32 - count));

    public static Vector128<uint> ShiftRight(Vector128<uint> x, [ConstantExpected] byte count) => x >>> count;

    public static Vector128<uint> SwapBytes(Vector128<uint> x) =>
        (RotateRight(x, 8) & Vector128.Create(0xff00ff00)) | (RotateRight(x, 24) & Vector128.Create(0x00ff00ffu));

    public static uint AtMost(Vector128<uint> x, Vector128<uint> limit) => Vector128.Equals(Vector128.Min(x, limit), x).ExtractMostSignificantBits();
}
