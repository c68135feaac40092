using Chain.Core.Coins;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.State.Storage;

namespace Chain.State;

/// <summary>
/// The chain of one node: the tree of blocks, the active chain in it, and the coins as of its tip. Not for two threads:
/// one owner changes it. Each block is one durable transaction; coins are written behind, together with the hash of the
/// block that they stand at, and a start after a kill goes on from there.
/// </summary>
public sealed class Chainstate : IDisposable
{
    /// <summary>In seconds.</summary>
    private const long MaxTipAge = 24 * 60 * 60;

    private readonly ChainDatabase _database;
    private readonly ChainstateOptions _options;
    private readonly TimeProvider _clock;
    private readonly ParallelScriptVerifier _verifier;
    private readonly CoinCache _coins;
    private readonly CoinWriter _writer;
    private bool _isBroken, _hasCaughtUp;

    private Chainstate(ChainDatabase database, ChainParams p, ChainstateOptions options, TimeProvider clock)
    {
        _database = database;
        _options = options;
        _clock = clock;
        _coins = new CoinCache(database.Coins, options.MaxCachedCoins);
        _writer = new CoinWriter(database, _coins, options, Tree);
        _verifier = new ParallelScriptVerifier(options.ScriptThreads, ScriptCache) { Meanwhile = () => !_database.IsCommitting && _coins.FlushSome() };
        Params = p;
    }

    /// <summary>A block became the tip; raised inside <see cref="ProcessBlock(Block)"/>, one call for each block.</summary>
    public event Action<BlockNode, Block>? BlockConnected;

    /// <summary>The tip was taken back to its parent; raised inside <see cref="ProcessBlock(Block)"/>, one call for each block.</summary>
    public event Action<BlockNode, Block>? BlockDisconnected;

    /// <summary>
    /// The chain has moved and its tip stays where it is: raised once after all connects and disconnects of a call, also
    /// where a branch failed and the old tip came back.
    /// </summary>
    public event Action<BlockNode>? TipChanged;

    /// <summary>A block broke a rule on its parent or against the coins, and is remembered as failed.</summary>
    public event Action<BlockNode, RuleViolation>? BlockFailed;

    /// <summary>The rules of this chain.</summary>
    public ChainParams Params { get; }

    /// <summary>The transactions whose scripts are known to be valid, which the pool and blocks share.</summary>
    public ScriptCache ScriptCache { get; } = new();

    /// <summary>How many scripts blocks had to check.</summary>
    public long ScriptChecksRun => _verifier.ChecksRun;

    /// <summary>All known blocks.</summary>
    public BlockTree Tree { get; } = new();

    /// <summary>The highest block of the active chain.</summary>
    public BlockNode Tip => Tree.Tip!;

    /// <summary>
    /// Whether the node has yet to catch up with the present: until its tip has once been less than a day old (Core:
    /// IsInitialBlockDownload).
    /// </summary>
    public bool IsInInitialDownload => !(_hasCaughtUp |= Now - Tip.Header.Time <= MaxTipAge);

    /// <summary>The coins as of the tip.</summary>
    public ICoinView Coins => _coins;

    /// <summary>How many coins are in memory, and how many of them differ from the disk.</summary>
    public (int All, int Unwritten) CachedCoins => (_coins.Count, _coins.DirtyCount);

    /// <summary>The threads that check scripts.</summary>
    public int ScriptThreads => Math.Max(1, _options.ScriptThreads);

    /// <summary>The database behind it.</summary>
    public ChainDatabase Database => _database;

    /// <summary>The Unix time in seconds that blocks are judged by.</summary>
    public long Now => _clock.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>The parameters that a database was made with; null where it holds no chain yet.</summary>
    public static string? FindParams(ChainDatabase database) =>
        database.FindFact(ChainDatabase.ParamsFact) is { } fact ? System.Text.Encoding.UTF8.GetString(fact) : null;

    /// <summary>Makes an empty database hold a chain and opens it.</summary>
    public static Chainstate Create(ChainDatabase database, ChainParams p, ChainstateOptions options, TimeProvider clock)
    {
        Initialize(database, p);
        return Open(database, p, options, clock);
    }

    /// <summary>Makes an empty database hold a chain: its parameters and the genesis block.</summary>
    public static void Initialize(ChainDatabase database, ChainParams p)
    {
        if (FindParams(database) is not null) throw new InvalidOperationException($"{database.Path} holds a chain already.");
        database.InTransaction(() =>
        {
            database.WriteFact(ChainDatabase.ParamsFact, System.Text.Encoding.UTF8.GetBytes(GenesisFile.Write(p)));
            database.AddHeader(0, p.Genesis.Header, BlockStatus.None);
            database.AddBlock(0, p.Genesis);
        });
    }

