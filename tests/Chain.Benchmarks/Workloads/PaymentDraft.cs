using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Security.Cryptography;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Benchmarks.Workloads;

/// <summary>
/// Signs P2PKH payments between 2,000 keys, on all processors. The same calls give the same bytes.
/// </summary>
public sealed class PaymentDraft
{
    /// <summary>What the second output of a payment is worth.</summary>
    public const long Small = 1_000;

    private const int KeyCount = 2_000;

    private readonly PrivateKey[] _keys = [.. Enumerable.Range(0, KeyCount).Select(CreateKey)];
    private readonly byte[][] _scripts;

    /// <summary>Makes the keys.</summary>
    public PaymentDraft() => _scripts = [.. _keys.Select(key => StandardScripts.PayToPublicKeyHash(key.PublicKey.Hash))];

    /// <summary>The locking script of the first key.</summary>
    public ReadOnlyMemory<byte> FirstScript => _scripts[0];

    /// <summary>The coin that a coinbase gives the first key.</summary>
    public static DraftCoin CoinOf(Transaction coinbase) => new(new OutPoint(coinbase.Id, 0), 0, coinbase.Outputs[0].Value);

    /// <summary>One payment that splits a coin into equal parts, which belong to the keys in turn.</summary>
    public (Transaction Transaction, DraftCoin[] Coins) Split(DraftCoin coin, int parts)
    {
        var value = coin.Value / parts;
        var (split, _) = Sign(coin.OutPoint, coin.Key, [.. Enumerable.Range(0, parts).Select(i => new TxOut(value, _scripts[i % KeyCount]))]);
        return (split, [.. Enumerable.Range(0, parts).Select(i => new DraftCoin(new OutPoint(split.Id, (uint)i), i % KeyCount, value))]);
    }

    /// <summary>
    /// One payment for each coin, with one input and two outputs, and a fee in satoshis by its place. Gives the large output of
    /// each as the coin to go on with.
    /// </summary>
    public (ImmutableArray<Transaction> Transactions, DraftCoin[] Coins, SignatureSample[] Signatures) Spend(IReadOnlyList<DraftCoin> coins, Func<int, long>? fee = null)
    {
        var transactions = new Transaction[coins.Count];
        var next = new DraftCoin[coins.Count];
        var signatures = new SignatureSample[coins.Count];
        Parallel.For(0, coins.Count, i =>
        {
            var (outPoint, key, value) = coins[i];
            var to = (key + 1) % KeyCount;
            var rest = value - Small - (fee?.Invoke(i) ?? 0);
            (transactions[i], signatures[i]) = Sign(outPoint, key, [new TxOut(rest, _scripts[to]), new TxOut(Small, _scripts[(key + 7) % KeyCount])]);
            next[i] = new DraftCoin(new OutPoint(transactions[i].Id, 0), to, rest);
        });
        return ([.. transactions], next, signatures);
    }

    private static PrivateKey CreateKey(int index)
    {
        Span<byte> seed = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(seed, index);
        return PrivateKey.TryCreate(SHA256.HashData(seed))!;
    }

    private (Transaction Transaction, SignatureSample Signature) Sign(OutPoint outPoint, int key, ImmutableArray<TxOut> outputs)
    {
        var unsigned = new Transaction(Transaction.CurrentVersion, [new TxIn(outPoint, default)], outputs, lockTime: 0);
        var hash = SignatureHash.Legacy(unsigned, 0, _scripts[key], SignatureHashType.All);
        var signature = _keys[key].Sign(hash);
        var publicKey = _keys[key].PublicKey;
        var scriptSig = StandardScripts.UnlockPublicKeyHash([.. signature, (byte)SignatureHashType.All], publicKey);
        return (new Transaction(Transaction.CurrentVersion, [new TxIn(outPoint, scriptSig)], outputs, lockTime: 0),
            new SignatureSample(publicKey.Bytes.ToArray(), signature, hash.ToByteArray()));
    }
}
