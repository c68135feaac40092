using Chain.Core.Cryptography;
using Chain.Core.Encoding;
using Chain.Core.Primitives;
using Chain.State.Storage;

namespace Chain.State;

/// <summary>
/// Finds transactions of the chain by their id, what spends an output, and what happened to a script (Core's txindex and more).
/// It follows the chain in steps of its own: no block waits for it, and a start goes on where the last run ended. What is
/// damaged is dropped and made anew from the blocks. To be used where the chain may be touched.
/// </summary>
public sealed class TransactionIndex
{
    private const string PositionFact = "history at";

    /// <summary>Where a step ends in bytes of blocks: so much is indexed and written in some hundredths of a second.</summary>
    private const int StepBytes = 400_000;

    private readonly Chainstate _chainstate;
    private BlockNode? _position;
    private bool _isLoaded;
    private IndexStep? _failed;

    /// <summary>Opens the index of a chain.</summary>
    public TransactionIndex(Chainstate chainstate) => _chainstate = chainstate;

    /// <summary>The index was given up, for this reason.</summary>
    public event Action<string>? GivenUp;

    /// <summary>Whether it follows the chain no more.</summary>
    public bool IsGivenUp => _failed is not null;

    /// <summary>The last block that it knows; null before genesis.</summary>
    public BlockNode? Position
    {
        get
        {
            if (!_isLoaded) Load();
            return _position;
        }
    }

    /// <summary>Whether it stands at the tip.</summary>
    public bool IsSynced => Position == _chainstate.Tip;

    /// <summary>How many blocks it has to go; of those that left the chain none is counted.</summary>
    public int BlocksLeft => Position is { } position ? _chainstate.Tip.Height - _chainstate.Tree.FindFork(position)!.Height : _chainstate.Tip.Height + 1;

    /// <summary>The next step towards the tip; null where it stands there, or goes no further.</summary>
    public IndexStep? FindStep()
    {
        if (IsGivenUp || IsSynced) return null;
        var blocks = new List<(BlockNode, byte[], byte[]?)>();
        var (from, size) = (Position, 0);
        var to = from;
        if (from is not null && !_chainstate.Tree.IsActive(from))
        {
            for (; !_chainstate.Tree.IsActive(to!) && size < StepBytes; to = to!.Parent) size += Read(to!, blocks);
            return new IndexStep(from, to, isBack: true, blocks);
        }

        while (size < StepBytes && _chainstate.Tree.FindActive((to?.Height ?? -1) + 1) is { } next)
        {
            size += Read(next, blocks);
            to = next;
        }

        return new IndexStep(from, to, isBack: false, blocks);
    }

    /// <summary>
    /// A block of this step does not decode: the index is dropped, and follows the chain no more, since it could not get past that
    /// block, until somebody finds <see cref="FindFailedStep"/> in order.
    /// </summary>
    public void GiveUp(IndexStep step, string reason)
    {
        if (IsGivenUp) return;
        Clear();
        _failed = step;
        GivenUp?.Invoke(reason);
    }

    /// <summary>What it was given up at, read anew, without the blocks that are in the chain no more; null where it was not given up.</summary>
    public IndexStep? FindFailedStep()
    {
        if (_failed is null) return null;
        var blocks = new List<(BlockNode, byte[], byte[]?)>();
        foreach (var node in _failed.Nodes.Where(_chainstate.Tree.IsActive)) _ = Read(node, blocks);
        return new IndexStep(_failed.From, _failed.To, isBack: false, blocks);
    }

    /// <summary>What it was given up at is in order again: it follows the chain from the beginning on.</summary>
    public void TakeUp() => _failed = null;

    /// <summary>Takes a step whose entries are worked out; nothing happens where the index stands elsewhere by now.</summary>
    public void Take(IndexStep step)
    {
        if (Position != step.From) return;
        var changes = step.Prepare();
        _chainstate.Database.InTransaction(() =>
        {
            _chainstate.Database.Index.Apply(changes);
            _chainstate.Database.WriteFact(PositionFact, step.To is { } to ? to.Hash.Hash.ToByteArray() : []);
        });
        _position = step.To;
    }

    /// <summary>Moves to the tip at once where that is at most so many blocks away; whether it stands there.</summary>
    public bool TryCatchUp(int mostBlocks)
    {
        if (IsSynced) return true;
        if (BlocksLeft > mostBlocks) return false;
        while (FindStep() is { } step)
        {
            try
            {
                Take(step);
            }
            catch (DecodeException e)
            {
                GiveUp(step, e.Message);
            }
        }

        return IsSynced;
    }

    /// <summary>The place of a transaction in the chain; null where the index has none.</summary>
    public TransactionPlace? Find(TxId id) => Guard(index => index.Find(id) is { } place && FindBlock(place) is not null ? place : (TransactionPlace?)null, null);

    /// <summary>The input of the chain that spends an output; null where the index knows of none.</summary>
    public SpendingInput? FindSpender(OutPoint outPoint) =>
        Guard(index => index.FindSpender(outPoint) is { } spender && FindBlock(spender.Transaction) is not null ? spender : (SpendingInput?)null, null);

    /// <summary>What happened to a script, newest first, at most so much; all of it behind a place, where one is given.</summary>
    public IReadOnlyList<ScriptEvent> FindHistory(byte[] scriptHash, TransactionPlace? behind, int count) =>
        Guard(index => (IReadOnlyList<ScriptEvent>)[.. index.FindHistory(scriptHash, behind, count).Where(happened => FindBlock(happened.Place) is not null)], []);

    /// <summary>The block of the chain that a place is in; null where that block left the chain and the index has not followed yet.</summary>
    public BlockNode? FindBlock(TransactionPlace place) =>
        Position is { } position && place.Height <= _chainstate.Tree.FindFork(position)!.Height ? _chainstate.Tree.FindActive(place.Height) : null;

    /// <summary>Forgets all, so that it is made anew.</summary>
    public void Clear()
    {
        _chainstate.Database.InTransaction(() =>
        {
            _chainstate.Database.Index.Clear();
            _chainstate.Database.WriteFact(PositionFact, []);
        });
        _position = null;
        _isLoaded = true;
    }

    private T Guard<T>(Func<IndexTable, T> read, T fallback)
    {
        try
        {
            return read(_chainstate.Database.Index);
        }
        catch (DamagedCoinsException)
        {
            Clear();
            return fallback;
        }
    }

    private int Read(BlockNode node, List<(BlockNode Node, byte[] Raw, byte[]? Undo)> blocks)
    {
        var raw = _chainstate.FindRawBlock(node) ?? [];
        blocks.Add((node, raw, _chainstate.FindRawUndo(node)));
        return raw.Length;
    }

    /// <summary>Where it stood at a block that nobody knows any more, it begins anew.</summary>
    private void Load()
    {
        _isLoaded = true;
        if (_chainstate.Database.FindFact(PositionFact) is not { Length: > 0 } fact) return;
        _position = fact.Length == Hash256.Size ? _chainstate.Tree.Find(new BlockHash(new Hash256(fact))) : null;
        if (_position is null) Clear();
    }
}