    /// <summary>
    /// Opens a database that holds this chain. After a kill the coins stand at an earlier block than the tip, or on another
    /// branch: the blocks between are taken back or connected again, without checking scripts that were checked before.
    /// </summary>
    public static Chainstate Open(ChainDatabase database, ChainParams p, ChainstateOptions options, TimeProvider clock)
    {
        var chainstate = new Chainstate(database, p, options, clock);
        TreeLoading.Load(chainstate.Tree, database, p);
        chainstate.ActivateBestChain(null, null);
        return chainstate;
    }

    /// <summary>
    /// The one door for a block, wherever it comes from. Checks it alone and on its parent, stores it, and makes the chain
    /// of most work the active one, which may connect it, leave it on a branch, or reorganise.
    /// </summary>
    public ProcessBlockResult ProcessBlock(Block block) => ProcessBlock(block, null);

    /// <summary>As <see cref="ProcessBlock(Block)"/>, for a block whose check alone is done.</summary>
    public ProcessBlockResult ProcessBlock(CheckedBlock block) => ProcessBlock(block.Block, block);

    /// <summary>
    /// Runs work that processes several blocks, all of which become durable together at its end: until then no result may be
    /// passed on. Coins are written while their scripts are checked. Where it throws, the disk holds nothing of it, and this
    /// object must not be used any more.
    /// </summary>
    public void InOneCommit(Action work) => InOneCommit(work, _database.InTransaction);

    /// <summary>
    /// As <see cref="InOneCommit(Action)"/>, but it returns before the blocks are durable, so that the next ones can be checked
    /// while the disk works: no result may be passed on before <see cref="Durable"/> is done.
    /// </summary>
    public void InOneCommitBehind(Action work) => InOneCommit(work, _database.InTransactionBehind);

    /// <summary>Done once the blocks of the last <see cref="InOneCommitBehind"/> are durable; fails with what kept them from the disk.</summary>
    public Task Durable => _database.Durable;

    private void InOneCommit(Action work, Action<Action> transaction)
    {
        try
        {
            transaction(() =>
            {
                _writer.BeginFlushWorthwhile();
                work();
                _writer.CompleteFlush();
            });
        }
        catch
        {
            _isBroken = true;
            throw;
        }
    }

    private ProcessBlockResult ProcessBlock(Block block, CheckedBlock? isChecked)
    {
        if (Tree.Find(block.Hash) is { } known)
        {
            return known.IsFailed
                ? new ProcessBlockResult(BlockOutcome.Rejected, known, RuleError.KnownInvalid)
                : new ProcessBlockResult(BlockOutcome.Duplicate, known, null);
        }

        if ((isChecked ?? CheckedBlock.Of(block, Params)).Violation is { } violation) return ProcessBlockResult.Rejected(violation);
        if (Tree.Find(block.Header.PreviousBlockHash) is not { } parent)
            return new ProcessBlockResult(BlockOutcome.Orphan, null, RuleError.ParentMissing);
        if (parent.IsFailed) return ProcessBlockResult.Rejected(RuleError.ParentInvalid);
        if (HeaderRules.Accept(block.Header, parent, Now, Params) is { } refusal) return ProcessBlockResult.Rejected(refusal);
        var breach = BlockRules.Accept(block, parent, Params);
        if (breach is not null && breach.Error.Blame() != Blame.Guilty) return ProcessBlockResult.Rejected(breach);

        var node = Tree.Add(block.Header, parent);
        try
        {
            if (breach is not null)
            {
                Fail(node, breach);
                return new ProcessBlockResult(BlockOutcome.Rejected, node, breach);
            }

            // The next block of the active chain is stored in the same transaction that connects it. After a failure the tip
            // may lie below the best candidate, which comes first then.
            if (parent != Tip || Tree.BestCandidate != node)
            {
                _database.InTransaction(() => Store(node, block, BlockStatus.None));
                node.IsStored = true;
            }

            var failure = ActivateBestChain(node, block);
            return failure is null
                ? new ProcessBlockResult(BlockOutcome.Accepted, node, null)
                : new ProcessBlockResult(BlockOutcome.Rejected, node, failure);
        }
        catch when (!node.IsStored)
        {
            Tree.Remove(node);
            throw;
        }
    }

    /// <summary>
    /// Treats a block as if it broke a rule, from now on, and moves to the best chain without it (Core: InvalidateBlock). The
    /// genesis block stays.
    /// </summary>
    public void Invalidate(BlockNode node)
    {
        if (node.Parent is null) return;
        var wasActive = Tree.IsActive(node);
        while (Tree.IsActive(node)) DisconnectTip();
        WriteStatus(Tree.Fail(node));
        Tree.RenewCandidates();
        ActivateBestChain(null, null, hasMoved: wasActive);
    }

