using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.State.Storage;

namespace Chain.State;

/// <summary>
/// A chain and its coins as they were at one moment, to be read on another thread while the chain goes on. For one thread at a
/// time.
/// </summary>
public sealed class CoinMoment : IDisposable
{
    private CoinMoment(DatabaseMoment database, BlockNode tip, ChainParams p)
    {
        Database = database;
        Tip = tip;
        Params = p;
    }

    /// <summary>All that the file held.</summary>
    public DatabaseMoment Database { get; }

    /// <summary>The highest block of that moment.</summary>
    public BlockNode Tip { get; }

    /// <summary>The rules of the chain.</summary>
    public ChainParams Params { get; }

    /// <summary>The coins as of the tip.</summary>
    public CoinTable Coins => Database.Coins;

    /// <summary>
    /// Holds the moment, where the chain may be touched: coins that only memory holds are written before. Null while blocks are
    /// being committed together, of which another connection sees nothing. Throws <see cref="IOException"/> where no second
    /// connection can be had, which is no failure of the chain's own.
    /// </summary>
    public static CoinMoment? TryHold(Chainstate chainstate)
    {
        chainstate.Flush();
        var database = Hold(chainstate.Database.Path);
        if (database.HasCoinsAt(chainstate.Tip.Hash)) return new CoinMoment(database, chainstate.Tip, chainstate.Params);
        database.Dispose();
        return null;
    }

    /// <summary>The blocks of the chain, from genesis on. Throws <see cref="DatabaseException"/> at one that is not what was stored.</summary>
    public IEnumerable<Block> Blocks()
    {
        var nodes = new Stack<BlockNode>();
        for (BlockNode? node = Tip; node is not null; node = node.Parent) nodes.Push(node);
        foreach (var node in nodes)
        {
            var block = Database.GetBlock(node.Sequence);
            yield return Chainstate.IsWhole(block, node) ? block : throw ChainDatabase.Damaged(Database.Path, $"block {node.Hash} is not what was stored");
        }
    }

    /// <summary>Lets the moment go.</summary>
    public void Dispose() => Database.Dispose();

    private static DatabaseMoment Hold(string path)
    {
        try
        {
            return DatabaseMoment.Hold(path);
        }
        catch (DatabaseException e)
        {
            throw new IOException(e.Message, e);
        }
    }
}
