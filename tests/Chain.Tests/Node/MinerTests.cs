using System.Diagnostics;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Node;
using Chain.Node.Mining;
using Chain.State;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chain.Tests.Node;

/// <summary>When a miner makes a block, what is in it, and that it follows the chain without missing a change.</summary>
public sealed class MinerTests : IAsyncLifetime, IDisposable
{
    private readonly OpenChain _chain = new();
    private readonly NodeLoop _loop = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly List<Block> _mined = [];
    private Miner? _miner;
    private Task _running = Task.CompletedTask;
    private Task _looping = Task.CompletedTask;

    public Task InitializeAsync()
    {
        _looping = Task.Run(_loop.RunAsync);
        return Task.CompletedTask;
    }

    public async Task DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _miner?.Dispose();
        _loop.Complete();
        await _looping;
    }

    public void Dispose()
    {
        _stop.Dispose();
        _chain.Dispose();
    }

    [Fact]
    public async Task Run_EmptyPool_MinesNothingUntilATransactionWaits()
    {
        Start();
        await Task.Delay(200);
        Assert.Equal(0, await HeightAsync());
        var payment = _chain.Payment(fee: 500);
        await AcceptAsync(payment);
        await Eventually.EqualAsync(1, HeightAsync, "the height");
        await Eventually.EqualAsync(0, () => _loop.InvokeAsync(() => _chain.Loaded.Mempool.Count), "the pool");
        var block = Assert.Single(_mined);
        Assert.Equal([payment.Id], block.Transactions.Skip(1).Select(t => t.Id));
        var reward = Assert.Single(block.Transactions[0].Outputs);
        Assert.Equal((10 * Amount.Coin) + 500, reward.Value);
        Assert.Equal(Keys.ScriptOf(Keys.Bob), reward.ScriptPubKey.ToArray());
    }

    /// <summary>A wake-up that is lost would cost a second each time; none may be, however the changes fall.</summary>
    [Fact]
    public async Task Run_PaymentAfterPayment_EachIsMinedAtOnce()
    {
        Start();
        var clock = Stopwatch.StartNew();
        var coin = _chain.Payment();
        for (var i = 1; i <= 50; i++)
        {
            await AcceptAsync(coin);
            await Eventually.TrueAsync(() => _loop.InvokeAsync(() => _chain.Loaded.Mempool.FindEntry(coin.Id) is null), () => $"payment {i} is mined");
            coin = Keys.Spend(new OutPoint(coin.Id, 0), Keys.Alice, Keys.PayTo(Keys.Alice, coin.Outputs[0].Value));
        }

        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(40));
    }

    [Fact]
    public async Task Run_TipMovesWhileItSearches_GoesOnOnTheNewTip()
    {
        Start(threads: 2);
        for (var i = 0; i < 20; i++)
        {
            var fee = i;
            await _loop.InvokeAsync(() =>
            {
                var last = _chain.Loaded.Chainstate.Tip;
                _chain.Loaded.Mempool.Accept(_chain.Payment(fee, last.Height == 0 ? "genesis" : $"outside {fee}"));
                _chain.Builder.NextBlock($"outside {fee + 1}");
                Assert.NotEqual(BlockOutcome.Rejected, _chain.Loaded.Chainstate.ProcessBlock(_chain.Builder.Tip.Block).Outcome);
            });
        }

        await Eventually.EqualAsync(0, () => _loop.InvokeAsync(() => _chain.Loaded.Mempool.Count), "the pool");
    }

    [Fact]
    public async Task Run_BlockThatIsRefused_IsNotMinedAgainAndAgain()
    {
        var refused = 0;
        Start(submit: _ =>
        {
            Interlocked.Increment(ref refused);
            return new ProcessBlockResult(BlockOutcome.Rejected, null, RuleError.TimeTooNew);
        });
        await AcceptAsync(_chain.Payment());
        await Eventually.TrueAsync(() => Volatile.Read(ref refused) >= 2, () => "the block is mined again after a while");
        Assert.InRange(Volatile.Read(ref refused), 2, 4);
    }

    [Fact]
    public async Task Run_Cancelled_EndsWhileItSearches()
    {
        // Some 17 million hashes a block: long enough to be searching when the end comes.
        const uint Bits = 0x1e00ffff;
        var template = Profiles.GenesisBlock(TestChains.Private.Genesis.Transactions[0].Inputs[0].ScriptSig, Keys.PayTo(Keys.Miner, 10 * Amount.Coin), TestChains.GenesisTime, Bits, nonce: 0);
        var genesis = await BlockSearch.SolveAsync(template, Environment.ProcessorCount, CancellationToken.None);
        using var chain = new OpenChain(Profiles.PrivateChain(genesis!) with { PowLimit = Target.FromCompact(Bits) });
        using var miner = new Miner(chain.Loaded, _loop, chain.Loaded.Chainstate.ProcessBlock, new MiningOrder(Payee, 2), TimeProvider.System, NullLogger.Instance);
        var running = miner.RunAsync(_stop.Token);
        Assert.Null(await _loop.InvokeAsync(() => chain.Loaded.Mempool.Accept(chain.Payment())));
        await Task.Delay(50);
        await _stop.CancelAsync();
        await Record.ExceptionAsync(() => running.WaitAsync(Eventually.Patience));
        Assert.True(running.IsCompleted);
    }

    /// <summary>The chain goes on after the miner: its last messages must not break what is brought then.</summary>
    [Fact]
    public async Task Dispose_ChainAndPoolGoOn()
    {
        Start();
        await _stop.CancelAsync();
        await Record.ExceptionAsync(() => _running);
        _miner!.Dispose();
        await AcceptAsync(_chain.Payment());
        await _loop.InvokeAsync(() => _chain.Grow());
        Assert.Equal(1, await HeightAsync());
    }

    [Fact]
    public async Task Run_BlockTimeAlone_TransactionsWaitForIt_AndEmptyBlocksComeToo()
    {
        Start(order => order with { OnTransaction = false, BlockTime = TimeSpan.FromSeconds(10) }, clock: _chain.Clock);
        var payment = _chain.Payment();
        await AcceptAsync(payment);
        await Task.Delay(200);
        Assert.Equal(0, await HeightAsync());

        _chain.Clock.Advance(TimeSpan.FromSeconds(10));
        await Eventually.EqualAsync(1, HeightAsync, "the height after an interval");
        _chain.Clock.Advance(TimeSpan.FromSeconds(10));
        await Eventually.EqualAsync(2, HeightAsync, "the height after two intervals");
        Assert.Equal([2, 1], _mined.Select(block => block.Transactions.Length));
        Assert.Equal(10u, _mined[1].Header.Time - _mined[0].Header.Time);
    }

    [Fact]
    public async Task Run_IntervalsThatPassedTogether_BringOneBlock()
    {
        Start(order => order with { OnTransaction = false, BlockTime = TimeSpan.FromSeconds(10) }, clock: _chain.Clock);
        _chain.Clock.Advance(TimeSpan.FromSeconds(35));
        await Eventually.EqualAsync(1, HeightAsync, "the height after three intervals at once");
        await Task.Delay(200);
        Assert.Equal(1, await HeightAsync());
        _chain.Clock.Advance(TimeSpan.FromSeconds(5));
        await Eventually.EqualAsync(2, HeightAsync, "the height at the fourth interval");
    }

    [Fact]
    public async Task Run_OnTransactionAndBlockTime_BothBringBlocks()
    {
        Start(order => order with { BlockTime = TimeSpan.FromSeconds(10) }, clock: _chain.Clock);
        await AcceptAsync(_chain.Payment());
        await Eventually.EqualAsync(1, HeightAsync, "the height after a payment");
        _chain.Clock.Advance(TimeSpan.FromSeconds(10));
        await Eventually.EqualAsync(2, HeightAsync, "the height after an interval");
        Assert.Equal([2, 1], _mined.Select(block => block.Transactions.Length));
    }

    /// <summary>Each block's time is above the median of those before it: while the clock stands still, times run ahead of it, and others would refuse them one day.</summary>
    [Fact]
    public async Task Run_ClockStandsStill_StopsBeforeBlocksWouldBeRefused()
    {
        using var chain = new OpenChain(TestChains.Private with { MaxFutureBlockTime = 2 });
        var refused = 0;
        using var miner = new Miner(chain.Loaded, _loop, block =>
        {
            var result = chain.Loaded.Chainstate.ProcessBlock(block);
            if (result.Outcome != BlockOutcome.Accepted) refused++;
            return result;
        }, new MiningOrder(Payee, 1) { OnTransaction = false, BlockTime = TimeSpan.FromMilliseconds(1) }, TimeProvider.System, NullLogger.Instance);
        var running = miner.RunAsync(_stop.Token);
        Task<long> AheadAsync() => _loop.InvokeAsync(() => chain.Loaded.Assembler.NextTime - chain.Loaded.Chainstate.Now);
        await Eventually.EqualAsync(3L, AheadAsync, "the seconds by which the next block would be ahead");
        var height = await _loop.InvokeAsync(() => chain.Height);
        await Task.Delay(100);
        Assert.Equal(height, await _loop.InvokeAsync(() => chain.Height));
        Assert.Equal(0, refused);

        await _loop.InvokeAsync(() => chain.Clock.Advance(TimeSpan.FromSeconds(60)));
        await Eventually.TrueAsync(() => _loop.InvokeAsync(() => chain.Height > height), () => "it goes on once the clock does");
        await _stop.CancelAsync();
        await Record.ExceptionAsync(() => running.WaitAsync(Eventually.Patience));
        Assert.Equal(0, refused);
    }

    private static Address Payee => Address.Of(Keys.Bob.PublicKey, Profiles.PrivateAddressFormat);

    private void Start(Func<MiningOrder, MiningOrder> change, TimeProvider clock) => Start(change: change, clock: clock, threads: 1);

    private void Start(int threads = 1, Func<Block, ProcessBlockResult>? submit = null, Func<MiningOrder, MiningOrder>? change = null, TimeProvider? clock = null)
    {
        submit ??= block =>
        {
            _mined.Add(block);
            return _chain.Loaded.Chainstate.ProcessBlock(block);
        };
        _miner = new Miner(_chain.Loaded, _loop, submit, (change ?? (order => order))(new MiningOrder(Payee, threads)), clock ?? TimeProvider.System, NullLogger.Instance);
        _running = _miner.RunAsync(_stop.Token);
    }

    private Task<int> HeightAsync() => _loop.InvokeAsync(() => _chain.Height);

    private async Task AcceptAsync(Transaction transaction) => Assert.Null(await _loop.InvokeAsync(() => _chain.Loaded.Mempool.Accept(transaction)));
}
