using Chain.Core.Primitives;

namespace Chain.Node.Wallet;

/// <summary>An unspent output of a wallet (Core: COutput).</summary>
internal sealed record WalletCoin(OutPoint OutPoint, TxOut Output, WalletTransaction Transaction, OwnScript Own, int Depth, bool IsSafe);

/// <summary>What a wallet's coins are asked by.</summary>
internal sealed record CoinFilter
{
    internal int MinDepth { get; init; }

    internal int MaxDepth { get; init; } = 9_999_999;

    /// <summary>Also what others sent and no block holds yet, and replacements.</summary>
    internal bool IncludeUnsafe { get; init; }

    internal bool IncludeImmature { get; init; }

    internal bool IncludeLocked { get; init; }

    /// <summary>Whether scripts that the wallet only watches count.</summary>
    internal bool IncludeWatched { get; init; }

    /// <summary>The locking scripts whose coins count; null for all.</summary>
    internal IReadOnlySet<ScriptBytes>? Scripts { get; init; }

    /// <summary>Whether coins of addresses that were spent from before are left out.</summary>
    internal bool AvoidReuse { get; init; }
}

/// <summary>A wallet's money in satoshis, by what it is worth to its owner (Core: Balance).</summary>
internal readonly record struct WalletBalance(long Trusted, long Pending, long Immature, long Used);
