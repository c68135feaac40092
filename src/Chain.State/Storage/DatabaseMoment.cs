using Chain.Core.Primitives;

namespace Chain.State.Storage;

/// <summary>
/// A copy of a database as it was at one moment, made while its owner goes on: a connection of its own holds that moment, and
/// SQLite's online backup reads from it. While the moment is held the write-ahead log cannot shrink.
/// </summary>
public sealed class DatabaseCopy : IDisposable
{
    private const int PagesAtOnce = 1024;

    private readonly SqliteDatabase _moment;

    private DatabaseCopy(SqliteDatabase moment) => _moment = moment;

    /// <summary>Holds the moment: what was committed to the file before is in the copy, and nothing else.</summary>
    public static DatabaseCopy Hold(string path)
    {
        var moment = SqliteDatabase.Open(path);
        try
        {
            // The transaction begins with the first look.
            moment.Execute("BEGIN");
            moment.Execute("SELECT count(*) FROM sqlite_master");
            return new DatabaseCopy(moment);
        }
        catch
        {
            moment.Dispose();
            throw;
        }
    }

    /// <summary>Whether the coins in it stand at this block.</summary>
    public bool HasCoinsAt(BlockHash hash) => ChainDatabase.FindFact(_moment, ChainDatabase.CoinsFact) is { } fact && fact.AsSpan().SequenceEqual(hash.Hash.ToByteArray());

    /// <summary>Writes it to a file that is empty or not there. Nobody has waited for the disk then.</summary>
    public void WriteTo(string path, CancellationToken cancellationToken)
    {
        using var target = SqliteDatabase.Open(path);
        target.Execute("PRAGMA synchronous = OFF");
        _moment.CopyTo(target, PagesAtOnce, cancellationToken);
    }

    /// <summary>Lets the moment go.</summary>
    public void Dispose() => _moment.Dispose();
}
