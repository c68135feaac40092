using System.Globalization;
using Chain.Core.Primitives;

namespace Chain.Node;

/// <summary>
/// What a node's miner shall do: whom its blocks pay, on how many threads it searches, and when it makes a block: as soon as a
/// transaction waits, in fixed intervals even where none does, or both.
/// </summary>
public sealed record MiningOrder(Address PayTo, int Threads)
{
    /// <summary>The most threads that mine.</summary>
    public const int MostThreads = 1024;

    /// <summary>
    /// The shortest interval, in seconds. Times of blocks are whole seconds above the median of the eleven before them, which
    /// rises by one in six blocks: quicker ones would run ahead of the clock.
    /// </summary>
    public const double ShortestBlockTime = 0.2;

    /// <summary>The longest interval, in seconds.</summary>
    public const double LongestBlockTime = 7 * 24 * 60 * 60;

    /// <summary>Whether a waiting transaction is a reason to make a block.</summary>
    public bool OnTransaction { get; init; } = true;

    /// <summary>The time between two blocks that are made whether or not a transaction waits; null for none such.</summary>
    public TimeSpan? BlockTime { get; init; }

    /// <summary>When it makes blocks, in words.</summary>
    public string When => (OnTransaction, BlockTime) switch
    {
        (true, null) => "as soon as a transaction waits",
        (true, { } time) => $"as soon as a transaction waits, and every {Seconds(time)} s",
        (false, { } time) => $"every {Seconds(time)} s",
        (false, null) => "never",
    };

    /// <summary>Whether an interval in seconds is one that blocks can have.</summary>
    public static bool IsBlockTime(double seconds) => seconds is >= ShortestBlockTime and <= LongestBlockTime;

    private static string Seconds(TimeSpan time) => time.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
}
