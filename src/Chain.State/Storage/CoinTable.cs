using System.Security.Cryptography;
using Chain.Core.Coins;
using Chain.Core.Encoding;
using Chain.Core.Primitives;

namespace Chain.State.Storage;

/// <summary>A change to one stored coin: what the table holds now and what it shall hold, null for nothing.</summary>
public readonly record struct CoinChange(OutPoint OutPoint, Coin? Stored, Coin? Wanted);

/// <summary>
/// The coins on disk, by outpoint, and the index that finds them by locking script, so that the balance of an address is a
/// look-up. The index key is 20 bytes of the script's SHA-256 and the outpoint.
/// </summary>
public sealed class CoinTable
{
    private const int ScriptKeySize = 20;

    private readonly SqliteDatabase _db;
    private readonly SqliteStatement _read, _write, _delete, _writeScript, _deleteScript, _readScripts, _countScripts;
    private readonly ByteWriter _key = new(), _value = new();

    internal CoinTable(SqliteDatabase db)
    {
        _db = db;
        _read = db.Prepare("SELECT coin FROM coins WHERE outpoint = ?");
        _write = db.Prepare("INSERT OR REPLACE INTO coins(outpoint, coin) VALUES(?, ?)");
        _delete = db.Prepare("DELETE FROM coins WHERE outpoint = ?");
        _writeScript = db.Prepare("INSERT OR REPLACE INTO scripts(key, coin) VALUES(?, ?)");
        _deleteScript = db.Prepare("DELETE FROM scripts WHERE key = ?");
        _readScripts = db.Prepare("SELECT key, coin FROM scripts WHERE key >= ? AND key < ? ORDER BY key");
        _countScripts = db.Prepare("SELECT count(*) FROM scripts");
    }

    /// <summary>The coin at a place; null where there is none.</summary>
    public Coin? Find(OutPoint outPoint)
    {
        _read.Bind(1, Key(outPoint));
        var coin = _read.Step() ? Decode(_read.Blob(0)) : null;
        _read.Reset();
        return coin;
    }

    /// <summary>All coins locked by exactly this script.</summary>
    public IReadOnlyList<(OutPoint OutPoint, Coin Coin)> FindByScript(ReadOnlyMemory<byte> script)
    {
        Span<byte> from = stackalloc byte[ScriptKeySize];
        ScriptKey(script.Span, from);
        Span<byte> to = stackalloc byte[ScriptKeySize + OutPoint.Size + 1];
        to.Fill(0xff);
        from.CopyTo(to);

        var result = new List<(OutPoint, Coin)>();
        _readScripts.Bind(1, from).Bind(2, to);
        while (_readScripts.Step())
        {
            var reader = new ByteReader(_readScripts.Blob(0)[ScriptKeySize..].ToArray());
            result.Add((OutPoint.Read(ref reader), Decode(_readScripts.Blob(1))));
        }

        _readScripts.Reset();
        return result;
    }

    /// <summary>Every coin, in the order of the keys.</summary>
    public IEnumerable<(OutPoint OutPoint, Coin Coin)> ReadAll()
    {
        using var statement = _db.Prepare("SELECT outpoint, coin FROM coins ORDER BY outpoint");
        while (statement.Step())
        {
            var reader = new ByteReader(statement.Blob(0).ToArray());
            yield return (OutPoint.Read(ref reader), Decode(statement.Blob(1)));
        }
    }

    /// <summary>The number of rows in the index: one for every coin.</summary>
    public long CountIndexed()
    {
        _countScripts.Step();
        var count = _countScripts.Integer(0);
        _countScripts.Reset();
        return count;
    }

    /// <summary>Writes changes to coins and index, sorted by key so that neighbouring rows share their page's write.</summary>
    public void Apply(CoinChange[] changes)
    {
        Array.Sort(changes, static (x, y) => x.OutPoint.TxId.Hash.LeadingBytes.CompareTo(y.OutPoint.TxId.Hash.LeadingBytes));
        foreach (var change in changes)
        {
            if (change.Wanted is { } coin) _write.Bind(1, Key(change.OutPoint)).Bind(2, Encode(coin)).Run();
            else _delete.Bind(1, Key(change.OutPoint)).Run();
        }

        var rows = new (ulong Head, byte[] Key, Coin? Coin)[changes.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            var key = IndexKey(changes[i]);
            rows[i] = (System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(key), key, changes[i].Wanted);
        }

        Array.Sort(rows, static (x, y) => x.Head.CompareTo(y.Head));
        foreach (var (_, key, coin) in rows)
        {
            if (coin is not null) _writeScript.Bind(1, key).Bind(2, Encode(coin)).Run();
            else _deleteScript.Bind(1, key).Run();
        }
    }

    /// <summary>Forgets all coins and the index.</summary>
    public void Clear()
    {
        _db.Execute("DELETE FROM coins");
        _db.Execute("DELETE FROM scripts");
    }

    private static byte[] IndexKey(CoinChange change)
    {
        var writer = new ByteWriter(ScriptKeySize + OutPoint.Size);
        ScriptKey((change.Wanted ?? change.Stored)!.Output.ScriptPubKey.Span, writer.Take(ScriptKeySize));
        change.OutPoint.Write(writer);
        return writer.ToArray();
    }

    private static void ScriptKey(ReadOnlySpan<byte> script, Span<byte> destination)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(script, hash);
        hash[..ScriptKeySize].CopyTo(destination);
    }

    private ReadOnlySpan<byte> Key(OutPoint outPoint)
    {
        _key.Clear();
        outPoint.Write(_key);
        return _key.WrittenSpan;
    }

    private ReadOnlySpan<byte> Encode(Coin coin)
    {
        _value.Clear();
        coin.Write(_value);
        return _value.WrittenSpan;
    }

    private Coin Decode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new ByteReader(bytes.ToArray());
            var coin = Coin.Read(ref reader);
            reader.ExpectEnd();
            return coin;
        }
        catch (DecodeException e)
        {
            throw new DatabaseException($"The database {_db.Path} is damaged: {e.Message}. Rebuild the coins with 'chain reindexutxo'.", e);
        }
    }
}
