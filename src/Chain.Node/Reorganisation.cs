using Chain.Core.Primitives;
using Chain.State;

namespace Chain.Node;

/// <summary>What shall become of the payments in the blocks that a reorganisation replaces.</summary>
public enum ReplacedPayments
{
    /// <summary>They wait again, for a later block.</summary>
    Return,

    /// <summary>The new blocks hold them.</summary>
    Keep,

    /// <summary>They vanish here; other nodes may still have them.</summary>
    Drop,
}

/// <summary>
/// A reorganisation that is made on purpose, as others would: a branch on an ancestor of the tip that outgrows what is above it,
/// block after block through the one door. All but the search for nonces happens where the chain may be touched.
/// </summary>
public sealed class Reorganisation
{
    /// <summary>The most blocks that are replaced: other nodes take no branch that begins deeper.</summary>
    public const int MostBlocks = MessageHandler.MaxUnaskedDepth;

    private readonly LoadedChain _chain;
    private readonly BranchAssembler _branch;
    private readonly ReplacedPayments _payments;
    private readonly List<Block> _replaced;

    /// <summary>Begins on the block so many below the tip, which must be there.</summary>
    public Reorganisation(LoadedChain chain, int depth, ReplacedPayments payments)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(depth, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(depth, chain.Chainstate.Tip.Height);
        _chain = chain;
        _payments = payments;
        Fork = chain.Chainstate.Tree.FindActive(chain.Chainstate.Tip.Height - depth)!;
        _replaced = [.. Enumerable.Range(Fork.Height + 1, depth).Select(height => chain.Chainstate.GetBlock(chain.Chainstate.Tree.FindActive(height)!))];
        _branch = new BranchAssembler(chain.Chainstate, chain.Assembler, Fork);
    }

    /// <summary>The block that stays.</summary>
    public BlockNode Fork { get; }

    /// <summary>Whether the branch is the chain now.</summary>
    public bool IsDone { get; private set; }

    /// <summary>The blocks that left the chain, lowest first; known in the end.</summary>
    public IReadOnlyList<(BlockNode Node, Block Block)> Left { get; private set; } = [];

    /// <summary>The blocks that came, lowest first.</summary>
    public List<(BlockNode Node, Block Block)> Came { get; } = [];

    /// <summary>Transactions of the blocks that left which wait again.</summary>
    public IReadOnlyList<TxId> Returned { get; private set; } = [];

    /// <summary>Transactions of the blocks that left which the new ones hold.</summary>
    public IReadOnlyList<TxId> Kept { get; private set; } = [];

    /// <summary>Transactions of the blocks that left which are neither in the chain nor in the pool.</summary>
    public IReadOnlyList<TxId> Lost { get; private set; } = [];

    /// <summary>
    /// The next block of the branch, all but its nonce. It pays whom the block paid whose place it takes. What waited stands in the
    /// first one, or, where payments are kept, behind them.
    /// </summary>
    public Block Create(ulong extraNonce)
    {
        var at = Came.Count;
        var payTo = _replaced[Math.Min(at, _replaced.Count - 1)].Transactions[0].Outputs[0].ScriptPubKey;
        IEnumerable<Transaction> candidates = _payments == ReplacedPayments.Keep && at < _replaced.Count ? _replaced[at].Transactions.Skip(1)
            : at == (_payments == ReplacedPayments.Keep ? _replaced.Count : 0) ? _chain.Mempool.InOrder().Select(entry => entry.Transaction)
            : [];
        return _branch.Create(payTo, extraNonce, candidates);
    }

    /// <summary>Brings a block that <see cref="Create"/> made, and learns whether the chain has moved to it; gives the violation where it was refused.</summary>
    public ProcessBlockResult Submit(Block block, Func<Block, ProcessBlockResult> door)
    {
        var tree = _chain.Chainstate.Tree;
        var before = _chain.Chainstate.Tip;
        var result = door(block);
        if (result.Outcome != BlockOutcome.Accepted) return result;
        _branch.Extend(result.Node!, block);
        Came.Add((result.Node!, block));
        if (tree.IsActive(result.Node!)) Finish(before);
        return result;
    }

    private void Finish(BlockNode before)
    {
        var left = new List<(BlockNode, Block)>();
        var fork = _chain.Chainstate.Tree.FindFork(before);
        for (var node = before; node != fork; node = node.Parent!) left.Insert(0, (node, _chain.Chainstate.GetBlock(node)));
        Left = left;
        var inNew = Came.SelectMany(pair => pair.Block.Transactions).Select(transaction => transaction.Id).ToHashSet();
        var payments = Left.SelectMany(pair => pair.Block.Transactions.Skip(1)).Select(transaction => transaction.Id).ToList();
        if (_payments == ReplacedPayments.Drop)
        {
            foreach (var id in payments) _chain.Mempool.Drop(id);
        }

        Kept = [.. payments.Where(inNew.Contains)];
        Returned = [.. payments.Where(id => _chain.Mempool.FindEntry(id) is not null)];
        Lost = [.. payments.Except(Kept).Except(Returned)];
        IsDone = true;
    }
}
