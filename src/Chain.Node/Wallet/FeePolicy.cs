using Chain.Core.Primitives;

namespace Chain.Node.Wallet;

/// <summary>What a payment pays the miner: an amount, or a rate for its size.</summary>
public readonly record struct FeePolicy
{
    private const int RateUnit = 1_000;

    private readonly long _fixed;
    private readonly long _rate;

    private FeePolicy(long fixedFee, long rate)
    {
        _fixed = fixedFee;
        _rate = rate;
    }

    /// <summary>Exactly this much, whatever the size.</summary>
    public static FeePolicy Exactly(Amount fee) => new(fee.Satoshis, rate: 0);

    /// <summary>At least this many satoshis per 1,000 vbytes.</summary>
    public static FeePolicy PerThousandBytes(long satoshis)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(satoshis);
        return new FeePolicy(fixedFee: 0, satoshis);
    }

    /// <summary>The fee in satoshis of a transaction with this size, rounded up; it may be no amount of money.</summary>
    internal Int128 FeeFor(int virtualSize) => _fixed + CostOf(virtualSize);

    /// <summary>What that many bytes more cost; nothing where the fee is fixed.</summary>
    internal Int128 CostOf(int bytes) => (((Int128)_rate * bytes) + RateUnit - 1) / RateUnit;
}
