using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Node;
using Chain.Node.Rpc;
using Chain.Node.Wallet;
using Chain.State.Storage;
using Chain.Tests.Kit;
using ManualTimeProvider = Chain.Tests.Network.ManualTimeProvider;

namespace Chain.Tests.Node.Kit;

/// <summary>A chain of a test's own, open in the test's process, with a clock that the test moves and a builder of blocks.</summary>
internal sealed class OpenChain : IDisposable
{
    private readonly DataFolder _folder = new();

    public OpenChain(ChainParams? p = null)
    {
        Builder = new ChainBuilder(p ?? TestChains.Private);
        var path = _folder.PathOf("blockchain.db");
        Loaded = LoadedChain.Open(DatabaseLock.TryTake(path, Environment.ProcessId, httpPort: 0)!, path, Builder.Params, Clock);
    }

    public LoadedChain Loaded { get; }

    /// <summary>Calls methods as a command does that opened the database itself. Closing it closes the chain.</summary>
    public LocalNodeClient Client() => new(Loaded, _folder.PathOf("wallet.dat"), "", new WalletSettings(), Clock);

    /// <summary>The path of a file beside the chain.</summary>
    public string PathOf(string name) => _folder.PathOf(name);

    public ManualTimeProvider Clock { get; } = new();

    public ChainBuilder Builder { get; }

    public int Height => Loaded.Chainstate.Tip.Height;

    /// <summary>Makes a block on the builder's tip and connects it.</summary>
    public Block Grow(params Transaction[] transactions)
    {
        var block = Builder.NextBlock($"grown {Builder.Tip.Height + 1}", draft => draft.Transactions.AddRange(transactions)).Block;
        Assert.Equal(global::Chain.State.BlockOutcome.Accepted, Loaded.Chainstate.ProcessBlock(block).Outcome);
        return block;
    }

    /// <summary>A payment of the first block's reward, less a fee that makes each different.</summary>
    public Transaction Payment(long fee = 0, string of = "genesis") => Builder.SpendReward(of, Keys.Alice, fee);

    public void Dispose()
    {
        Loaded.Dispose();
        _folder.Dispose();
    }
}
