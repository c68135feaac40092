using System.Collections.Immutable;
using System.Security.Cryptography;
using Chain.Core.Coins;
using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.State;
using Chain.State.Storage;

namespace Chain.Benchmarks.Workloads;

/// <summary>
/// A closed database that holds a million coins at its genesis block, under random outpoints: the worst there is for every
/// cache. 10,000 of them belong to one script; each of the others has a script of its own that anyone can satisfy.
/// </summary>
public sealed class CoinDatabase
{
    /// <summary>All coins.</summary>
    public const int Count = 1_000_000;

    /// <summary>Those of the one script.</summary>
    public const int CountOfOne = 10_000;

    private const long Value = 1_000_000;
    private const int Seed = 1;

    private readonly string _path;
    private readonly List<(OutPoint OutPoint, long Value)> _coins = new(Count);

    private CoinDatabase(string path)
    {
        _path = path;
        Params = BlockDraft.CreateParams(OfOne, 0x207fffff);
    }

    /// <summary>The script that has 10,000 coins.</summary>
    public static ReadOnlyMemory<byte> OfOne { get; } = Core.Scripts.StandardScripts.PayToPublicKeyHash(new Hash160(RandomNumber(-1, Hash160.Size)));

    /// <summary>The rules.</summary>
    public ChainParams Params { get; }

    /// <summary>Makes the database in a folder.</summary>
    public static CoinDatabase Create(string folder)
    {
        var result = new CoinDatabase(Path.Combine(folder, "coins.db"));
        using (var chainstate = Chainstate.Create(ChainDatabase.Open(result._path), result.Params, new ChainstateOptions(), TimeProvider.System))
            chainstate.Flush();
        using var database = ChainDatabase.Open(result._path);
        var changes = new CoinChange[Count];
        for (var i = 0; i < Count; i++)
        {
            var outPoint = new OutPoint(new TxId(new Hash256(RandomNumber(i, Hash256.Size))), 0);
            var script = i < CountOfOne ? OfOne : AnyoneCanSpend(i);
            changes[i] = new CoinChange(outPoint, null, new Coin(new TxOut(Value, script), height: 0, isCoinbase: false));
            if (i >= CountOfOne) result._coins.Add((outPoint, Value));
        }

        database.InTransaction(() => database.Coins.Apply(changes));
        database.Checkpoint();
        return result;
    }

    /// <summary>Copies the database, so that a run cannot spoil the next.</summary>
    public string CopyTo(string folder)
    {
        var path = Path.Combine(folder, "coins.db");
        File.Copy(_path, path);
        return path;
    }

    /// <summary>Opens a copy of it.</summary>
    public Chainstate Open(string path, ChainstateOptions options) => Chainstate.Open(ChainDatabase.Open(path), Params, options, TimeProvider.System);

    /// <summary>Blocks of payments, each of which spends one coin chosen at random from all there are by then and makes two.</summary>
    public IReadOnlyList<byte[]> CreateBlocks(int blocks, int spendsPerBlock)
    {
        var coins = new List<(OutPoint OutPoint, long Value)>(_coins);
        var random = new Random(Seed);
        var parent = Params.Genesis;
        var result = new List<byte[]>();
        var script = Count;
        for (var i = 0; i < blocks; i++)
        {
            var payments = ImmutableArray.CreateBuilder<Transaction>(spendsPerBlock);
            for (var j = 0; j < spendsPerBlock; j++)
            {
                var place = random.Next(coins.Count);
                var (outPoint, value) = coins[place];
                coins[place] = coins[^1];
                coins.RemoveAt(coins.Count - 1);
                payments.Add(new Transaction(Transaction.CurrentVersion, [new TxIn(outPoint, default)],
                    [new TxOut(value / 2, AnyoneCanSpend(script++)), new TxOut(value / 2, AnyoneCanSpend(script++))], lockTime: 0));
            }

            foreach (var payment in payments)
            {
                for (var k = 0; k < 2; k++) coins.Add((new OutPoint(payment.Id, (uint)k), payment.Outputs[k].Value));
            }

            parent = BlockDraft.Create(parent, i + 1, OfOne, payments.MoveToImmutable(), Params);
            result.Add(parent.Raw.ToArray());
        }

        return result;
    }

    /// <summary>A script that is nobody else's and true for everyone: push 20 bytes, OP_DROP, OP_1.</summary>
    private static byte[] AnyoneCanSpend(int index) => [20, .. RandomNumber(index, 20), 0x75, 0x51];

    private static byte[] RandomNumber(int index, int size) => SHA256.HashData(BitConverter.GetBytes(index))[..size];
}
