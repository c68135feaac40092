namespace Chain.Node;

/// <summary>What a peer has done for this node, and how far both have come with each other's chains.</summary>
public sealed record PeerProgress
{
    /// <summary>When it last sent a new valid block, in Unix seconds; 0 before.</summary>
    public required long LastBlock { get; init; }

    /// <summary>When it last sent a transaction that the pool took, in Unix seconds; 0 before.</summary>
    public required long LastTransaction { get; init; }

    /// <summary>The height of the block of most work that it is known to have; -1 while none is known.</summary>
    public required int BestHeight { get; init; }

    /// <summary>The height of the last block that is in its chain and in this node's; -1 while none is known.</summary>
    public required int CommonHeight { get; init; }

    /// <summary>How many blocks it is being asked for.</summary>
    public required int InFlight { get; init; }

    /// <summary>The least fee rate of transactions that it wants to be told of, in satoshis per 1,000 vbytes (BIP133).</summary>
    public required long FeeFilter { get; init; }
}
