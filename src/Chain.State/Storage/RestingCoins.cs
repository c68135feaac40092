using System.Buffers.Binary;
using System.Text;
using Chain.Core.Coins;
using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;

namespace Chain.State.Storage;

/// <summary>
/// The coins of a database that nobody is at work on, for one look-up in as few steps as can be: neither the tree of headers
/// nor the parameters nor the pool is loaded. Only a database that holds one chain and no branches, whose coins stand at its
/// tip, and in which no transaction waits, can be read in this way.
/// </summary>
public sealed class RestingCoins : IDisposable
{
    /// <summary>The tip that the coins stand at.</summary>
    private const string TipFact = "tip";

    /// <summary>What an address of the chain looks like, and when a reward can be spent.</summary>
    private const string AddressFact = "addresses";

    private const string ReadFact = "SELECT value FROM facts WHERE name = ?";
    private const int AddressFactPrefix = 6;
    private const int SealSize = 4;

    private readonly SqliteDatabase _db;
    private readonly CoinTable _coins;
    private readonly byte[] _tip;

    private RestingCoins(SqliteDatabase db, byte[] tip, int height, ReadOnlySpan<byte> addresses)
    {
        _db = db;
        _coins = new CoinTable(db);
        _tip = tip;
        Height = height;
        AddressFormat = new AddressFormat(addresses[0], addresses[1], Encoding.ASCII.GetString(addresses[AddressFactPrefix..]));
        CoinbaseMaturity = BinaryPrimitives.ReadInt32LittleEndian(addresses[2..]);
    }

    /// <summary>The height of the tip.</summary>
    public int Height { get; }

    /// <summary>The hash of the tip.</summary>
    public BlockHash Tip => new(new Hash256(_tip));

    /// <summary>How the chain writes its addresses.</summary>
    public AddressFormat AddressFormat { get; }

    /// <summary>How many blocks above it, its own among them, make a reward one that can be spent in the next.</summary>
    public int CoinbaseMaturity { get; }

    /// <summary>Opens a database; null where it is not at rest, was written by another version, or does not read.</summary>
    public static RestingCoins? TryOpen(string path)
    {
        SqliteDatabase? db = null;
        try
        {
            db = SqliteDatabase.Open(path);
            if (TryRead(db) is not { } coins) return null;
            db = null;
            return coins;
        }
        catch (DatabaseException)
        {
            return null;
        }
        finally
        {
            db?.Dispose();
        }
    }

    /// <summary>The coins that a script locks; null where a damaged page keeps one from being found, or somebody is at work on the database by now.</summary>
    public IReadOnlyList<(OutPoint OutPoint, Coin Coin)>? TryFind(ReadOnlyMemory<byte> script)
    {
        try
        {
            IReadOnlyList<(OutPoint, Coin)>? found = null;
            _db.InSnapshot(() =>
            {
                using var read = _db.Prepare(ReadFact);
                if (Fact(read, ChainDatabase.CoinsFact) is { } at && at.AsSpan().SequenceEqual(_tip) && !IsSomethingWaiting(_db)) found = _coins.FindByScript(script);
            });
            return found;
        }
        catch (DatabaseException)
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _db.Dispose();

    /// <summary>Leaves what such a look needs, when a database is closed whose coins stand at this tip. Where it is there nothing is written.</summary>
    internal static void Note(ChainDatabase database, ChainParams p, BlockHash tip, int height)
    {
        try
        {
            if (database.FindFact(ChainDatabase.ParamsFact) is not { } parameters) return;
            Write(database, AddressFact, Addresses(p, parameters));
            Write(database, TipFact, At(tip, height));
        }
        catch (DatabaseException)
        {
            // The next look takes the long way, which is no reason to fail here.
        }
    }

    private static void Write(ChainDatabase database, string name, byte[] fact)
    {
        if (!fact.AsSpan().SequenceEqual(database.FindFact(name))) database.WriteFact(name, fact);
    }

    /// <summary>The tip as a fact: its hash, its height in four bytes.</summary>
    private static byte[] At(BlockHash hash, int height)
    {
        byte[] fact = [.. hash.Hash.ToByteArray(), 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32LittleEndian(fact.AsSpan(Hash256.Size), height);
        return Sealed(fact, []);
    }

    /// <summary>A chain's addresses as a fact: the two versions, the maturity in four bytes, the prefix; good for these bytes of parameters.</summary>
    private static byte[] Addresses(ChainParams p, byte[] parameters)
    {
        byte[] fact = [p.AddressVersion, p.ScriptAddressVersion, 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(p.Bech32Hrp)];
        BinaryPrimitives.WriteInt32LittleEndian(fact.AsSpan(2), p.CoinbaseMaturity);
        return Sealed(fact, parameters);
    }

    /// <summary>Nothing else in the file says whether a byte of these facts is damaged, or of what they were made from.</summary>
    private static byte[] Sealed(byte[] fact, byte[] source) => [.. fact, .. Sha256d.Hash([.. fact, .. source]).ToByteArray().AsSpan(0, SealSize)];

    private static byte[]? Unsealed(byte[]? fact, byte[] source) =>
        fact is { Length: > SealSize } && Sealed(fact[..^SealSize], source).AsSpan().SequenceEqual(fact) ? fact[..^SealSize] : null;

    private static RestingCoins? TryRead(SqliteDatabase db)
    {
        RestingCoins? result = null;
        db.InSnapshot(() =>
        {
            using var read = db.Prepare(ReadFact);
            if (!ChainDatabase.IsCurrent(Fact(read, "version")) || Fact(read, ChainDatabase.ParamsFact) is not { } parameters
                || Unsealed(Fact(read, AddressFact), parameters) is not { Length: > AddressFactPrefix } addresses) return;
            if (Fact(read, ChainDatabase.CoinsFact) is not { } at
                || Unsealed(Fact(read, TipFact), []) is not { Length: Hash256.Size + sizeof(int) } tip || !tip.AsSpan(0, Hash256.Size).SequenceEqual(at)) return;
            var height = BinaryPrimitives.ReadInt32LittleEndian(tip.AsSpan(Hash256.Size));
            using var last = db.Prepare("SELECT header, sequence FROM headers ORDER BY sequence DESC LIMIT 1");
            if (!last.Step() || BlockHeader.TryDecode(last.Blob(0).ToArray()) is not { } header || !header.Hash.Hash.ToByteArray().AsSpan().SequenceEqual(at)) return;

            // As many headers as the tip is high: there is no other branch that the chain could go over to when it is opened.
            using var first = db.Prepare("SELECT 1 FROM headers WHERE sequence = 0");
            if (last.Integer(1) != height || !first.Step()) return;
            if (!IsSomethingWaiting(db)) result = new RestingCoins(db, at, height, addresses);
        });
        return result;
    }

    private static bool IsSomethingWaiting(SqliteDatabase db)
    {
        using var waiting = db.Prepare("SELECT 1 FROM mempool LIMIT 1");
        return waiting.Step();
    }

    private static byte[]? Fact(SqliteStatement read, string name)
    {
        var value = read.Bind(1, name).Step() ? read.Blob(0).ToArray() : null;
        read.Reset();
        return value;
    }
}
