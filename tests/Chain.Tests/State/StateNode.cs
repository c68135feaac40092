using Chain.Core.Coins;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.State;
using Chain.State.Storage;
using Chain.State.Storage.Sorted;
using Chain.Tests.Kit;

namespace Chain.Tests.State;

/// <summary>
/// A chain on a database in a folder of its own, with a log of its events in which blocks go by the names that a
/// <see cref="ChainBuilder"/> gave them.
/// </summary>
internal sealed class StateNode : IDisposable
{
    /// <summary>Threads cost more than they save on blocks of a few transactions.</summary>
    public static readonly ChainstateOptions Quick = new() { ScriptThreads = 1 };

    private readonly Dictionary<BlockHash, string> _names = [];
    private readonly StateFolder _folder = new();
    private readonly ChainstateOptions _options;
    private Chainstate _chain;
    private int _lives;

    public StateNode(ChainParams p, ChainstateOptions? options = null)
    {
        Params = p;
        Path = _folder.Database;
        _options = options ?? Quick;
        _names.Add(p.Genesis.Hash, "genesis");
        Time = new ManualClock(p.Genesis.Header.Time + 10_000_000L);
        _chain = Chainstate.Create(ChainDatabase.Open(Path), p, _options, Time);
        Follow();
    }

    public ChainParams Params { get; }

    public Chainstate Chain => _chain;

    public ManualClock Time { get; }

    public string Path { get; private set; }

    /// <summary>What the chain has told: <c>+b1</c> connected, <c>-b1</c> disconnected, <c>=b1</c> the tip, <c>!b1</c> failed.</summary>
    public List<string> Events { get; } = [];

    public string TipName => NameOf(_chain.Tip);

    public ProcessBlockResult Process(BuiltBlock built)
    {
        _names[built.Hash] = built.Name;
        return _chain.ProcessBlock(built.Block);
    }

    /// <summary>Hands over blocks that must be taken.</summary>
    public void Accept(params IEnumerable<BuiltBlock> blocks)
    {
        foreach (var built in blocks)
        {
            var result = Process(built);
            Assert.True(result.Outcome == BlockOutcome.Accepted, $"{built}: {result.Outcome} {result.Violation}");
        }
    }

    /// <summary>Hands over a block that must be refused for this rule.</summary>
    public void Reject(BuiltBlock built, RuleError error)
    {
        var result = Process(built);
        Assert.Equal(BlockOutcome.Rejected, result.Outcome);
        Assert.Equal(error, result.Violation?.Error);
    }

    /// <summary>The events since the last call.</summary>
    public string TakeEvents()
    {
        var text = string.Join(' ', Events);
        Events.Clear();
        return text;
    }

    /// <summary>Closes the database as a node does that is stopped, and opens it again.</summary>
    public void Reopen()
    {
        _chain.Dispose();
        _chain = Chainstate.Open(ChainDatabase.Open(Path), Params, _options, Time);
        Follow();
    }

    /// <summary>Leaves the chain where it stands and goes on with what a kill at this moment leaves.</summary>
    public void Kill()
    {
        var left = _folder.Snapshot(Path, $"life{++_lives}.db");
        _chain.Database.Dispose();
        Path = left;
        _chain = Chainstate.Open(ChainDatabase.Open(Path), Params, _options, Time);
        Follow();
    }

    /// <summary>A chain on what a kill at this moment would leave. The caller disposes it.</summary>
    public Chainstate OpenSnapshot(string name, Action<string>? change = null)
    {
        var copy = _folder.Snapshot(Path, name);
        change?.Invoke(copy);
        return Chainstate.Open(ChainDatabase.Open(copy), Params, _options, Time);
    }

    /// <summary>Changes the file behind the chain's back.</summary>
    public void Tamper(string sql)
    {
        using var other = SqliteDatabase.Open(Path);
        other.Execute(sql);
    }

    /// <summary>Changes the tables of the coins while the chain is closed.</summary>
    public void TamperCoins(Action<SortedTable, SortedTable> change)
    {
        _chain.Dispose();
        StoredCoins.Change(Path, change);
        _chain = Chainstate.Open(ChainDatabase.Open(Path), Params, _options, Time);
        Follow();
    }

    /// <summary>All coins, read one by one and through the index, are those given and no others.</summary>
    public void AssertCoins(MemoryCoins expected, IEnumerable<OutPoint> others) => AssertCoins(_chain, expected, others);

    public static void AssertCoins(Chainstate chain, MemoryCoins expected, IEnumerable<OutPoint> others)
    {
        var scripts = new HashSet<string>();
        foreach (var outPoint in expected.OutPoints)
        {
            var coin = expected.Find(outPoint)!;
            Assert.True(chain.Coins.Find(outPoint)?.ContentEquals(coin), $"{outPoint} is missing or different");
            scripts.Add(Hex.Of(coin.Output.ScriptPubKey.Span));
        }

        foreach (var outPoint in others)
        {
            if (expected.Find(outPoint) is null) Assert.True(chain.Coins.Find(outPoint) is null, $"{outPoint} is spent and still there");
        }

        var indexed = scripts.SelectMany(script => chain.FindCoins(Hex.Bytes(script))).ToList();
        Assert.Equal(expected.Count, indexed.Count);
        Assert.Equal(expected.Count, indexed.Select(pair => pair.OutPoint).Distinct().Count());
        Assert.All(indexed, pair => Assert.True(expected.Find(pair.OutPoint)?.ContentEquals(pair.Coin)));
    }

    /// <summary>The coins on disk, all of them.</summary>
    public static Dictionary<OutPoint, Coin> ReadDisk(Chainstate chain) =>
        chain.Database.Coins.ReadAll().ToDictionary(pair => pair.OutPoint!.Value, pair => pair.Coin!);

    public void Dispose()
    {
        _chain.Dispose();
        _folder.Dispose();
    }

    private string NameOf(BlockNode node) => _names.GetValueOrDefault(node.Hash) ?? node.ToString();

    private void Follow()
    {
        _chain.BlockConnected += (node, _) => Events.Add("+" + NameOf(node));
        _chain.BlockDisconnected += (node, _) => Events.Add("-" + NameOf(node));
        _chain.TipChanged += node => Events.Add("=" + NameOf(node));
        _chain.BlockFailed += (node, _) => Events.Add("!" + NameOf(node));
    }
}
