using System.Collections.Immutable;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Node.Wallet;

/// <summary>
/// Chooses coins for a payment, builds the transaction and signs it. Pure: the same request gives the same bytes.
/// </summary>
/// <remarks>
/// Confirmed coins are spent alone where they suffice. Of those that may be spent, the smallest single coin that suffices
/// is taken, else the largest first, so that inputs are few. Fees by rate are reckoned on signatures of the greatest
/// length, so that the rate is never missed; change that is worth less than its own output goes to the fee.
/// </remarks>
public static class PaymentBuilder
{
    /// <summary>
    /// Builds and signs; <paramref name="findKey"/> gives the private key for the HASH160 of a public key, or null. Coins
    /// that pay a key or its hash are used, others are left alone.
    /// </summary>
    public static PaymentResult Build(PaymentRequest request, Func<Hash160, PrivateKey?> findKey)
    {
        if (request.Amount == Amount.Zero) return new PaymentFailure(PaymentError.NothingToPay, Amount.Zero, Amount.Zero);
        var selection = new CoinSelection(request);
        var own = FindOwnCoins(request.Coins, findKey, out var withoutKey);
        var confirmed = own.FindAll(coin => coin.Confirmations > 0);
        var choice = selection.Choose(confirmed);
        if (choice.Error == PaymentError.InsufficientFunds && confirmed.Count < own.Count) choice = selection.Choose(own);
        if (choice.Error is { } error)
        {
            if (error == PaymentError.InsufficientFunds && choice.Total + withoutKey >= choice.Needed) error = PaymentError.MissingKey;
            return new PaymentFailure(error, Clamp(choice.Needed), Clamp(choice.Total));
        }

        return new Payment(
            Sign(request, choice),
            [.. choice.Coins.Select(coin => coin.Coin)],
            Amount.FromSatoshis((long)choice.Fee),
            Amount.FromSatoshis((long)choice.Change));
    }

    /// <summary>The coins that a key unlocks, and what those are worth of which only the key is missing.</summary>
    private static List<OwnCoin> FindOwnCoins(IEnumerable<SpendableCoin> coins, Func<Hash160, PrivateKey?> findKey, out Int128 withoutKey)
    {
        withoutKey = 0;
        var keys = new Dictionary<Hash160, PrivateKey?>();
        var own = new List<OwnCoin>();
        foreach (var coin in coins.DistinctBy(coin => coin.OutPoint))
        {
            var script = coin.Output.ScriptPubKey;
            if (coin.Output.Value <= 0 || !Amount.IsInRange(coin.Output.Value)) continue;
            if (StandardScripts.FindKeyHash(script) is not { } hash) continue;
            if (!keys.TryGetValue(hash, out var key)) keys[hash] = key = findKey(hash);
            if (key is null) withoutKey += coin.Output.Value;
            else own.Add(new OwnCoin(coin, key, PaysHash: StandardScripts.FindPublicKeyHash(script.Span) is not null));
        }

        return own;
    }

    private static Transaction Sign(PaymentRequest request, CoinChoice choice)
    {
        var outputs = ImmutableArray.Create(new TxOut(request.Amount, request.Recipient));
        if (choice.Change > 0) outputs = outputs.Add(new TxOut((long)choice.Change, request.Change));
        var inputs = ImmutableArray.CreateRange(choice.Coins, coin => new TxIn(coin.Coin.OutPoint, default, SpendSequence.Replaceable));
        var unsigned = new Transaction(Transaction.CurrentVersion, inputs, outputs, lockTime: 0);

        // What a legacy signature covers leaves out every unlocking script, so one unsigned transaction serves all inputs.
        var signed = inputs.ToBuilder();
        for (var i = 0; i < signed.Count; i++) signed[i] = inputs[i].WithScriptSig(Unlock(unsigned, i, choice.Coins[i]));
        var transaction = new Transaction(Transaction.CurrentVersion, signed.MoveToImmutable(), outputs, lockTime: 0);
        RequireUnlocked(transaction, choice.Coins);
        return transaction;
    }

    private static byte[] Unlock(Transaction transaction, int inputIndex, OwnCoin coin)
    {
        var hash = SignatureHash.Legacy(transaction, inputIndex, coin.Coin.Output.ScriptPubKey, SignatureHashType.All);
        byte[] signature = [.. coin.Key.Sign(hash), (byte)SignatureHashType.All];
        return coin.PaysHash ? StandardScripts.UnlockPublicKeyHash(signature, coin.Key.PublicKey) : ScriptEditing.Push(signature);
    }

    /// <summary>A wallet must never hand out an invalid signature: a bug or a broken processor ends here.</summary>
    private static void RequireUnlocked(Transaction transaction, ImmutableArray<OwnCoin> coins)
    {
        var data = new PrecomputedTransactionData(transaction, ImmutableArray.CreateRange(coins, coin => coin.Coin.Output));
        for (var i = 0; i < coins.Length; i++)
        {
            var error = ScriptInterpreter.Verify(
                transaction.Inputs[i].ScriptSig, data.SpentOutputs[i].ScriptPubKey, ScriptFlags.Standard, new SignatureChecker(data, i));
            if (error != ScriptError.Ok) throw new InvalidOperationException($"The wallet's own signature for input {i} is not valid: {error.Describe()}.");
        }
    }

    private static Amount Clamp(Int128 satoshis) => Amount.FromSatoshis((long)Int128.Clamp(satoshis, 0, Amount.MaxMoney));
}
