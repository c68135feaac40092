using Chain.Core.Coins;
using Chain.Core.Cryptography;
using Chain.Core.Encoding;
using Chain.Core.Primitives;
using Chain.State.Storage.Sorted;

namespace Chain.State.Storage;

/// <summary>A change to one stored coin: what the table holds now and what it shall hold, null for nothing.</summary>
public readonly record struct CoinChange(OutPoint OutPoint, Coin? Stored, Coin? Wanted);

/// <summary>
/// The coins on disk, by outpoint, and the index that finds them by locking script, so that the balance of an address is a
/// look-up. The index key is 20 bytes of the script's SHA-256 and the outpoint; its value is the coin without the script.
/// </summary>
public sealed class CoinTable
{
    private const int ScriptKeySize = 20;
    private const string CoinsName = "coin";
    private const string ScriptsName = "script";

    private readonly SqliteDatabase _db;
    private readonly SortedTable _coins, _scripts;
    private readonly ByteWriter _key = new();

    internal CoinTable(SqliteDatabase db)
    {
        _db = db;
        _coins = new SortedTable(db, CoinsName, OutPoint.Size, hasFilters: true);
        _scripts = new SortedTable(db, ScriptsName, ScriptKeySize + OutPoint.Size, hasFilters: false);
    }

    /// <summary>The tables of SQLite behind it.</summary>
    internal static string Schema => SortedTable.Schema(CoinsName) + SortedTable.Schema(ScriptsName);

    /// <summary>Whether it is known already that not all coins can be had.</summary>
    public bool IsDamaged => _coins.IsDamaged || _scripts.IsDamaged;

    /// <summary>The coin at a place; null where there is none.</summary>
    public Coin? Find(OutPoint outPoint)
    {
        _key.Clear();
        outPoint.Write(_key);
        return _coins.Find(_key.WrittenSpan) is not { } bytes ? null : TryDecode(bytes) ?? throw Damaged();
    }

    /// <summary>All coins locked by exactly this script, at most <paramref name="most"/> of them.</summary>
    public IReadOnlyList<(OutPoint OutPoint, Coin Coin)> FindByScript(ReadOnlyMemory<byte> script, int most = int.MaxValue)
    {
        Span<byte> from = stackalloc byte[ScriptKeySize + OutPoint.Size];
        WriteScriptKey(script.Span, from);
        var result = new List<(OutPoint, Coin)>();
        var reader = _scripts.Read(from);
        while (result.Count < most && reader.MoveNext() && reader.Key.StartsWith(from[..ScriptKeySize]))
        {
            if (!reader.Value.IsEmpty) result.Add((DecodeOutPoint(reader.Key[ScriptKeySize..]), TryDecode(reader.Value.ToArray(), script) ?? throw Damaged()));
        }

        return result;
    }

    /// <summary>Every coin, in the order of the keys; null for a coin that does not decode, and at the end for each damaged page or list of runs.</summary>
    public IEnumerable<(OutPoint? OutPoint, Coin? Coin)> ReadAll()
    {
        var reader = _coins.Read(skipDamage: true);
        while (reader.MoveNext())
        {
            if (!reader.Value.IsEmpty) yield return (DecodeOutPoint(reader.Key), TryDecode(reader.Value.ToArray()));
        }

        for (var i = DamagesOf(_coins, reader); i > 0; i--) yield return (null, null);
    }

    /// <summary>
    /// Every entry of the index, with the coin that <paramref name="find"/> has for its place; null where it has none or one that
    /// the entry does not fit, and at the end for each damaged page.
    /// </summary>
    public IEnumerable<(OutPoint OutPoint, Coin Coin)?> ReadIndex(Func<OutPoint, Coin?> find)
    {
        var reader = _scripts.Read(skipDamage: true);
        while (reader.MoveNext())
        {
            if (reader.Value.IsEmpty) continue;
            var outPoint = DecodeOutPoint(reader.Key[ScriptKeySize..]);
            yield return find(outPoint) is { } coin && IsEntryOf(coin, reader.Key, reader.Value) ? (outPoint, coin) : null;
        }

        for (var i = DamagesOf(_scripts, reader); i > 0; i--) yield return null;
    }

