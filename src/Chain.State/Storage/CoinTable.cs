using Chain.Core.Coins;
using Chain.Core.Cryptography;
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
    private readonly SqliteStatement _read, _write, _delete, _writeScript, _deleteScript, _readScripts;
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
    }

    /// <summary>The coin at a place; null where there is none.</summary>
    public Coin? Find(OutPoint outPoint)
    {
        _read.Bind(1, Key(outPoint));
        var bytes = _read.Step() ? _read.Blob(0).ToArray() : null;
        _read.Reset();
        return bytes is null ? null : TryDecode(bytes) ?? throw Damaged();
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
        var isWhole = true;
        while (_readScripts.Step())
        {
            if (TryDecodeIndexed(_readScripts) is { } row) result.Add(row);
            else isWhole = false;
        }

        _readScripts.Reset();
        return isWhole ? result : throw Damaged();
    }

    /// <summary>Every coin, in the order of the keys; null for a place or a coin that does not decode.</summary>
    public IEnumerable<(OutPoint? OutPoint, Coin? Coin)> ReadAll()
    {
        using var statement = _db.Prepare("SELECT outpoint, coin FROM coins ORDER BY outpoint");
        while (statement.Step()) yield return (TryDecodeKey(statement.Blob(0)), TryDecode(statement.Blob(1)));
    }

    /// <summary>Every row of the index, one for each coin; null for one that does not decode or is not of its coin's script.</summary>
    public IEnumerable<(OutPoint OutPoint, Coin Coin)?> ReadIndex()
    {
        using var statement = _db.Prepare("SELECT key, coin FROM scripts ORDER BY key");
        while (statement.Step()) yield return TryDecodeIndexed(statement);
    }

    /// <summary>Writes changes to coins and index.</summary>
    public void Apply(CoinChange[] changes)
    {
        var writer = BeginWrite(changes);
        while (writer.WriteSome())
        {
        }
    }

    /// <summary>Sorts changes by key, so that neighbouring rows share their page's write, and writes them in slices.</summary>
    public Writer BeginWrite(CoinChange[] changes) => new(this, changes);

    /// <summary>Forgets all coins and the index.</summary>
    public void Clear()
    {
        _db.Execute("DELETE FROM coins");
        _db.Execute("DELETE FROM scripts");
    }

    private static void ScriptKey(ReadOnlySpan<byte> script, Span<byte> destination)
    {
        Span<byte> hash = stackalloc byte[Sha256.Size];
        Sha256.Hash(script, hash);
        hash[..ScriptKeySize].CopyTo(destination);
    }

    private ReadOnlySpan<byte> Key(OutPoint outPoint)
    {
        _key.Clear();
        outPoint.Write(_key);
        return _key.WrittenSpan;
    }

    private ReadOnlySpan<byte> IndexKey(ReadOnlySpan<byte> scriptKey, OutPoint outPoint)
    {
        _key.Clear();
        scriptKey.CopyTo(_key.Take(ScriptKeySize));
        outPoint.Write(_key);
        return _key.WrittenSpan;
    }

    private ReadOnlySpan<byte> Encode(Coin coin)
    {
        _value.Clear();
        coin.Write(_value);
        return _value.WrittenSpan;
    }

    private static OutPoint? TryDecodeKey(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length != OutPoint.Size) return null;
        var reader = new ByteReader(bytes.ToArray());
        return OutPoint.Read(ref reader);
    }

    private static Coin? TryDecode(ReadOnlySpan<byte> bytes)
    {
        try
        {
            var reader = new ByteReader(bytes.ToArray());
            var coin = Coin.Read(ref reader);
            reader.ExpectEnd();
            return coin;
        }
        catch (DecodeException)
        {
            return null;
        }
    }

    private static (OutPoint OutPoint, Coin Coin)? TryDecodeIndexed(SqliteStatement row)
    {
        var key = row.Blob(0);
        if (key.Length != ScriptKeySize + OutPoint.Size || TryDecode(row.Blob(1)) is not { } coin) return null;
        Span<byte> expected = stackalloc byte[ScriptKeySize];
        ScriptKey(coin.Output.ScriptPubKey.Span, expected);
        return key.StartsWith(expected) ? (TryDecodeKey(key[ScriptKeySize..])!.Value, coin) : null;
    }

    private DatabaseException Damaged() =>
        new($"The database {_db.Path} is damaged: a coin does not decode. Rebuild the coins with 'chain reindexutxo'.");

    /// <summary>Writes changes slice by slice: first the coins, then the index, each in the order of its keys.</summary>
    public sealed class Writer
    {
        private const int SliceSize = 128;

        private readonly CoinTable _table;
        private readonly CoinChange[] _changes;
        private (ulong Head, int Change)[]? _index;
        private byte[] _scriptKeys = [];
        private int _next;

        internal Writer(CoinTable table, CoinChange[] changes)
        {
            _table = table;
            _changes = changes;
            Array.Sort(changes, static (x, y) => x.OutPoint.TxId.Hash.LeadingBytes.CompareTo(y.OutPoint.TxId.Hash.LeadingBytes));
        }

        /// <summary>What is written.</summary>
        public IReadOnlyList<CoinChange> Changes => _changes;

        /// <summary>Writes one slice; false where nothing was left.</summary>
        public bool WriteSome()
        {
            if (_index is null) WriteCoins();
            else WriteIndex(_index);
            if (_next < _changes.Length) return true;
            if (_index is not null) return false;
            _index = SortIndex();
            _next = 0;
            return _changes.Length > 0;
        }

        private void WriteCoins()
        {
            for (var end = Math.Min(_changes.Length, _next + SliceSize); _next < end; _next++)
            {
                var (outPoint, _, wanted) = _changes[_next];
                if (wanted is { } coin) _table._write.Bind(1, _table.Key(outPoint)).Bind(2, _table.Encode(coin)).Run();
                else _table._delete.Bind(1, _table.Key(outPoint)).Run();
            }
        }

        private void WriteIndex((ulong Head, int Change)[] index)
        {
            for (var end = Math.Min(index.Length, _next + SliceSize); _next < end; _next++)
            {
                var i = index[_next].Change;
                var key = _table.IndexKey(_scriptKeys.AsSpan(i * ScriptKeySize, ScriptKeySize), _changes[i].OutPoint);
                if (_changes[i].Wanted is { } coin) _table._writeScript.Bind(1, key).Bind(2, _table.Encode(coin)).Run();
                else _table._deleteScript.Bind(1, key).Run();
            }
        }

        private (ulong Head, int Change)[] SortIndex()
        {
            var index = new (ulong Head, int Change)[_changes.Length];
            _scriptKeys = new byte[_changes.Length * ScriptKeySize];
            for (var i = 0; i < index.Length; i++)
            {
                var key = _scriptKeys.AsSpan(i * ScriptKeySize, ScriptKeySize);
                ScriptKey((_changes[i].Wanted ?? _changes[i].Stored)!.Output.ScriptPubKey.Span, key);
                index[i] = (System.Buffers.Binary.BinaryPrimitives.ReadUInt64BigEndian(key), i);
            }

            Array.Sort(index, static (x, y) => x.Head != y.Head ? x.Head.CompareTo(y.Head) : x.Change.CompareTo(y.Change));
            return index;
        }
    }
}
