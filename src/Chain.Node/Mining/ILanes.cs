using System.Diagnostics.CodeAnalysis;

namespace Chain.Node.Mining;

/// <summary>
/// The 32-bit operations of SHA-256 on several words side by side, one hash in each lane. What a processor calls them
/// differs, and the JIT does not find a rotation in two shifts nor majority in four bit operations: hence by name.
/// </summary>
internal interface ILanes<TWord> where TWord : unmanaged
{
    /// <summary>How many words lie side by side.</summary>
    static abstract int Count { get; }

    /// <summary>The same value in every lane.</summary>
    static abstract TWord Broadcast(uint value);

    /// <summary>The value in the first lane and, wrapping around, its successors in the others.</summary>
    static abstract TWord CountUp(uint first);

    static abstract TWord Add(TWord x, TWord y);

    static abstract TWord Xor(TWord x, TWord y, TWord z);

    /// <summary>Ch: the bit of <paramref name="y"/> where <paramref name="x"/> has a one, that of <paramref name="z"/> elsewhere.</summary>
    static abstract TWord Choose(TWord x, TWord y, TWord z);

    /// <summary>Maj: the bit that two of the three have.</summary>
    static abstract TWord Majority(TWord x, TWord y, TWord z);

    static abstract TWord RotateRight(TWord x, [ConstantExpected] byte count);

    static abstract TWord ShiftRight(TWord x, [ConstantExpected] byte count);

    /// <summary>Each word with its four bytes in reverse.</summary>
    static abstract TWord SwapBytes(TWord x);

    /// <summary>A bit for each lane, the first lowest: whether its unsigned value is not above the limit's.</summary>
    static abstract uint AtMost(TWord x, TWord limit);
}