    /// <summary>Writes changes to coins and index.</summary>
    public void Apply(CoinChange[] changes)
    {
        var writer = BeginWrite(changes);
        while (writer.WriteSome())
        {
        }
    }

    /// <summary>Writes changes to coins and index in slices, each of them in the order of its keys.</summary>
    public Writer BeginWrite(CoinChange[] changes) => new(this, changes);

    /// <summary>Forgets all coins and the index.</summary>
    public void Clear()
    {
        _coins.Clear();
        _scripts.Clear();
    }

    private static int DamagesOf(SortedTable table, MergedReader reader) => reader.DamagedPages + (table.IsDamaged ? 1 : 0);

    private static void WriteScriptKey(ReadOnlySpan<byte> script, Span<byte> destination)
    {
        Span<byte> hash = stackalloc byte[Sha256.Size];
        Sha256.Hash(script, hash);
        hash[..ScriptKeySize].CopyTo(destination);
    }

    private static OutPoint DecodeOutPoint(ReadOnlySpan<byte> bytes)
    {
        var reader = new ByteReader(bytes.ToArray());
        return OutPoint.Read(ref reader);
    }

    /// <summary>A coin, whose script stands in it unless it is given.</summary>
    private static Coin? TryDecode(byte[] bytes, ReadOnlyMemory<byte>? script = null)
    {
        try
        {
            var reader = new ByteReader(bytes);
            var coin = script is { } known ? Coin.ReadWithoutScript(ref reader, known) : Coin.Read(ref reader);
            reader.ExpectEnd();
            return coin;
        }
        catch (DecodeException)
        {
            return null;
        }
    }

    private static bool IsEntryOf(Coin coin, ReadOnlySpan<byte> key, ReadOnlySpan<byte> value)
    {
        Span<byte> expected = stackalloc byte[ScriptKeySize];
        WriteScriptKey(coin.Output.ScriptPubKey.Span, expected);
        return key.StartsWith(expected) && TryDecode(value.ToArray(), coin.Output.ScriptPubKey)?.ContentEquals(coin) == true;
    }

    internal DamagedCoinsException Damaged() =>
        new($"The database {_db.Path} is damaged: a coin does not decode. Rebuild the coins with 'chain reindexutxo'.");

    /// <summary>Writes changes slice by slice: first the coins, then the index, then what there is to merge of each.</summary>
    public sealed class Writer
    {
        private readonly CoinTable _table;
        private readonly CoinChange[] _changes;
        private readonly SortedBatch _coins;
        private SortedBatch? _scripts;

        internal Writer(CoinTable table, CoinChange[] changes)
        {
            _table = table;
            _changes = changes;
            _coins = new SortedBatch(table._coins, changes.Length, WriteOutPoint, WriteValue);
        }

        /// <summary>What is written.</summary>
        public IReadOnlyList<CoinChange> Changes => _changes;

        /// <summary>Writes one slice; false where nothing was left.</summary>
        public bool WriteSome()
        {
            if (_coins.WriteSome()) return true;
            _scripts ??= new SortedBatch(_table._scripts, _changes.Length, WriteIndexKey, WriteIndexValue);
            return _scripts.WriteSome();
        }

        private void WriteOutPoint(int change, ByteWriter writer) => _changes[change].OutPoint.Write(writer);

        private void WriteIndexKey(int change, ByteWriter writer)
        {
            WriteScriptKey((_changes[change].Wanted ?? _changes[change].Stored)!.Output.ScriptPubKey.Span, writer.Take(ScriptKeySize));
            _changes[change].OutPoint.Write(writer);
        }

        private void WriteValue(int change, ByteWriter writer) => _changes[change].Wanted?.Write(writer);

        private void WriteIndexValue(int change, ByteWriter writer) => _changes[change].Wanted?.WriteWithoutScript(writer);
    }
}
