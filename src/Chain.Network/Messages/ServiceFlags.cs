namespace Chain.Network.Messages;

/// <summary>What a node offers to others: a bit field in <c>version</c> and in every network address.</summary>
[Flags]
public enum ServiceFlags : ulong
{
    /// <summary>Nothing: a wallet that only listens.</summary>
    None = 0,

    /// <summary>Serves the whole chain (NODE_NETWORK).</summary>
    Network = 1,

    /// <summary>Filters transactions for light wallets (BIP37).</summary>
    Bloom = 1 << 2,

    /// <summary>Serves witnesses (BIP144).</summary>
    Witness = 1 << 3,

    /// <summary>Serves compact block filters (BIP157).</summary>
    CompactFilters = 1 << 6,

    /// <summary>Serves at least the last 288 blocks (BIP159).</summary>
    NetworkLimited = 1 << 10,
}