    /// <summary>
    /// Forgets that a block, those below and those above it failed, and moves to the best chain (Core: ResetBlockFailureFlags).
    /// Where a failed block was not kept, its header is forgotten too, so that the block may come again.
    /// </summary>
    public void Reconsider(BlockNode node)
    {
        var changed = Tree.Pardon(node);
        var lost = changed.Where(n => !_database.HasBlock(n.Sequence)).ToList();
        _database.InTransaction(() =>
        {
            foreach (var n in lost) _database.RemoveHeader(n.Sequence);
            WriteStatus(changed);
        });
        foreach (var n in lost) Tree.Remove(n);
        Tree.RenewCandidates();
        ActivateBestChain(null, null);
    }

    /// <summary>Treats a block as if it had come before all others of equal work (Core: PreciousBlock).</summary>
    public void Prefer(BlockNode node)
    {
        if (node.TotalWork < Tip.TotalWork) return;
        var before = Tip;
        Tree.Prefer(node);
        ActivateBestChain(null, null);

        // Where the coins stand on the disk is where the next start goes on.
        if (Tip != before) Flush();
    }

    /// <summary>
    /// Judges a block that needs no proof of work yet, as if it were the next one: what a miner asks before it starts.
    /// </summary>
    public RuleViolation? TestBlock(Block block) =>
        BlockRules.Accept(block, Tip, Params) ?? BlockRules.Connect(block, new BlockNode(block.Header, Tip, 0, BlockStatus.None), _coins, Params, _verifier, out _);

    /// <summary>Connects a block of the tree to other coins, scripts included, as if for the first time.</summary>
    internal RuleViolation? ConnectAgain(Block block, BlockNode node, ICoinView coins, out CoinDiff diff) =>
        BlockRules.Connect(block, node, coins, Params, _verifier, out diff);

    /// <summary>
    /// A block of the tree, as it was when it was checked: a header, a root or a witness that differ come from the disk, and no
    /// block is to blame for them.
    /// </summary>
    public Block GetBlock(BlockNode node)
    {
        var block = _database.GetBlock(node.Sequence);
        return IsWhole(block, node) ? block : throw _database.Damaged($"block {node.Hash} is not what was stored");
    }

    /// <summary>Whether a block that was read is the one that was checked.</summary>
    internal static bool IsWhole(Block block, BlockNode node) =>
        block.Hash == node.Hash && block.ComputeMerkleRoot(out var isMutated) == node.Header.MerkleRoot && !isMutated && BlockRules.IsWitnessCommitted(block);

    /// <summary>The encoding of a block that is stored, with no more than its header looked at.</summary>
    public byte[] GetRawBlock(BlockNode node) =>
        FindRawBlock(node) is { } raw && BlockHeader.TryDecode(raw.AsMemory(0, Math.Min(raw.Length, BlockHeader.Size)))?.Hash == node.Hash
            ? raw
            : throw _database.Damaged($"block {node.Hash} is not what was stored");

    /// <summary>The encoding of a block; null where it failed and only its header was kept.</summary>
    public byte[]? FindRawBlock(BlockNode node) => _database.FindRawBlock(node.Sequence);

    /// <summary>Whether a block was connected once, so that there is a <see cref="GetDiff"/> of it.</summary>
    public static bool HasDiff(BlockNode node) => (node.Status & BlockStatus.Validated) != 0;

    /// <summary>How many transactions a block of the tree holds; 0 where only its header was kept.</summary>
    public long CountTransactionsOf(BlockNode node) => _database.CountTransactions(node.Sequence);

    /// <summary>How many transactions a block of the tree and all below it hold, where they were kept.</summary>
    public long CountTransactions(BlockNode node)
    {
        var uncounted = new Stack<BlockNode>();
        var (next, count) = (node, 0L);
        for (; next is not null && next.ChainTransactions == 0; next = next.Parent) uncounted.Push(next);
        count = next?.ChainTransactions ?? 0;
        foreach (var n in uncounted) n.ChainTransactions = count += _database.CountTransactions(n.Sequence);
        return count;
    }

    /// <summary>What a block of the active chain changed in the coins.</summary>
    public CoinDiff GetDiff(BlockNode node, Block block) => _database.GetDiff(node.Sequence, block, node.Height);

    /// <summary>The undo data of a block; null where it was never connected, and of genesis.</summary>
    public byte[]? FindRawUndo(BlockNode node) => _database.FindRawUndo(node.Sequence);

