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
        using var miner = new Miner(chain.Loaded, _loop, chain.Loaded.Chainstate.ProcessBlock, Address.Of(Keys.Bob.PublicKey, Profiles.PrivateAddressFormat), 2, TimeProvider.System, NullLogger.Instance);
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

    private void Start(int threads = 1, Func<Block, ProcessBlockResult>? submit = null)
    {
        submit ??= block =>
        {
            _mined.Add(block);
            return _chain.Loaded.Chainstate.ProcessBlock(block);
        };
        _miner = new Miner(_chain.Loaded, _loop, submit, Address.Of(Keys.Bob.PublicKey, Profiles.PrivateAddressFormat), threads, TimeProvider.System, NullLogger.Instance);
        _running = _miner.RunAsync(_stop.Token);
    }

    private Task<int> HeightAsync() => _loop.InvokeAsync(() => _chain.Height);

    private async Task AcceptAsync(Transaction transaction) => Assert.Null(await _loop.InvokeAsync(() => _chain.Loaded.Mempool.Accept(transaction)));
}
