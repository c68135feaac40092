using System.Diagnostics;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Node.Explorer;

/// <summary>Large blocks and long histories: pages of them come quickly, and nobody else waits for them.</summary>
[Collection(AloneCollection.Name)]
public class LargePageTests(ITestOutputHelper output)
{
    private const int Transactions = 10_000, Outputs = 100_000, OutputsAtOnce = 10_000;

    /// <summary>Far more than it takes on a quiet machine, where it is some hundredths of a second.</summary>
    private static readonly TimeSpan MostForAPage = TimeSpan.FromSeconds(5), MostForOthers = TimeSpan.FromSeconds(2);

    [Fact]
    public async Task Block_OfTenThousandTransactions_QuickAndAlone()
    {
        await using var node = await ExplorerNode.StartAsync();
        byte[] anyone = [(byte)Opcode.Op1];
        var first = await node.GrowAsync();
        var fan = Keys.Spend(new OutPoint(first.Transactions[0].Id, 0), Keys.Miner, [.. Enumerable.Range(0, Transactions).Select(_ => new TxOut(2_000, anyone))]);
        await node.GrowAsync(fan);
        var block = await node.GrowAsync([.. Enumerable.Range(0, Transactions).Select(i => new Transaction(2, [new TxIn(new OutPoint(fan.Id, (uint)i), default)], [new TxOut(1_000 + i % 7, anyone)], 0))]);
        foreach (var path in (string[])[$"/block/{block.Hash}", $"/block/{block.Hash}?page=401", $"/tx/{block.Transactions[^1].Id}", $"/tx/{fan.Id}?in=0&out=9950", "/", $"/api/block/{block.Hash}/txs/9975"])
            await MeasureAsync(node, path);
        Assert.Contains(block.Transactions[^1].Id.ToString(), (await node.GetAsync($"/block/{block.Hash}?page=401")).Text, StringComparison.Ordinal);
        Assert.Contains($"/tx/{block.Transactions[^1].Id}#in0", (await node.GetAsync($"/tx/{fan.Id}?in=0&out=9950")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_OfAHundredThousandOutputs_QuickAndAlone()
    {
        await using var node = await ExplorerNode.StartAsync();
        var alice = node.AddressOf(Keys.Alice);
        for (var i = 0; i < Outputs; i += OutputsAtOnce)
        {
            var source = await node.GrowAsync();
            await node.GrowAsync(Keys.Spend(new OutPoint(source.Transactions[0].Id, 0), Keys.Miner, [.. Enumerable.Range(0, OutputsAtOnce).Select(_ => Keys.PayTo(Keys.Alice, 1_000))]));
        }

        await MeasureAsync(node, $"/address/{alice}");
        await MeasureAsync(node, $"/address/{alice}");
        await MeasureAsync(node, $"/api/address/{alice}");
        Assert.Contains("25 of 100,000 outputs", await node.PageAsync($"/address/{alice}"), StringComparison.Ordinal);
        Assert.Equal(System.Net.HttpStatusCode.BadRequest, (await node.GetAsync($"/api/address/{alice}/utxo")).Status);
    }

    /// <summary>Fetches a page while somebody else asks the node all the time.</summary>
    private async Task MeasureAsync(ExplorerNode node, string path)
    {
        var clock = Stopwatch.StartNew();
        var page = node.GetAsync(path);
        var longest = TimeSpan.Zero;
        while (!page.IsCompleted)
        {
            var asked = Stopwatch.StartNew();
            _ = await node.Node.CallAsync("getblockcount");
            if (asked.Elapsed > longest) longest = asked.Elapsed;
        }

        Assert.Equal(System.Net.HttpStatusCode.OK, (await page).Status);
        output.WriteLine($"{path[..Math.Min(path.Length, 40)]}: {clock.ElapsedMilliseconds} ms, others waited {longest.TotalMilliseconds:0} ms at most");
        Assert.True(clock.Elapsed < MostForAPage, $"{path}: {clock.Elapsed}");
        Assert.True(longest < MostForOthers, $"{path}: others waited {longest}");
    }
}
