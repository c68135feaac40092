using Chain.Core.Coins;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Tests.Kit;

/// <summary>
/// Makes blocks on blocks, each with a name, so that a test draws its forks in a comment and then writes them down:
/// <code>
/// // genesis -> b1 -> b2 -> b3
/// //              \-> b2a
/// g.NextBlock("b1"); g.NextBlock("b2"); g.NextBlock("b3");
/// g.SetTip("b1"); g.NextBlock("b2a", draft => draft.Time = 0);
/// </code>
/// Blocks are valid unless the test breaks something in the draft, and the builder never asks the rules.
/// </summary>
public sealed class ChainBuilder
{
    private readonly Dictionary<string, BuiltBlock> _blocks = [];

    public ChainBuilder(ChainParams p)
    {
        Params = p;
        Tip = new BuiltBlock("genesis", p.Genesis, parent: null);
        _blocks.Add(Tip.Name, Tip);
    }

    public ChainParams Params { get; }

    /// <summary>The block that the next one builds on.</summary>
    public BuiltBlock Tip { get; private set; }

    /// <summary>A clock at which every block that was built has its time: two hours do not matter.</summary>
    public long Now => _blocks.Values.Max(b => (long)b.Header.Time);

    public BuiltBlock this[string name] => _blocks[name];

    /// <summary>Goes on from an earlier block.</summary>
    public void SetTip(string name) => Tip = _blocks[name];

    /// <summary>
    /// Makes a block on the tip and lets <paramref name="change"/> alter it before its root and nonce are computed. It
    /// becomes the tip, also where the change made it invalid.
    /// </summary>
    public BuiltBlock NextBlock(string name, Action<BlockDraft>? change = null)
    {
        var draft = Draft(name);
        change?.Invoke(draft);
        Tip = new BuiltBlock(name, draft.Build(Params), Tip);
        _blocks.Add(name, Tip);
        return Tip;
    }

    /// <summary>Makes a row of plain blocks: <c>b1</c> to <c>b100</c> for ("b", 100).</summary>
    public IReadOnlyList<BuiltBlock> NextBlocks(string prefix, int count) =>
        [.. Enumerable.Range(1, count).Select(i => NextBlock($"{prefix}{i}"))];

    /// <summary>A signed payment of a block's whole reward, less a fee.</summary>
    public Transaction SpendReward(string name, Core.Cryptography.PrivateKey to, long fee = 0)
    {
        var coinbase = this[name].Block.Transactions[0];
        return Keys.Spend(this[name].Reward, Keys.Miner, Keys.PayTo(to, coinbase.Outputs[0].Value - fee));
    }

    /// <summary>The coins as of a block, all of whose ancestors are valid.</summary>
    public MemoryCoins CoinsAt(BuiltBlock block)
    {
        var coins = new MemoryCoins();
        foreach (var ancestor in block.Path()) coins.Apply(Connect(ancestor, coins));
        return coins;
    }

    /// <summary>What a block changes in the coins of its parent; throws where it is not valid.</summary>
    public CoinDiff Connect(BuiltBlock block, ICoinView coins) =>
        BlockRules.Connect(block.Block, block, coins, Params, verifier: null, out var diff) is { } violation
            ? throw new InvalidOperationException($"{block} is not valid: {violation}")
            : diff;

    /// <summary>All rules for a block on its parent, in their order; null where it is valid.</summary>
    public RuleViolation? Judge(BuiltBlock block)
    {
        if (block.Parent is not { } parent) return BlockRules.CheckGenesis(Params);
        return BlockRules.Check(block.Block, Params)
            ?? HeaderRules.Accept(block.Header, parent, Now, Params)
            ?? BlockRules.Accept(block.Block, parent, Params)
            ?? BlockRules.Connect(block.Block, block, CoinsAt(parent), Params, new EveryScript(), out _);
    }

    private BlockDraft Draft(string name)
    {
        var height = Tip.Height + 1;
        var time = Tip.Header.Time + (uint)Params.TargetSpacing;
        // The name keeps the coinbases of two blocks at one height apart.
        byte[] script = [.. BlockRules.CoinbaseHeightPrefix(height), .. ScriptEditing.Push(System.Text.Encoding.ASCII.GetBytes($"/{name}/"))];
        var coinbase = new Transaction(Transaction.CurrentVersion, [new TxIn(OutPoint.Null, script)],
            [Keys.PayTo(Keys.Miner, Subsidy.At(height, Params).Satoshis)], lockTime: 0);
        return new BlockDraft
        {
            PreviousBlockHash = Tip.Hash,
            Time = time,
            Bits = ProofOfWork.RequiredBits(Tip, time, Params),
            Transactions = { coinbase },
        };
    }

    private sealed class EveryScript : IScriptVerifier
    {
        private RuleViolation? _violation;

        public bool IsKnownValid(Transaction transaction, ScriptFlags flags) => false;

        public void Add(ScriptCheck check) => _violation ??= check.Verify();

        public RuleViolation? Finish() => _violation;

        public void Abandon()
        {
        }
    }
}
