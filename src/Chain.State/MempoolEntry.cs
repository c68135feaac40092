using Chain.Core.Primitives;

namespace Chain.State;

/// <summary>
/// A waiting transaction with its place among the others: what it depends on, what depends on it, and the sums over both
/// that mining and eviction sort by.
/// </summary>
public sealed class MempoolEntry
{
    internal MempoolEntry(MempoolCandidate candidate, MempoolArrival arrival, long sequence)
    {
        Transaction = candidate.Transaction;
        Fee = candidate.Fee;
        FeeDelta = candidate.FeeDelta;
        Time = arrival.Time;
        Height = arrival.Height;
        Sequence = sequence;
        SigOpsCost = candidate.SigOpsCost;
        VirtualSize = candidate.VirtualSize;
        Ancestors = Descendants = Own;
    }

    /// <summary>The transaction.</summary>
    public Transaction Transaction { get; }

    /// <summary>What it pays to the miner.</summary>
    public Amount Fee { get; }

    /// <summary>By how many satoshis it was prioritised: it is treated as if it paid so much more, or less.</summary>
    public long FeeDelta { get; internal set; }

    /// <summary>The fee in satoshis by which it is chosen: what it pays and what it was prioritised by. May be negative.</summary>
    public long ModifiedFee => Fee.Satoshis + FeeDelta;

    /// <summary>When it came, in Unix seconds.</summary>
    public long Time { get; }

    /// <summary>The height of the tip when it came.</summary>
    public int Height { get; }

    /// <summary>The order in which it came: parents before children.</summary>
    public long Sequence { get; }

    /// <summary>Its signature operations as a block counts them.</summary>
    public long SigOpsCost { get; }

    /// <summary>The size that its fee is reckoned on, in vbytes: more than its weight says where it has many signature operations.</summary>
    public int VirtualSize { get; }

    /// <summary>It alone, with the fee by which it is chosen.</summary>
    public PackageSum Own => new(1, VirtualSize, ModifiedFee);

    /// <summary>It alone, with the fee that it pays.</summary>
    public PackageSum Paid => new(1, VirtualSize, Fee.Satoshis);

    /// <summary>It and every waiting transaction that it depends on.</summary>
    public PackageSum Ancestors { get; internal set; }

    /// <summary>It and every waiting transaction that depends on it.</summary>
    public PackageSum Descendants { get; internal set; }

    /// <summary>The waiting transactions whose outputs it spends.</summary>
    public IReadOnlyCollection<MempoolEntry> Parents => ParentSet;

    /// <summary>The waiting transactions that spend its outputs.</summary>
    public IReadOnlyCollection<MempoolEntry> Children => ChildSet;

    internal HashSet<MempoolEntry> ParentSet { get; } = [];

    internal HashSet<MempoolEntry> ChildSet { get; } = [];
}

/// <summary>When a transaction came: in Unix seconds, and at which height of the tip.</summary>
internal readonly record struct MempoolArrival(long Time, int Height);

/// <summary>Number, size in vbytes and fees in satoshis of a set of transactions.</summary>
public readonly record struct PackageSum(int Count, long Size, long Fees)
{
    /// <summary>Compares fee rates exactly, without division.</summary>
    public int CompareFeeRate(PackageSum other)
    {
        // Two words each: the products go beyond 64 bits, and 128-bit integers cost many times as much.
        var high = Math.BigMul(Fees, other.Size, out var low);
        var otherHigh = Math.BigMul(other.Fees, Size, out var otherLow);
        return high != otherHigh ? high.CompareTo(otherHigh) : unchecked((ulong)low).CompareTo(unchecked((ulong)otherLow));
    }

    /// <summary>The sum of two sets that share nothing.</summary>
    public static PackageSum operator +(PackageSum left, PackageSum right) =>
        new(left.Count + right.Count, left.Size + right.Size, left.Fees + right.Fees);

    /// <summary>What is left without a part.</summary>
    public static PackageSum operator -(PackageSum left, PackageSum right) =>
        new(left.Count - right.Count, left.Size - right.Size, left.Fees - right.Fees);

    /// <summary>The sum of two sets that share nothing.</summary>
    public static PackageSum Add(PackageSum left, PackageSum right) => left + right;

    /// <summary>What is left without a part.</summary>
    public static PackageSum Subtract(PackageSum left, PackageSum right) => left - right;
}
