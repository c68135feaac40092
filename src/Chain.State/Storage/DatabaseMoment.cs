using Chain.Core.Primitives;

namespace Chain.State.Storage;

/// <summary>
/// A database as it was at one moment, to be read while its owner goes on: a connection of its own holds that moment. While it
/// is held the write-ahead log cannot shrink. For one thread at a time, whichever it is.
/// </summary>
public sealed class DatabaseMoment : IDisposable
{
    private const int PagesAtOnce = 1024;

    private readonly SqliteDatabase _moment;
    private CoinTable? _coins;
    private SqliteStatement? _readBlock;

    private DatabaseMoment(SqliteDatabase moment) => _moment = moment;

    /// <summary>The file.</summary>
    public string Path => _moment.Path;

    /// <summary>The coins of that moment and their index.</summary>
    public CoinTable Coins => _coins ??= new CoinTable(_moment);

    /// <summary>Holds the moment: what was committed to the file before is in it, and nothing else.</summary>
    public static DatabaseMoment Hold(string path)
    {
        var moment = SqliteDatabase.Open(path);
        try
        {
            // The transaction begins with the first look.
            moment.Execute("BEGIN");
            moment.Execute("SELECT count(*) FROM sqlite_master");
            return new DatabaseMoment(moment);
        }
        catch
        {
            moment.Dispose();
            throw;
        }
    }

    /// <summary>Whether the coins in it stand at this block.</summary>
    public bool HasCoinsAt(BlockHash hash) => ChainDatabase.FindFact(_moment, ChainDatabase.CoinsFact) is { } fact && fact.AsSpan().SequenceEqual(hash.Hash.ToByteArray());

    /// <summary>A whole block that must be there.</summary>
    public Block GetBlock(long sequence)
    {
        _readBlock ??= _moment.Prepare("SELECT block FROM blocks WHERE sequence = ?");
        _readBlock.Bind(1, sequence);
        var raw = _readBlock.Step() ? _readBlock.Blob(0).ToArray() : null;
        _readBlock.Reset();
        return Block.TryDecode(raw ?? throw ChainDatabase.Damaged(Path, $"block {sequence} is missing")) ?? throw ChainDatabase.Damaged(Path, $"block {sequence} does not decode");
    }

    /// <summary>Writes it to a file that is empty or not there, and says how far it is, from 0 to 1. Nobody has waited for the disk then.</summary>
    public void WriteTo(string path, Action<double> tell, CancellationToken cancellationToken)
    {
        using var target = SqliteDatabase.Open(path);
        target.Execute("PRAGMA synchronous = OFF");
        _moment.CopyTo(target, PagesAtOnce, tell, cancellationToken);
    }

    /// <summary>Lets the moment go.</summary>
    public void Dispose() => _moment.Dispose();
}
