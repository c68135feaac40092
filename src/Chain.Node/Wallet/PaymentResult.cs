using System.Collections.Immutable;
using Chain.Core.Primitives;

namespace Chain.Node.Wallet;

/// <summary>What <see cref="PaymentBuilder"/> gives: a <see cref="Payment"/> or a <see cref="PaymentFailure"/>.</summary>
public abstract record PaymentResult
{
    private protected PaymentResult()
    {
    }
}

/// <summary>A signed transaction, the coins that it spends in the order of its inputs, its fee and its change.</summary>
public sealed record Payment(Transaction Transaction, ImmutableArray<SpendableCoin> Inputs, Amount Fee, Amount Change) : PaymentResult;

/// <summary>Why there is no payment.</summary>
public enum PaymentError
{
    /// <summary>The amount is zero.</summary>
    NothingToPay,

    /// <summary>Amount and fee together, or the coins to spend, are more money than can exist.</summary>
    OutOfRange,

    /// <summary>The coins are worth too little.</summary>
    InsufficientFunds,

    /// <summary>The coins would do, but the wallet lacks the keys of some.</summary>
    MissingKey,

    /// <summary>So many small coins are needed that no node would relay the transaction.</summary>
    TooManyCoins,
}

/// <summary>
/// Why there is no payment, with what it would need (the fee included) and what the wallet's own coins are worth, both as
/// far as they are amounts of money.
/// </summary>
public sealed record PaymentFailure(PaymentError Error, Amount Needed, Amount Available) : PaymentResult
{
    /// <summary>A sentence for people.</summary>
    public string Message => Error switch
    {
        PaymentError.NothingToPay => "The amount must be more than 0.",
        PaymentError.OutOfRange => $"Amount and fee are more than the {Amount.FromSatoshis(Amount.MaxMoney)} coins that can exist.",
        PaymentError.InsufficientFunds => $"Not enough money: {Needed} needed with the fee, {Available} available.",
        PaymentError.MissingKey => $"The wallet has keys for only {Available} of the coins, and {Needed} are needed with the fee.",
        PaymentError.TooManyCoins => "The coins are so small that the transaction would be too large: send less at once.",
        _ => throw new InvalidOperationException($"Unknown error {Error}."),
    };
}
