using Chain.Core.Consensus;
using Chain.State;
using Chain.State.Storage;

namespace Chain.Node;

/// <summary>An open chain with all that hangs on its database: what a node runs on, and a command without a node.</summary>
public sealed class LoadedChain : IDisposable
{
    private readonly DatabaseLock _lock;

    private LoadedChain(DatabaseLock databaseLock, Chainstate chainstate, MempoolPolicy policy, TimeProvider clock, bool coinsWereDamaged)
    {
        _lock = databaseLock;
        Clock = clock;
        CoinsWereDamaged = coinsWereDamaged;
        Chainstate = chainstate;
        Mempool = new Mempool(chainstate, policy);
        Assembler = new BlockAssembler(chainstate, Mempool);
        Templates = new BlockTemplates(chainstate, Mempool, Assembler);
        Headers = new SubmittedHeaders(chainstate);
        Index = new TransactionIndex(chainstate);
        _ = Mempool.Load();
    }

    /// <summary>Whether the coins on disk were damaged, and were made anew from the blocks.</summary>
    public bool CoinsWereDamaged { get; }

    /// <summary>The clock that the chain goes by.</summary>
    public TimeProvider Clock { get; }

    /// <summary>The chain.</summary>
    public Chainstate Chainstate { get; }

    /// <summary>The waiting transactions.</summary>
    public Mempool Mempool { get; }

    /// <summary>Makes blocks.</summary>
    public BlockAssembler Assembler { get; }

    /// <summary>What miners elsewhere are given to work on.</summary>
    public BlockTemplates Templates { get; }

    /// <summary>Headers of which no block is here.</summary>
    public SubmittedHeaders Headers { get; }

    /// <summary>Finds transactions of the chain, what spends them, and what happened to scripts.</summary>
    public TransactionIndex Index { get; }

    /// <summary>The rules.</summary>
    public ChainParams Params => Chainstate.Params;

    /// <summary>
    /// Opens the database under its lock, which the caller has taken; a database that holds no chain yet is given
    /// <paramref name="initial"/>. Coins that turn out to be damaged are made anew from the blocks. The lock is released with the chain, or at once where this throws.
    /// </summary>
    public static LoadedChain Open(
        DatabaseLock databaseLock, string path, ChainParams? initial, TimeProvider clock, ChainOverrides? overrides = null)
    {
        ChainDatabase? database = null;
        try
        {
            database = ChainDatabase.Open(path);
            var stored = ReadParams(database, path);
            var own = stored ?? initial ?? throw new CommandException($"{path} holds no chain.");
            if (stored is null) Chainstate.Initialize(database, own);
            try
            {
                if (database.Coins.IsDamaged) throw new DamagedCoinsException();
                return Open(databaseLock, database, own, clock, overrides ?? new ChainOverrides(), coinsWereDamaged: false);
            }
            catch (DamagedCoinsException)
            {
                // The blocks are there, and say what the coins are.
                database.DropCoins();
                return Open(databaseLock, database, own, clock, overrides ?? new ChainOverrides(), coinsWereDamaged: true);
            }
        }
        catch
        {
            database?.Dispose();
            databaseLock.Dispose();
            throw;
        }
    }

    private static LoadedChain Open(
        DatabaseLock databaseLock, ChainDatabase database, ChainParams own, TimeProvider clock, ChainOverrides overrides, bool coinsWereDamaged)
    {
        var chainstate = Chainstate.Open(database, overrides.Activations(own), new ChainstateOptions(), clock);
        return new LoadedChain(databaseLock, chainstate, overrides.Policy(MempoolPolicy.For(chainstate.Params)), clock, coinsWereDamaged);
    }

    /// <summary>The parameters that a database was made with; null where it holds no chain.</summary>
    public static ChainParams? ReadParams(ChainDatabase database, string path)
    {
        if (Chainstate.FindParams(database) is not { } text) return null;
        return GenesisFile.TryParse(text, out var error) ?? throw new DatabaseException($"The database {path} is damaged: its parameters do not read ({error}).") { IsDamage = true };
    }

    /// <summary>Writes what is only in memory, closes the database and releases the lock.</summary>
    public void Dispose()
    {
        try
        {
            if (Mempool.Policy.IsPersistent) Mempool.Save();
        }
        finally
        {
            try
            {
                Chainstate.Dispose();
            }
            finally
            {
                _lock.Dispose();
            }
        }
    }
}
