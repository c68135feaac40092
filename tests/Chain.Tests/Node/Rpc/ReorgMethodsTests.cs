using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Node;
using Chain.Node.Rpc;
using Chain.State;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>A reorganisation on purpose: which blocks leave and come, and what becomes of the payments.</summary>
public sealed class ReorgMethodsTests : IDisposable
{
    private readonly RpcBench _bench = new();
    private readonly Transaction _first;
    private readonly Transaction _second;

    /// <summary>Above genesis a block with a payment, one with a payment of its change, and an empty one.</summary>
    public ReorgMethodsTests()
    {
        _first = Chain.Payment(fee: 500);
        _second = Keys.Spend(new OutPoint(_first.Id, 0), Keys.Alice, Keys.PayTo(Keys.Bob, _first.Outputs[0].Value));
        Chain.Grow(_first);
        Chain.Grow(_second);
        Chain.Grow();
    }

    private OpenChain Chain => _bench.Chain;

    private Chainstate Chainstate => Chain.Loaded.Chainstate;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task Reorg_OneBlockMoreWithMoreWork_PaymentsWaitAgain()
    {
        var (before, old) = (Chainstate.Tip, Hashes(1, 3));
        var answer = await ReorgAsync(3);
        Assert.Equal((4, 0), (Chain.Height, answer["fork"]!["height"]!.GetValue<int>()));
        Assert.True(Chainstate.Tip.TotalWork > before.TotalWork);
        Assert.Equal(old, HashesOf(answer["left"]!));
        Assert.Equal(Hashes(1, 4), HashesOf(answer["came"]!));
        Assert.Equal([2, 2, 1], answer["left"]!.AsArray().Select(block => block!["transactions"]!.GetValue<int>()));
        Assert.Equal(Ids(_first, _second), Texts(answer["returned"]!));
        Assert.Equal(Ids(_first, _second).Order(), Chain.Loaded.Mempool.Entries.Select(entry => $"{entry.Transaction.Id}").Order());
        Assert.Empty(answer["kept"]!.AsArray());
        Assert.Empty(answer["lost"]!.AsArray());

        // A second node that is given the same blocks goes the same way: they are as valid as any.
        using var other = new OpenChain(_bench.Params);
        foreach (var height in Enumerable.Range(1, 4))
            Assert.Equal(BlockOutcome.Accepted, other.Loaded.Chainstate.ProcessBlock(Chainstate.GetBlock(Chainstate.Tree.FindActive(height)!)).Outcome);
        Assert.Equal(Chainstate.Tip.Hash, other.Loaded.Chainstate.Tip.Hash);
    }

    [Fact]
    public async Task Reorg_Keep_TheNewBlocksHoldThePayments()
    {
        var answer = await ReorgAsync(3, "keep");
        Assert.Equal(Ids(_first, _second), Texts(answer["kept"]!));
        Assert.Equal([2, 2, 1, 1], answer["came"]!.AsArray().Select(block => block!["transactions"]!.GetValue<int>()));
        Assert.Equal(0, Chain.Loaded.Mempool.Count);
        Assert.NotNull(Chainstate.Coins.Find(new OutPoint(_second.Id, 0)));
    }

    [Fact]
    public async Task Reorg_Drop_ThePaymentsAreGone()
    {
        var answer = await ReorgAsync(2, "drop");
        Assert.Equal(Ids(_second), Texts(answer["lost"]!));
        Assert.Equal(0, Chain.Loaded.Mempool.Count);
        Assert.NotNull(Chainstate.Coins.Find(new OutPoint(_first.Id, 0)));
        Assert.Null(Chainstate.Coins.Find(new OutPoint(_second.Id, 0)));
    }

    [Fact]
    public async Task Reorg_WhatWaited_IsInTheFirstNewBlock()
    {
        var waiting = Keys.Spend(new OutPoint(_second.Id, 0), Keys.Bob, Keys.PayTo(Keys.Alice, _second.Outputs[0].Value - 700));
        Assert.Null(Chain.Loaded.Mempool.Accept(waiting));
        var answer = await ReorgAsync(1);
        Assert.Equal([2, 1], answer["came"]!.AsArray().Select(block => block!["transactions"]!.GetValue<int>()));
        var block = Chainstate.GetBlock(Chainstate.Tree.FindActive(3)!);
        Assert.Equal(waiting.Id, block.Transactions[1].Id);
        Assert.Equal(10 * Amount.Coin + 700, block.Transactions[0].Outputs[0].Value);
        Assert.Equal(0, Chain.Loaded.Mempool.Count);
    }

