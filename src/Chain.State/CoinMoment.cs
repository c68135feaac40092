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
    /// Holds the moment, where the chain may be touched and no transaction is open, of which another connection would see nothing:
    /// coins that only memory holds are written before. Throws <see cref="IOException"/> where a second connection cannot be had, or
    /// does not read what the first wrote, which is no failure of the chain's own.
    /// </summary>
    public static CoinMoment Hold(Chainstate chainstate)
    {
        chainstate.Flush();
        try
        {
            var database = DatabaseMoment.Hold(chainstate.Database.Path);
            try
            {
                return database.HasCoinsAt(chainstate.Tip.Hash)
                    ? new CoinMoment(database, chainstate.Tip, chainstate.Params)
                    : throw new IOException($"A second connection to {database.Path} does not see the newest coins.");
            }
            catch
            {
                database.Dispose();
                throw;
            }
        }
        catch (DatabaseException e)
        {
            throw new IOException(e.Message, e);
        }
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
}
