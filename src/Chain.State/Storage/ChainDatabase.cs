using Chain.Core.Coins;
using Chain.Core.Encoding;
using Chain.Core.Primitives;

namespace Chain.State.Storage;

/// <summary>A header as it lies in the database, with its place in the order of arrival.</summary>
public readonly record struct StoredHeader(long Sequence, BlockHeader Header, BlockStatus Status);

/// <summary>
/// The one SQLite file of a node: headers and blocks in the order of their arrival, undo data, coins, an index of coins by
/// locking script, the waiting transactions, and a few facts. Write-ahead log, each change one durable transaction.
/// Throws <see cref="DatabaseException"/> where the disk or the file fails.
/// </summary>
public sealed class ChainDatabase : IDisposable
{
    /// <summary>The fact that names the block at which the coins stand.</summary>
    internal const string CoinsFact = "coins at";

    /// <summary>The fact under which a database keeps the parameters that it was made with, as the text of genesis.json.</summary>
    public const string ParamsFact = "genesis.json";

    private const string SchemaVersion = "2";

    /// <summary>The version that kept each coin in a row of its own.</summary>
    private const string VersionWithCoinRows = "1";

    private static readonly string Schema = $"""
        CREATE TABLE IF NOT EXISTS facts(name TEXT PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID;
        INSERT OR IGNORE INTO facts(name, value) VALUES('version', CAST('{SchemaVersion}' AS BLOB));
        CREATE TABLE IF NOT EXISTS headers(sequence INTEGER PRIMARY KEY, header BLOB NOT NULL, status INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS blocks(sequence INTEGER PRIMARY KEY, block BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS undo(sequence INTEGER PRIMARY KEY, undo BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS mempool(place INTEGER PRIMARY KEY, tx BLOB NOT NULL, time INTEGER NOT NULL);
        {CoinTable.Schema}
        {IndexTable.Schema}
        """;

    private readonly SqliteDatabase _db;
    private readonly SqliteStatement _readFact, _writeFact;
    private readonly SqliteStatement _addHeader, _removeHeader, _setStatus, _addBlock, _readBlock, _readBlockCount, _addUndo, _readUndo;
    private readonly SqliteStatement _addMempool;
    private IndexTable? _index;

    private ChainDatabase(SqliteDatabase db)
    {
        _db = db;
        _readFact = db.Prepare("SELECT value FROM facts WHERE name = ?");
        _writeFact = db.Prepare("INSERT OR REPLACE INTO facts(name, value) VALUES(?, ?)");
        _addHeader = db.Prepare("INSERT INTO headers(sequence, header, status) VALUES(?, ?, ?)");
        _removeHeader = db.Prepare("DELETE FROM headers WHERE sequence = ?");
        _setStatus = db.Prepare("UPDATE headers SET status = ? WHERE sequence = ?");
        _addBlock = db.Prepare("INSERT INTO blocks(sequence, block) VALUES(?, ?)");
        _readBlock = db.Prepare("SELECT block FROM blocks WHERE sequence = ?");
        _readBlockCount = db.Prepare($"SELECT substr(block, {BlockHeader.Size + 1}, 9) FROM blocks WHERE sequence = ?");
        _addUndo = db.Prepare("INSERT OR REPLACE INTO undo(sequence, undo) VALUES(?, ?)");
        _readUndo = db.Prepare("SELECT undo FROM undo WHERE sequence = ?");
        _addMempool = db.Prepare("INSERT INTO mempool(tx, time) VALUES(?, ?)");
        Coins = new CoinTable(db);
    }

    /// <summary>The file.</summary>
    public string Path => _db.Path;

    /// <summary>The coins and their index by script.</summary>
    public CoinTable Coins { get; }

    /// <summary>The index of transactions, spends and scripts, which is opened when it is first asked for.</summary>
    public IndexTable Index => _index ??= new IndexTable(_db);

