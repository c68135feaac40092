using System.Collections.Immutable;
using Chain.Core.Consensus;
using Chain.Core.Primitives;

namespace Chain.Benchmarks.Workloads;

/// <summary>
/// A chain made for measuring: blocks that split the first coin, then blocks of P2PKH payments, each of which spends a coin
/// of an earlier block. The same numbers give the same bytes.
/// </summary>
public sealed class SpendChain
{
    /// <summary>What one block can make: each output is a signature operation (MAX_BLOCK_SIGOPS_COST).</summary>
    private const int MaxSplit = 10_000;

    private readonly PaymentDraft _payments = new();
    private readonly Queue<DraftCoin> _coins = new();
    private readonly List<byte[]> _rawBlocks = [];
    private readonly List<SignatureSample> _signatures = [];

    private SpendChain(int coins, uint bits)
    {
        Params = BlockDraft.CreateParams(_payments.FirstScript, bits);
        Tip = Params.Genesis;
        DraftCoin[] whole = [PaymentDraft.CoinOf(Params.Genesis.Transactions[0])];
        if (coins > MaxSplit) whole = Split(whole[0], (coins + MaxSplit - 1) / MaxSplit);
        foreach (var coin in whole)
        {
            foreach (var part in Split(coin, (coins + whole.Length - 1) / whole.Length)) _coins.Enqueue(part);
        }
    }

    /// <summary>The rules.</summary>
    public ChainParams Params { get; }

    /// <summary>The highest block.</summary>
    public Block Tip { get; private set; }

    /// <summary>The encodings of all blocks above genesis.</summary>
    public IReadOnlyList<byte[]> RawBlocks => _rawBlocks;

    /// <summary>The signatures of all payments, in their order.</summary>
    public IReadOnlyList<SignatureSample> Signatures => _signatures;

    /// <summary>A chain whose first coin is split, by default on the easiest target.</summary>
    public static SpendChain Begin(int coins, uint bits = 0x207fffff) => new(coins, bits);

    /// <summary>A chain with blocks of payments.</summary>
    public static SpendChain Create(int blocks, int spendsPerBlock)
    {
        var chain = Begin(spendsPerBlock);
        for (var i = 0; i < blocks; i++) chain.Add(chain.Spend(spendsPerBlock));
        return chain;
    }

    /// <summary>Payments that spend the coins that have waited longest.</summary>
    public ImmutableArray<Transaction> Spend(int count, Func<int, long>? fee = null)
    {
        var (transactions, next, signatures) = _payments.Spend(Take(count), fee);
        _signatures.AddRange(signatures);
        foreach (var coin in next) _coins.Enqueue(coin);
        return transactions;
    }

    /// <summary>Payments in chains: the first of each spends a coin, the others what the one before left.</summary>
    public ImmutableArray<Transaction> SpendInChains(int chains, int length, Func<int, long> fee)
    {
        var coins = Take(chains);
        var result = ImmutableArray.CreateBuilder<Transaction>(chains * length);
        for (var i = 0; i < length; i++)
        {
            var (transactions, next, signatures) = _payments.Spend(coins, fee);
            _signatures.AddRange(signatures);
            result.AddRange(transactions);
            coins = next;
        }

        return result.MoveToImmutable();
    }

    /// <summary>A block with these payments becomes the tip.</summary>
    public Block Add(ImmutableArray<Transaction> payments)
    {
        Tip = BlockDraft.Create(Tip, _rawBlocks.Count + 1, _payments.FirstScript, payments, Params);
        _rawBlocks.Add(Tip.Raw.ToArray());
        return Tip;
    }

    private DraftCoin[] Split(DraftCoin coin, int parts)
    {
        var (split, coins) = _payments.Split(coin, parts);
        Add([split]);
        return coins;
    }

    private DraftCoin[] Take(int count) => [.. Enumerable.Range(0, count).Select(_ => _coins.Dequeue())];
}
