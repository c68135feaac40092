using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Node;
using Chain.Node.Rpc;
using Chain.Node.Wallet;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>A wallet that was away for long does not hold the node that loads it, and loses nothing where the node ends meanwhile.</summary>
public sealed class WalletCatchUpTests : IAsyncLifetime, IDisposable
{
    private const int Blocks = 70;

    private readonly OpenChain _chain = new(Profiles.Regtest);

    public async Task InitializeAsync()
    {
        using (var set = Set(new DirectOwner(), TimeSpan.MaxValue))
        {
            _ = await Call(set, new DirectOwner(), "createwallet", "");
            _ = await Call(set, new DirectOwner(), "importprivkey", Keys.Miner.ToWif(Profiles.Regtest.WifVersion));
        }

        for (var i = 0; i < Blocks; i++) _ = _chain.Grow();
    }

    public Task DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _chain.Dispose();

    [Fact]
    public async Task LoadAtStart_FarBehind_TheNodeAnswersMeanwhile()
    {
        var loop = new NodeLoop();
        var running = Task.Run(loop.RunAsync);
        using var end = new CancellationTokenSource();
        using (var set = Set(loop, TimeSpan.Zero))
        {
            await loop.InvokeAsync(set.LoadAtStart);
            var info = await Call(set, loop, "getwalletinfo");
            Assert.Equal(0, info!["scanning"]!["progress"]!.GetValue<double>());
            Assert.Equal(Blocks, (await Call(set, loop, "getblockcount"))!.GetValue<int>());
            var failure = await Assert.ThrowsAsync<RpcException>(() => Call(set, loop, "getnewaddress"));
            Assert.Equal(WalletRescan.Busy, failure.Message);
            await Assert.ThrowsAsync<RpcException>(() => Call(set, loop, "unloadwallet", ""));
            await loop.InvokeAsync(() => _chain.Grow());

            var scanning = set.RunAsync(end.Token);
            await Eventually.TrueAsync(async () => (await Call(set, loop, "getwalletinfo"))!["scanning"]!.GetValueKind() == System.Text.Json.JsonValueKind.False, () => "the wallet has seen the chain");
            Assert.Equal((Blocks + 1) * 50, await WorthAsync(set, loop));
            Assert.NotNull(await Call(set, loop, "getnewaddress"));
            await end.CancelAsync();
            await scanning.WaitAsync(Eventually.Patience);
            loop.Complete();
            await running.WaitAsync(Eventually.Patience);
        }
    }

    /// <summary>What is short is done before anybody asks.</summary>
    [Fact]
    public async Task LoadAtStart_WithTime_IsDoneAtOnce()
    {
        using var set = Set(new DirectOwner(), TimeSpan.MaxValue);
        set.LoadAtStart();
        Assert.Null(set.Find("")!.Scan);
        Assert.Equal(Blocks * 50, await WorthAsync(set, new DirectOwner()));
    }

    [Fact]
    public async Task Stop_InTheMiddle_TheNextStartGoesOnThere()
    {
        int left;
        using (var set = Set(new EndingOwner(most: 2), TimeSpan.Zero))
        {
            set.LoadAtStart();
            await set.RunAsync(CancellationToken.None).WaitAsync(Eventually.Patience);
            left = set.Find("")!.Scan!.Left;
            Assert.InRange(left, 1, Blocks - 1);
        }

        using var end = new CancellationTokenSource();
        using (var set = Set(new DirectOwner(), TimeSpan.Zero))
        {
            set.LoadAtStart();
            Assert.Equal(left, set.Find("")!.Scan!.Left);
            var scanning = set.RunAsync(end.Token);
            await Eventually.TrueAsync(() => set.Find("")!.Scan is null, () => "the wallet has seen the chain");
            Assert.Equal(Blocks * 50, await WorthAsync(set, new DirectOwner()));
            await end.CancelAsync();
            await scanning.WaitAsync(Eventually.Patience);
        }
    }

    /// <summary>Who has it aborted is not told later that all was looked at.</summary>
    [Fact]
    public async Task Abort_InTheMiddle_TheNextStartLooksAtAll()
    {
        using var end = new CancellationTokenSource();
        using (var set = Set(new DirectOwner(), TimeSpan.Zero))
        {
            set.LoadAtStart();
            Assert.True((await Call(set, new DirectOwner(), "abortrescan"))!.GetValue<bool>());
            var scanning = set.RunAsync(end.Token);
            await Eventually.TrueAsync(() => set.Find("")!.Scan is null, () => "the scan ends");
            await end.CancelAsync();
            await scanning.WaitAsync(Eventually.Patience);
        }

        using (var set = Set(new DirectOwner(), TimeSpan.MaxValue))
        {
            set.LoadAtStart();
            Assert.Equal(Blocks * 50, await WorthAsync(set, new DirectOwner()));
        }
    }

    private WalletSet Set(IStateOwner owner, TimeSpan longestAtOnce) => new(_chain.PathOf("wallet.dat"), _chain.Loaded, owner, _chain.Clock, null, longestAtOnce);

    private async Task<decimal> WorthAsync(WalletSet set, IStateOwner owner)
    {
        var mine = (await Call(set, owner, "getbalances"))!["mine"]!;
        return mine["trusted"]!.GetValue<decimal>() + mine["immature"]!.GetValue<decimal>();
    }

    private Task<JsonNode?> Call(WalletSet set, IStateOwner owner, string method, params JsonNode?[] parameters) =>
        RpcTable.CallAsync(new RpcContext(owner, _chain.Loaded, _chain.Loaded.Chainstate.ProcessBlock, null) { Wallets = set }, method, new JsonArray(parameters), CancellationToken.None).WaitAsync(Eventually.Patience);

    /// <summary>Takes so many pieces of work, and ends.</summary>
    private sealed class EndingOwner(int most) : IStateOwner
    {
        private int _left = most;

        public Task<T> InvokeAsync<T>(Func<T> work) => _left-- > 0 ? Task.FromResult(work()) : Task.FromCanceled<T>(new CancellationToken(canceled: true));

        public Task<T> InvokeAloneAsync<T>(Func<T> work) => InvokeAsync(work);
    }
}
