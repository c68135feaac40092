using Chain.Core.Primitives;

namespace Chain.Node.Wallet;

/// <summary>
/// What a payment is to be: the coins to choose from (mature ones only), how much goes to which locking script, where the
/// change goes, and what the miner gets.
/// </summary>
public sealed record PaymentRequest(
    IReadOnlyCollection<SpendableCoin> Coins, Amount Amount, ReadOnlyMemory<byte> Recipient, ReadOnlyMemory<byte> Change, FeePolicy Fee)
{
    /// <summary>Change below this goes to the fee instead: nodes would not pass on an output that is worth so little (dust).</summary>
    public Amount LeastChange { get; init; } = Amount.Zero;
}
