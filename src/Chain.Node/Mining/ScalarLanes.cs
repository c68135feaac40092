using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Chain.Node.Mining;

/// <summary>One lane: for processors without vectors, and for the rest of a range that fills no vector.</summary>
internal readonly struct ScalarLanes : ILanes<uint>
{
    public static int Count => 1;

    public static uint Broadcast(uint value) => value;

    public static uint CountUp(uint first) => first;

    public static uint Add(uint x, uint y) => unchecked(x + y);

    public static uint Xor(uint x, uint y, uint z) => x ^ y ^ z;

    public static uint Choose(uint x, uint y, uint z) => z ^ (x & (y ^ z));

    public static uint Majority(uint x, uint y, uint z) => (x & y) | (z & (x | y));

    public static uint RotateRight(uint x, [ConstantExpected] byte count) => BitOperations.RotateRight(x, count);

    public static uint ShiftRight(uint x, [ConstantExpected] byte count) => x >> count;

    public static uint SwapBytes(uint x) => BinaryPrimitives.ReverseEndianness(x);

    public static uint AtMost(uint x, uint limit) => x <= limit ? 1u : 0u;
}
