using System.Collections.Immutable;
using Chain.Core.Consensus;
using Chain.Core.Encoding;
using Chain.Core.Primitives;

namespace Chain.State;

/// <summary>
/// Makes the next block, all but its nonce: takes waiting transactions by the fee rate of each together with what it
/// depends on (Core: ancestor fee rate), and pays subsidy and fees to a script.
/// </summary>
public sealed class BlockAssembler
{
    /// <summary>The version of new blocks: BIP9's bits, none set.</summary>
    public const int BlockVersion = 0x20000000;

    internal const int CoinbaseReserve = 4_000;
    internal const int CoinbaseSigOpsReserve = 400;
    private const int MostMisses = 1_000;

    private readonly Chainstate _chainstate;
    private readonly Mempool _mempool;

    /// <summary>Creates an assembler over a chain and its pool.</summary>
    public BlockAssembler(Chainstate chainstate, Mempool mempool)
    {
        _chainstate = chainstate;
        _mempool = mempool;
    }

    /// <summary>What the last choice came to: the weight with what is kept for header and coinbase, and the number of transactions without it; null before the first.</summary>
    public (long Weight, int Transactions)? Last { get; private set; }

    /// <summary>
    /// Makes a block on the tip. <paramref name="extraNonce"/> makes coinbases of the same height differ, and gives a miner
    /// new work once all nonces are tried.
    /// </summary>
    public Block Create(ReadOnlyMemory<byte> payTo, ulong extraNonce)
    {
        var selected = Select();
        var fees = selected.Sum(entry => entry.Fee.Satoshis);
        return Create(payTo, extraNonce, [.. selected.Select(entry => entry.Transaction)], fees);
    }

    /// <summary>
    /// Makes a block on the tip of just these transactions, which pay these fees in satoshis. Whether they are valid is not
    /// asked.
    /// </summary>
    public Block Create(ReadOnlyMemory<byte> payTo, ulong extraNonce, ImmutableArray<Transaction> transactions, long fees) =>
        CreateOn(_chainstate.Tip, payTo, extraNonce, transactions, fees);

    /// <summary>As <see cref="Create(ReadOnlyMemory{byte}, ulong, ImmutableArray{Transaction}, long)"/>, on any block of the tree.</summary>
    public Block CreateOn(BlockNode parent, ReadOnlyMemory<byte> payTo, ulong extraNonce, ImmutableArray<Transaction> transactions, long fees)
    {
        var p = _chainstate.Params;
        var height = parent.Height + 1;
        var time = TimeOn(parent);
        var coinbase = CreateCoinbase(height, extraNonce, Reward(height, fees), payTo);
        transactions = transactions.Insert(0, coinbase);
        if (HasCommitment(height, p) || transactions.Any(transaction => transaction.HasWitness)) transactions = transactions.SetItem(0, Commit(transactions));
        var header = new BlockHeader(BlockVersion, parent.Hash, Block.ComputeMerkleRoot(transactions, out _), time,
            ProofOfWork.RequiredBits(parent, time, p), nonce: 0);
        return new Block(header, transactions);
    }

    /// <summary>The time of a block that is made now, in Unix seconds: the clock's, but above the median of those before it.</summary>
    public uint NextTime => TimeOn(_chainstate.Tip);

    /// <summary>The time of a block that is made now on this one.</summary>
    public uint TimeOn(BlockNode parent) => (uint)Math.Max(HeaderRules.MedianTimePast(parent) + 1L, Math.Min(_chainstate.Now, uint.MaxValue));

    /// <summary>What the coinbase of the next block may pay with these fees in satoshis.</summary>
    public Amount NextReward(long fees) => Reward(_chainstate.Tip.Height + 1, fees);

    /// <summary>The waiting transactions for the next block, in the order in which they stand in it.</summary>
    public IReadOnlyList<MempoolEntry> Select()
    {
        var tip = _chainstate.Tip;
        var selected = Select(tip.Height + 1, BlockRules.LockTimeCutoff(tip, NextTime, _chainstate.Params));
        Last = (CoinbaseReserve + selected.Sum(entry => entry.Transaction.Weight), selected.Count);
        return selected;
    }