    /// <summary>The block that takes the tip's place may spend what no block of the branch touched before.</summary>
    [Fact]
    public async Task Reorg_Keep_WhatWaited_IsBehindThePayments()
    {
        var waiting = Keys.Spend(new OutPoint(_second.Id, 0), Keys.Bob, Keys.PayTo(Keys.Alice, _second.Outputs[0].Value - 700));
        Assert.Null(Chain.Loaded.Mempool.Accept(waiting));
        var answer = await ReorgAsync(1, "keep");
        Assert.Equal([1, 2], answer["came"]!.AsArray().Select(block => block!["transactions"]!.GetValue<int>()));
        Assert.Equal(waiting.Id, Chainstate.GetBlock(Chainstate.Tip).Transactions[1].Id);
        Assert.Equal(0, Chain.Loaded.Mempool.Count);
    }

    /// <summary>What waits for a payment that is taken back cannot stand in the first block; it returns behind it.</summary>
    [Fact]
    public async Task Reorg_WhatWaitedOnAPaymentThatReturns_WaitsBehindIt()
    {
        var child = Keys.Spend(new OutPoint(_second.Id, 0), Keys.Bob, Keys.PayTo(Keys.Alice, _second.Outputs[0].Value));
        Assert.Null(Chain.Loaded.Mempool.Accept(child));
        var answer = await ReorgAsync(2);
        Assert.All(answer["came"]!.AsArray(), block => Assert.Equal(1, block!["transactions"]!.GetValue<int>()));
        Assert.Equal(Ids(_second, child), Chain.Loaded.Mempool.InOrder().Select(entry => $"{entry.Transaction.Id}"));
    }

    /// <summary>The reward of a block that leaves never was: what spent it cannot come back.</summary>
    [Theory]
    [InlineData("return")]
    [InlineData("keep")]
    public async Task Reorg_PaymentOfAReplacedReward_IsLost(string payments)
    {
        var spend = Chain.Payment(of: "grown 3");
        Chain.Grow(spend);
        var answer = await ReorgAsync(2, payments);
        Assert.Equal(Ids(spend), Texts(answer["lost"]!));
        Assert.Equal(0, Chain.Loaded.Mempool.Count);
    }

    [Fact]
    public async Task Reorg_AgainAndAgain_BlocksThatHoldTheSameDiffer()
    {
        var tips = new HashSet<string>();
        for (var i = 0; i < 5; i++)
        {
            await ReorgAsync(1);
            Assert.True(tips.Add($"{Chainstate.Tip.Hash}"));
        }

        Assert.Equal(8, Chain.Height);
    }

    [Fact]
    public async Task Reorg_WhatCannotBe()
    {
        await _bench.FailsAsync(RpcErrorCode.InvalidParameter, "the genesis block stays", "reorg", "4");
        await _bench.FailsAsync(RpcErrorCode.InvalidParameter, $"from 1 to {Reorganisation.MostBlocks}", "reorg", $"{Reorganisation.MostBlocks + 1}");
        await _bench.FailsAsync(RpcErrorCode.InvalidParameter, "from 1 to", "reorg", "0");
        await _bench.FailsAsync(RpcErrorCode.InvalidParameter, "'return', 'keep' or 'drop'", "reorg", "1", "\"burn\"");
        Assert.Equal(3, Chain.Height);
    }

    private async Task<JsonNode> ReorgAsync(int depth, string payments = "return") => (await _bench.CallAsync("reorg", $"{depth}", RpcBench.Quote(payments)))!;

    private string[] Hashes(int first, int count) => [.. Enumerable.Range(first, count).Select(height => $"{Chainstate.Tree.FindActive(height)!.Hash}")];

    private static string[] HashesOf(JsonNode blocks) => [.. blocks.AsArray().Select(block => block!["hash"]!.GetValue<string>())];

    private static string[] Texts(JsonNode list) => [.. list.AsArray().Select(item => item!.GetValue<string>())];

    private static string[] Ids(params Transaction[] transactions) => [.. transactions.Select(transaction => $"{transaction.Id}")];
}
