using System.Diagnostics;

namespace Chain.Node.Wallet;

/// <summary>A scan of the chain for a wallet's transactions, some blocks at a time, which others may watch and stop.</summary>
internal sealed class WalletScan(long startedAt, int from, int to)
{
    /// <summary>A block's time may be so much earlier than it was made (Core: TIMESTAMP_WINDOW).</summary>
    private const int Window = 7_200;

    private readonly int _from = from;

    /// <summary>When it began, in Unix seconds.</summary>
    internal long StartedAt => startedAt;

    /// <summary>The mark of what the wallet owned when it began: what it was given since was not looked for everywhere.</summary>
    internal required ulong Owned { get; init; }

    /// <summary>Done, while the wallet still has this scan, once no block is left; not where somebody wanted it to end before.</summary>
    internal required Action Complete { get; init; }

    /// <summary>The last height to look at; null for the tip, wherever it is by then.</summary>
    internal int? Stop { get; init; }

    /// <summary>Whether the wallet was loaded or made with it: until its end nobody knows which addresses were used and what is there.</summary>
    internal bool IsCatchUp { get; init; }

    /// <summary>The next height to look at.</summary>
    internal int Next { get; private set; } = from;

    /// <summary>Whether somebody wants it to end.</summary>
    internal bool IsAborted { get; set; }

    /// <summary>How much is done, from 0 to 1.</summary>
    internal double Progress => to < _from ? 1 : Math.Clamp((double)(Next - _from) / (to - _from + 1), 0, 1);

    /// <summary>How many blocks are left.</summary>
    internal int Left => Math.Max(0, to - Next + 1);

    /// <summary>Looks at the next blocks, at so many at most, and for so long; a block that takes longer is not divided. False where none is left.</summary>
    internal bool Advance(NodeWallet wallet, LoadedChain chain, int most, TimeSpan longest)
    {
        var end = Math.Min(Stop ?? int.MaxValue, chain.Chainstate.Tip.Height);
        var begin = Stopwatch.GetTimestamp();
        for (var i = 0; i < most && Next <= end && !IsAborted && Stopwatch.GetElapsedTime(begin) < longest; i++)
        {
            wallet.TakeBlock(chain.Chainstate.Tree.FindActive(Next)!);
            Next++;
        }

        if (IsAborted) return false;
        if (Next <= end) return true;
        Complete();
        return false;
    }

    /// <summary>The height of the first block that can hold a payment to a key made at a time.</summary>
    internal static int FirstHeight(LoadedChain chain, DateTimeOffset birth)
    {
        var earliest = birth.ToUnixTimeSeconds() - Window;
        var node = chain.Chainstate.Tip;
        while (node.Parent is { } parent && node.Header.Time >= earliest) node = parent;
        return node.Header.Time >= earliest ? node.Height : node.Height + 1;
    }
}