    /// <summary>A coinbase for a height: the height (BIP34), the extra nonce, and one output.</summary>
    public static Transaction CreateCoinbase(int height, ulong extraNonce, Amount reward, ReadOnlyMemory<byte> payTo)
    {
        var script = new ByteWriter();
        script.WriteBytes(BlockRules.CoinbaseHeightPrefix(height)).WriteByte(sizeof(ulong)).WriteUInt64(extraNonce);
        return new Transaction(Transaction.CurrentVersion, [new TxIn(OutPoint.Null, script.ToArray())], [new TxOut(reward, payTo)], lockTime: 0);
    }

    /// <summary>As Core does on Bitcoin's chains, wherever witnesses count; a private chain keeps a coinbase of one output where there is nothing to commit to.</summary>
    private static bool HasCommitment(int height, ChainParams p) => p.Profile != Profiles.Private && height >= p.SegwitHeight;

    private Amount Reward(int height, long fees) =>
        Amount.FromSatoshis(Math.Min(Amount.MaxMoney, Subsidy.At(height, _chainstate.Params).Satoshis + fees));

    /// <summary>The coinbase with an output that commits to the witnesses of the block (BIP141), where there are any.</summary>
    private static Transaction Commit(ImmutableArray<Transaction> transactions)
    {
        var coinbase = transactions[0];
        var reserved = new byte[WitnessCommitment.Size];
        var output = WitnessCommitment.Output(WitnessCommitment.Compute(transactions, reserved));
        return new Transaction(coinbase.Version, [coinbase.Inputs[0].WithWitness([reserved])], coinbase.Outputs.Add(output), coinbase.LockTime);
    }

    private List<MempoolEntry> Select(int height, long lockTimeCutoff)
    {
        var selected = new List<MempoolEntry>();
        var taken = new HashSet<MempoolEntry>();
        var packages = new Dictionary<MempoolEntry, PackageSum>();
        var queue = new PriorityQueue<MempoolEntry, Rank>(_mempool.Entries.Select(entry => (entry, new Rank(entry.Ancestors, entry.Sequence))));
        var weightLeft = Math.Min(_chainstate.Params.MaxBlockWeight, _mempool.Policy.MaxBlockWeight) - CoinbaseReserve;
        long sigOpsLeft = _chainstate.Params.MaxBlockSigOpsCost - CoinbaseSigOpsReserve;
        var misses = 0;
        while (queue.TryDequeue(out var best, out var rank))
        {
            // A transaction whose ancestors were taken meanwhile was queued again with a better rank: the old one is stale.
            if (taken.Contains(best) || rank.Package != packages.GetValueOrDefault(best, best.Ancestors)) continue;

            // All that follow pay less.
            if (rank.Package.Fees < MempoolPolicy.FeeFor(rank.Package.Size, _mempool.Policy.MinBlockFeeRate)) break;
            var package = MempoolGraph.WithAncestors([best]).Where(entry => !taken.Contains(entry)).OrderBy(entry => entry.Sequence).ToList();
            var weight = package.Sum(entry => entry.Transaction.Weight);
            var sigOps = package.Sum(entry => entry.SigOpsCost);
            if (weight > weightLeft || sigOps > sigOpsLeft)
            {
                // Near the limit, the rest of a large pool is not worth looking through.
                if (++misses > MostMisses && weightLeft < CoinbaseReserve) break;
                continue;
            }

            if (package.Any(entry => !TransactionRules.IsFinal(entry.Transaction, height, lockTimeCutoff))) continue;

            weightLeft -= weight;
            sigOpsLeft -= sigOps;
            selected.AddRange(package);
            foreach (var entry in package) taken.Add(entry);
            foreach (var entry in package) Requeue(entry, taken, packages, queue);
        }

        return selected;
    }

    private static void Requeue(MempoolEntry included, HashSet<MempoolEntry> taken, Dictionary<MempoolEntry, PackageSum> packages,
        PriorityQueue<MempoolEntry, Rank> queue)
    {
        if (included.Children.Count == 0) return;
        foreach (var descendant in MempoolGraph.WithDescendants(included))
        {
            if (taken.Contains(descendant)) continue;
            var rest = packages.GetValueOrDefault(descendant, descendant.Ancestors) - included.Own;
            packages[descendant] = rest;
            queue.Enqueue(descendant, new Rank(rest, descendant.Sequence));
        }
    }

    /// <summary>The best fee rate first; of equals the one that came first.</summary>
    private readonly record struct Rank(PackageSum Package, long Sequence) : IComparable<Rank>
    {
        public int CompareTo(Rank other)
        {
            var byRate = other.Package.CompareFeeRate(Package);
            return byRate != 0 ? byRate : Sequence.CompareTo(other.Sequence);
        }
    }
}