    /// <summary>Whether a coin is there and in memory (Core: HaveCoinInCache).</summary>
    public bool IsCoinAtHand(OutPoint outPoint) => _coins.IsAtHand(outPoint);

    /// <summary>All coins locked by exactly this script, or about <paramref name="most"/> of them.</summary>
    public IReadOnlyList<(OutPoint OutPoint, Coin Coin)> FindCoins(ReadOnlyMemory<byte> script, int most = int.MaxValue)
    {
        _writer.CompleteFlush();
        return _coins.FindByScript(script, most);
    }

    /// <summary>Writes the coins to disk.</summary>
    public void Flush() => _writer.Flush();

    /// <summary>Replaces all coins, those in memory too, by others that stand at the tip, in one transaction.</summary>
    internal void ReplaceCoins(IEnumerable<CoinChange> coins) => _writer.Replace(coins);

    /// <summary>Flushes and closes the database.</summary>
    public void Dispose()
    {
        try
        {
            if (_isBroken) return;
            Flush();
            RestingCoins.Note(_database, Params, Tip.Hash, Tip.Height);
            _database.Checkpoint();
        }
        finally
        {
            _verifier.Dispose();
            _database.Dispose();
        }
    }

    /// <summary>
    /// Moves the tip to the best candidate: down to the fork, then up. A block that fails on the way is marked, and the next
    /// best candidate is tried. Gives the violation where <paramref name="newest"/> itself, or a block below it, fails.
    /// </summary>
    private RuleViolation? ActivateBestChain(BlockNode? newest, Block? newestBlock, bool hasMoved = false)
    {
        RuleViolation? failure = null;
        while (Tree.BestCandidate is { } best && best != Tree.Tip)
        {
            var fork = Tree.FindFork(best);
            hasMoved |= Tree.Tip != fork;
            while (Tree.Tip != fork) DisconnectTip();
            foreach (var node in PathUp(fork, best))
            {
                var block = node == newest ? newestBlock! : GetBlock(node);
                if (ConnectTip(node, block) is { } violation)
                {
                    Fail(node, violation);
                    if (newest is not null && newest.IsFailed) failure ??= violation;
                    break;
                }

                hasMoved = true;
            }
        }

        Tree.PruneCandidates();
        if (hasMoved) TipChanged?.Invoke(Tip);
        return failure;
    }

    private RuleViolation? ConnectTip(BlockNode node, Block block)
    {
        var isValidated = (node.Status & BlockStatus.Validated) != 0;
        CoinDiff diff = null!;
        RuleViolation? violation = null;
        _database.InSnapshot(() => violation = BlockRules.Connect(block, node, _coins, Params, isValidated ? null : _verifier, out diff));
        if (violation is not null)
            return isValidated ? throw _database.DamagedCoins($"the coins do not fit block {node.Hash}, which was valid: {violation}") : violation;
        if (!isValidated)
        {
            _database.InTransaction(() =>
            {
                if (node.IsStored) _database.SetStatus(node.Sequence, node.Status | BlockStatus.Validated);
                else Store(node, block, BlockStatus.Validated);
                _database.AddUndo(node.Sequence, diff.EncodeUndo());
            });
            node.IsStored = true;
            node.Status |= BlockStatus.Validated;
        }

        _coins.Apply(diff);
        Tree.Connect(node);
        _hasCaughtUp = !IsInInitialDownload;
        _writer.AfterMove();
        BlockConnected?.Invoke(node, block);
        return null;
    }

    private void DisconnectTip()
    {
        var node = Tip;
        var block = GetBlock(node);
        _coins.Apply(GetDiff(node, block).Reverse());
        Tree.Disconnect();
        _writer.AfterMove();
        BlockDisconnected?.Invoke(node, block);
    }

    private void Fail(BlockNode failed, RuleViolation violation)
    {
        var changed = Tree.Fail(failed);
        _database.InTransaction(() =>
        {
            if (!failed.IsStored) _database.AddHeader(failed.Sequence, failed.Header, failed.Status);
            WriteStatus(changed);
        });
        failed.IsStored = true;
        BlockFailed?.Invoke(failed, violation);
    }

    private void WriteStatus(IReadOnlyList<BlockNode> changed) => _database.InTransaction(() =>
    {
        foreach (var node in changed) _database.SetStatus(node.Sequence, node.Status);
    });

    private void Store(BlockNode node, Block block, BlockStatus status)
    {
        _database.AddHeader(node.Sequence, node.Header, status);
        _database.AddBlock(node.Sequence, block);
    }

    private static Stack<BlockNode> PathUp(BlockNode? from, BlockNode to)
    {
        var path = new Stack<BlockNode>();
        for (var node = to; node != from; node = node!.Parent) path.Push(node!);
        return path;
    }
}
