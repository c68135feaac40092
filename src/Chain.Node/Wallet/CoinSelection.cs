using System.Collections.Immutable;
using Chain.Core.Cryptography;
using Chain.Core.Encoding;
using Chain.Core.Primitives;

namespace Chain.Node.Wallet;

/// <summary>A coin with the key that unlocks it, by the key's hash (P2PKH) or by the key itself (P2PK).</summary>
internal sealed record OwnCoin(SpendableCoin Coin, PrivateKey Key, bool PaysHash)
{
    /// <summary>DER with R of 33 bytes and a low S of 32, and the hash type.</summary>
    private const int LongestSignature = 72;

    internal long Value => Coin.Output.Value;

    internal int Confirmations => Coin.Confirmations;

    /// <summary>The most bytes that an input which spends it has.</summary>
    internal int InputSize { get; } = TxIn.MinSize + 1 + LongestSignature + (PaysHash ? 1 + Key.PublicKey.Bytes.Length : 0);
}

/// <summary>The coins chosen and where their value goes, in satoshis; or, with an error, what was needed and what was there.</summary>
internal sealed record CoinChoice(PaymentError? Error, ImmutableArray<OwnCoin> Coins, Int128 Total, Int128 Needed, Int128 Fee, Int128 Change);

/// <summary>Chooses the coins for one request: deterministic, and few inputs before little change.</summary>
internal sealed class CoinSelection
{
    /// <summary>The most that nodes relay (Core: MAX_STANDARD_TX_WEIGHT).</summary>
    internal const int MaxWeight = 400_000;

    private const int MaxSize = MaxWeight / Transaction.WitnessScaleFactor;

    private readonly PaymentRequest _request;

    internal CoinSelection(PaymentRequest request) => _request = request;

    internal CoinChoice Choose(IEnumerable<OwnCoin> coins)
    {
        // A coin that costs more to spend than it is worth makes a payment dearer, never possible.
        var largestFirst = coins
            .Where(coin => coin.Value > _request.Fee.CostOf(coin.InputSize))
            .OrderByDescending(coin => coin.Value)
            .ThenByDescending(coin => coin.Confirmations)
            .ThenBy(coin => coin.Coin.OutPoint.TxId)
            .ThenBy(coin => coin.Coin.OutPoint.Index)
            .ToImmutableArray();

        for (var i = largestFirst.Length - 1; i >= 0; i--)
        {
            var single = Weigh(largestFirst[i..(i + 1)]);
            if (single.Error is null) return single;
        }

        return Weigh(largestFirst[..CountNeeded(largestFirst)]);
    }

    /// <summary>How many of them reach the amount and their own fee; all where none do.</summary>
    private int CountNeeded(ImmutableArray<OwnCoin> coins)
    {
        Int128 total = 0;
        var size = SizeWithoutInputs(coins.Length);
        for (var i = 0; i < coins.Length; i++)
        {
            total += coins[i].Value;
            size += coins[i].InputSize;
            if (total >= _request.Amount.Satoshis + _request.Fee.FeeFor(size)) return i + 1;
        }

        return coins.Length;
    }

    /// <summary>Sees whether these coins together make the payment, and where their value goes.</summary>
    private CoinChoice Weigh(ImmutableArray<OwnCoin> coins)
    {
        var total = coins.Aggregate(Int128.Zero, (sum, coin) => sum + coin.Value);
        var size = SizeWithoutInputs(coins.Length) + coins.Sum(coin => coin.InputSize);
        var needed = _request.Amount.Satoshis + _request.Fee.FeeFor(size);

        var changeSize = OutputSize(_request.Change);
        var change = total - _request.Amount.Satoshis - _request.Fee.FeeFor(size + changeSize);
        if (change < Int128.Max(Math.Max(1, _request.LeastChange.Satoshis), _request.Fee.CostOf(changeSize))) change = 0;

        PaymentError? error =
            needed > Amount.MaxMoney ? PaymentError.OutOfRange
            : total < needed ? PaymentError.InsufficientFunds
            : total > Amount.MaxMoney ? PaymentError.OutOfRange
            : size + (change > 0 ? changeSize : 0) > MaxSize ? PaymentError.TooManyCoins
            : null;
        return new CoinChoice(error, coins, total, needed, Fee: total - _request.Amount.Satoshis - change, change);
    }

    /// <summary>Version, lock time, both counts (an output for change is counted by the same byte) and the recipient's output.</summary>
    private int SizeWithoutInputs(int inputs) =>
        Transaction.MinSize - 1 + ByteWriter.CompactSizeLength((ulong)inputs) + OutputSize(_request.Recipient);

    private static int OutputSize(ReadOnlyMemory<byte> script) =>
        sizeof(long) + ByteWriter.CompactSizeLength((ulong)script.Length) + script.Length;
}
