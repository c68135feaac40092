using Chain.Core.Coins;
using Chain.Core.Primitives;

namespace Chain.State;

/// <summary>A transaction that asks to be taken into the pool, with what its checks have found out so far.</summary>
internal sealed class MempoolCandidate(Transaction transaction)
{
    public Transaction Transaction => transaction;

    /// <summary>The waiting transactions that spend one of its inputs.</summary>
    public HashSet<MempoolEntry> Conflicts { get; } = [];

    /// <summary>The coins that it spends, in the order of its inputs.</summary>
    public Coin[] Spent { get; set; } = [];

    public Amount Fee { get; set; }

    /// <summary>By how many satoshis it was prioritised, perhaps before it came.</summary>
    public long FeeDelta { get; init; }

    /// <summary>The fee in satoshis by which it is judged.</summary>
    public long ModifiedFee => Fee.Satoshis + FeeDelta;

    public long SigOpsCost { get; set; }

    /// <summary>The size that its fee is reckoned on, in vbytes.</summary>
    public int VirtualSize { get; set; }

    public HashSet<MempoolEntry> Parents { get; set; } = [];

    /// <summary>Its parents and all that those depend on.</summary>
    public HashSet<MempoolEntry> Ancestors { get; set; } = [];

    /// <summary>What leaves for it: its conflicts and all that depends on those.</summary>
    public HashSet<MempoolEntry> Replaced { get; } = [];
}