    /// <summary>Opens the file, or creates one with empty tables.</summary>
    public static ChainDatabase Open(string path)
    {
        var db = SqliteDatabase.Open(path);
        try
        {
            db.Execute("PRAGMA journal_mode = WAL");
            db.Execute("PRAGMA synchronous = FULL");
            db.Execute("PRAGMA cache_size = -16000");
            db.Execute("PRAGMA journal_size_limit = 67108864");
            db.InTransaction(() =>
            {
                CheckVersion(db);
                db.Execute(Schema);
            });
            return new ChainDatabase(db);
        }
        catch (DatabaseException)
        {
            db.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Reads one fact of a file without owning it, also beside the process that does; null where the file holds none.
    /// </summary>
    public static byte[]? FindFact(string path, string name)
    {
        try
        {
            using var db = SqliteDatabase.Open(path);
            return FindFact(db, name);
        }
        catch (DatabaseException e) when (e.IsReadOnly)
        {
            using var db = SqliteDatabase.OpenUnchanging(path);
            return FindFact(db, name);
        }
    }

    /// <summary>Whether a commit is under way behind.</summary>
    public bool IsCommitting => _db.IsCommitting;

    /// <summary>Done once what was committed behind is on disk; fails with what kept it from there.</summary>
    public Task Durable => _db.Durable;

    /// <summary>Runs <paramref name="work"/> in one durable transaction.</summary>
    public void InTransaction(Action work) => _db.InTransaction(work);

    /// <summary>Runs <paramref name="work"/> that only reads, and reads much, at less cost.</summary>
    public void InSnapshot(Action work) => _db.InSnapshot(work);

    /// <summary>
    /// Runs <paramref name="work"/> in one transaction, whose headers, blocks and undo data are written and committed on another
    /// thread after it returns: <see cref="Durable"/> says when. After a failure the database is of no use any more.
    /// </summary>
    public void InTransactionBehind(Action work) => _db.InTransactionBehind(work);

    /// <summary>A fact by its name; null where it was never written.</summary>
    public byte[]? FindFact(string name)
    {
        _readFact.Bind(1, name);
        var value = _readFact.Step() ? _readFact.Blob(0).ToArray() : null;
        _readFact.Reset();
        return value;
    }

    /// <summary>Writes a fact.</summary>
    public void WriteFact(string name, ReadOnlySpan<byte> value) => _writeFact.Bind(1, name).Bind(2, value).Run();

    /// <summary>All headers in the order of their arrival: parents before children.</summary>
    public IEnumerable<StoredHeader> ReadHeaders()
    {
        using var statement = _db.Prepare("SELECT sequence, header, status FROM headers ORDER BY sequence");
        while (statement.Step())
        {
            var (sequence, status) = (statement.Integer(0), statement.Integer(2));
            var header = BlockHeader.TryDecode(statement.Blob(1).ToArray()) ?? throw Damaged("a header has a wrong length");
            if (sequence is < 0 or long.MaxValue || status is < 0 or > (long)(BlockStatus.Validated | BlockStatus.AnyFailure))
                throw Damaged($"header {sequence} has the status {status}");
            yield return new StoredHeader(sequence, header, (BlockStatus)status);
        }
    }

    /// <summary>Adds a header with its status.</summary>
    public void AddHeader(long sequence, BlockHeader header, BlockStatus status) =>
        _db.Write(() => _addHeader.Bind(1, sequence).Bind(2, header.ToByteArray()).Bind(3, (long)status).Run());

    /// <summary>Changes a header's status.</summary>
    public void SetStatus(long sequence, BlockStatus status) => _db.Write(() => _setStatus.Bind(1, (long)status).Bind(2, sequence).Run());

    /// <summary>Forgets a header whose block was not kept.</summary>
    public void RemoveHeader(long sequence) => _db.Write(() => _removeHeader.Bind(1, sequence).Run());

    /// <summary>Adds a whole block under its header's place.</summary>
    public void AddBlock(long sequence, Block block)
    {
        // Its transactions need not stay in memory until it is written.
        var raw = block.Raw;
        _db.Write(() => _addBlock.Bind(1, sequence).Bind(2, raw.Span).Run());
    }

    /// <summary>A block's encoding; null where only its header was kept.</summary>
    public byte[]? FindRawBlock(long sequence) => FindBlob(_readBlock, sequence);

    /// <summary>Whether a block was kept whole.</summary>
    public bool HasBlock(long sequence) => FindBlob(_readBlockCount, sequence) is not null;

    /// <summary>The number of a block's transactions; 0 where only its header was kept.</summary>
    public long CountTransactions(long sequence)
    {
        if (FindBlob(_readBlockCount, sequence) is not { } bytes) return 0;
        try
        {
            return (long)new ByteReader(bytes).ReadCompactSize();
        }
        catch (DecodeException)
        {
            throw Damaged($"block {sequence} does not decode");
        }
    }

    /// <summary>A whole block that must be there.</summary>
    public Block GetBlock(long sequence) =>
        Block.TryDecode(FindRawBlock(sequence) ?? throw Damaged($"block {sequence} is missing")) ?? throw Damaged($"block {sequence} does not decode");

    /// <summary>Adds the undo data of a connected block.</summary>
    public void AddUndo(long sequence, byte[] undo) => _db.Write(() => _addUndo.Bind(1, sequence).Bind(2, undo).Run());

    /// <summary>The undo data of a block as it is stored; null where it was never connected.</summary>
    public byte[]? FindRawUndo(long sequence) => FindBlob(_readUndo, sequence);

    /// <summary>The coins that a connected block changed, from the block and its undo data.</summary>
    public CoinDiff GetDiff(long sequence, Block block, int height)
    {
        var undo = FindBlob(_readUndo, sequence) ?? throw Damaged($"the undo data of block {sequence} is missing");
        try
        {
            return CoinDiff.FromUndo(block, height, undo);
        }
        catch (DecodeException e)
        {
            throw Damaged($"the undo data of block {sequence}: {e.Message}");
        }
    }

    /// <summary>Forgets the coins and where they stood: the next start makes them from the blocks.</summary>
    public void DropCoins() => InTransaction(() =>
    {
        Coins.Clear();
        _db.Execute($"DELETE FROM facts WHERE name = '{CoinsFact}'");
    });

    /// <summary>Replaces the waiting transactions, each with the Unix time of its arrival; parents before children.</summary>
    public void WriteMempool(IEnumerable<(Transaction Transaction, long Time)> entries) => InTransaction(() =>
    {
        _db.Execute("DELETE FROM mempool");
        foreach (var (transaction, time) in entries) _addMempool.Bind(1, transaction.Raw.Span).Bind(2, time).Run();
    });

    /// <summary>The waiting transactions of the last run; one that does not decode is left out.</summary>
    public IReadOnlyList<(Transaction Transaction, long Time)> ReadMempool()
    {
        var result = new List<(Transaction, long)>();
        using var statement = _db.Prepare("SELECT tx, time FROM mempool ORDER BY place");
        while (statement.Step())
        {
            if (Transaction.TryDecode(statement.Blob(0).ToArray()) is { } transaction) result.Add((transaction, statement.Integer(1)));
        }

        return result;
    }

    /// <summary>Brings the write-ahead log into the file and shortens it.</summary>
    public void Checkpoint() => _db.Execute("PRAGMA wal_checkpoint(TRUNCATE)");

    /// <inheritdoc/>
    public void Dispose() => _db.Dispose();

    internal DamagedCoinsException DamagedCoins(string what) =>
        new($"The database {Path} is damaged: {what}. Rebuild the coins with 'chain reindexutxo'.");

    internal DatabaseException Damaged(string what) => Damaged(Path, what);

    internal static DatabaseException Damaged(string path, string what) =>
        new($"The database {path} is damaged: {what}. Move it away and let the node fetch the chain again, or restore a copy.") { IsDamage = true };

    private static byte[]? FindBlob(SqliteStatement statement, long sequence)
    {
        statement.Bind(1, sequence);
        var blob = statement.Step() ? statement.Blob(0).ToArray() : null;
        statement.Reset();
        return blob;
    }

    internal static byte[]? FindFact(SqliteDatabase db, string name)
    {
        using var hasFacts = db.Prepare("SELECT 1 FROM sqlite_master WHERE name = 'facts'");
        if (!hasFacts.Step()) return null;
        using var read = db.Prepare("SELECT value FROM facts WHERE name = ?");
        return read.Bind(1, name).Step() ? read.Blob(0).ToArray() : null;
    }

    /// <summary>Whether a database says that it has the form which is written today.</summary>
    internal static bool IsCurrent(byte[]? version) => version is not null && System.Text.Encoding.ASCII.GetString(version) == SchemaVersion;

    /// <summary>
    /// Asked before a table is made or looked at, since those of another version may be of any form. The coins of the version
    /// before are dropped: they come back from the blocks, whose scripts are known to be valid.
    /// </summary>
    private static void CheckVersion(SqliteDatabase db)
    {
        if (FindFact(db, "version") is not { } fact || IsCurrent(fact)) return;
        var version = System.Text.Encoding.ASCII.GetString(fact);
        if (version != VersionWithCoinRows)
            throw new DatabaseException($"The database {db.Path} was written by another version of this program (format {version}, this one writes {SchemaVersion}).");
        db.Execute($"""
            DROP TABLE IF EXISTS coins;
            DROP TABLE IF EXISTS scripts;
            DELETE FROM facts WHERE name = '{CoinsFact}';
            UPDATE facts SET value = CAST('{SchemaVersion}' AS BLOB) WHERE name = 'version';
            """);
    }
}
