using System.Collections.Immutable;
using Chain.Core.Coins;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.State;

/// <summary>
/// Makes blocks, all but their nonces, that follow each other on an ancestor of the tip, and so a branch that takes the tip's
/// place once it has more work. Knows the coins as they are on the branch, where the chain's own are those of the tip.
/// </summary>
public sealed class BranchAssembler
{
    private readonly Chainstate _chainstate;
    private readonly BlockAssembler _assembler;
    private CoinChanges? _coins;
    private BlockNode? _coinsTip;

    /// <summary>Begins a branch on a block of the tree.</summary>
    public BranchAssembler(Chainstate chainstate, BlockAssembler assembler, BlockNode fork)
    {
        _chainstate = chainstate;
        _assembler = assembler;
        Tip = fork;
    }

    /// <summary>The highest block of the branch.</summary>
    public BlockNode Tip { get; private set; }

    /// <summary>
    /// Makes the next block of those transactions, in this order, that can stand in it: what they spend is there on the branch
    /// and old enough, and there is room for them.
    /// </summary>
    public Block Create(ReadOnlyMemory<byte> payTo, ulong extraNonce, IEnumerable<Transaction> candidates)
    {
        var p = _chainstate.Params;
        var height = Tip.Height + 1;
        var cutoff = BlockRules.LockTimeCutoff(Tip, _assembler.TimeOn(Tip), p);
        var diff = new CoinDiff();
        var coins = new OverlayCoinView(Coins(), diff);
        var chosen = ImmutableArray.CreateBuilder<Transaction>();
        var fees = 0L;
        var weightLeft = p.MaxBlockWeight - BlockAssembler.CoinbaseReserve;
        long sigOpsLeft = p.MaxBlockSigOpsCost - BlockAssembler.CoinbaseSigOpsReserve;
        foreach (var transaction in candidates)
        {
            if (!TransactionRules.IsFinal(transaction, height, cutoff) || (transaction.HasWitness && height < p.SegwitHeight)) continue;
            if (TransactionRules.Connect(transaction, coins, height, p, out var fee, out var spent) is not null) continue;
            if (!TransactionRules.AreSequenceLocksMet(transaction, spent, Tip, height, p)) continue;
            var sigOps = SigOps.Cost(transaction, Coin.OutputsOf(spent), BlockRules.FlagsAt(height, p));
            if (transaction.Weight > weightLeft || sigOps > sigOpsLeft) continue;
            weightLeft -= transaction.Weight;
            sigOpsLeft -= sigOps;
            fees += fee.Satoshis;
            for (var i = 0; i < spent.Length; i++) diff.Spend(transaction.Inputs[i].PreviousOutput, spent[i]);
            diff.CreateOutputs(transaction, height);
            chosen.Add(transaction);
        }

        return _assembler.CreateOn(Tip, payTo, extraNonce, chosen.ToImmutable(), fees);
    }

    /// <summary>The block that <see cref="Create"/> made has its nonce and stands in the tree: the next one goes on it.</summary>
    public void Extend(BlockNode node, Block block)
    {
        if (node.Parent != Tip) throw new ArgumentException("The block is not the next one of the branch.", nameof(node));

        // Where the chain has moved, to this very block perhaps, the coins below are others: they are made anew when they are needed.
        if (_coinsTip != _chainstate.Tip) _coins = null;
        if (_coins is not null) _coins.Apply(DiffOf(node, block, _coins));
        Tip = node;
    }

    /// <summary>The coins as of the branch's highest block; made anew where the chain has moved meanwhile.</summary>
    private CoinChanges Coins()
    {
        if (_coins is not null && _coinsTip == _chainstate.Tip) return _coins;
        var coins = new CoinChanges(_chainstate.Coins);
        var fork = _chainstate.Tree.FindFork(Tip);
        for (var node = _chainstate.Tip; node != fork; node = node.Parent!)
        {
            if (!coins.TryTakeBack(_chainstate.GetDiff(node, _chainstate.GetBlock(node)))) throw new InvalidOperationException($"The coins are not those that block {node} left.");
        }

        var path = new Stack<BlockNode>();
        for (var node = Tip; node != fork; node = node.Parent!) path.Push(node);
        foreach (var node in path) coins.Apply(DiffOf(node, _chainstate.GetBlock(node), coins));
        (_coins, _coinsTip) = (coins, _chainstate.Tip);
        return coins;
    }

    /// <summary>What a block of the branch changes. Its scripts are checked when the branch becomes the chain.</summary>
    private CoinDiff DiffOf(BlockNode node, Block block, CoinChanges coins) =>
        BlockRules.Connect(block, node, coins, _chainstate.Params, verifier: null, out var diff) is { } violation
            ? throw new InvalidOperationException($"Block {node} of the branch does not connect: {violation}")
            : diff;
}
