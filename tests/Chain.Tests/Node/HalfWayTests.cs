using System.Text.Json.Nodes;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>What a command says that does not come to its end: how much of its work is done.</summary>
public sealed class HalfWayTests : IClassFixture<CommandWorld>
{
    private readonly CommandWorld _world;

    public HalfWayTests(CommandWorld world) => _world = world;

    /// <summary>Blocks that are made quickly run ahead of the clock, as far as the chain's rules let them.</summary>
    [Fact]
    public async Task Mine_FailsInTheMiddle_SaysHowManyBlocksThereAre()
    {
        using var folder = new DataFolder();
        var own = (await Cli.DoAsync("createwallet", "--datadir", folder.Root)).LastWord.Trim();
        var rules = folder.Write("rules.json", """{"powLimit": "207fffff", "maxFutureBlockTime": 1}""");
        await Cli.DoAsync("createblockchain", "--address", own, "--params", rules, "--datadir", folder.Root);

        var before = await HeightAsync(folder);
        var told = await Cli.RunAsync("mine", "1000", "--datadir", folder.Root);
        var made = await HeightAsync(folder) - before;
        Assert.Equal((1, ""), (told.Status, told.Output));
        Assert.Contains($"time-too-new. Before that {made} of 1000 blocks {(made == 1 ? "was" : "were")} mined", told.Error, StringComparison.Ordinal);

        before = await HeightAsync(folder);
        var json = await Cli.RunAsync("mine", "1000", "--json", "--datadir", folder.Root);
        made = await HeightAsync(folder) - before;
        var error = JsonNode.Parse(json.Error)!["error"]!;
        Assert.Equal(1, error["status"]!.GetValue<int>());
        Assert.Equal(made, error["done"]?["hashes"]!.AsArray().Count ?? 0);
    }

    /// <summary>The node makes one block for the payment, and no more.</summary>
    [Fact]
    public async Task Send_WaitTimesOut_SaysHowManyConfirmationsThereAre()
    {
        using var folder = _world.Copy();
        await using var node = await NodeProcess.StartAsync(new NodeOptions(folder.Root) { MineTo = _world.Own });
        var result = await Cli.RunAsync("send", "--from", _world.Own, "--to", _world.Stranger, "--amount", "1", "--wait=3", "--timeout", "8", "--datadir", folder.Root);
        Assert.Equal(124, result.Status);
        Assert.Contains("had 1 of 3 confirmations when it was last seen", result.Error, StringComparison.Ordinal);
        Assert.Contains("Do not send it again.", result.Error, StringComparison.Ordinal);
    }

    /// <summary>Who does not know that it was sent might pay twice.</summary>
    [Fact]
    public async Task Send_TheNodeIsKilledWhileItWaits_TheErrorNamesThePayment()
    {
        using var folder = _world.Copy();
        await using var node = await NodeProcess.StartAsync(new NodeOptions(folder.Root));
        var sending = Cli.RunAsync("send", "--from", _world.Own, "--to", _world.Stranger, "--amount", "1", "--wait", "--json", "--datadir", folder.Root);
        string[] pool = [];
        await Eventually.TrueAsync(async () => (pool = await node.PoolAsync()).Length == 1, () => "the payment was not sent");

        // It is in the pool before the command hears of it.
        await Eventually.TrueAsync(
            async () => (await node.CallAsync("getrpcinfo"))!["active_commands"]!.AsArray().Any(call => call!["method"]!.GetValue<string>() == "waitfornewblock"),
            () => "the command does not wait for a block");
        await node.KillAsync();
        var result = await sending;
        var error = JsonNode.Parse(result.Error)!["error"]!;
        Assert.NotEqual(0, result.Status);
        Assert.Contains("Do not send it again.", error["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(pool[0], error["done"]!["txid"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("save one", "Nothing was saved: the snapshot one is what it was before.")]
    [InlineData("save two", "Nothing was saved.")]
    [InlineData("restore one", "Nothing was restored.")]
    public async Task Snapshot_EndedBeforeItIsDone_SaysThatNothingChanged(string line, string words)
    {
        using var folder = _world.Copy();
        await Cli.DoAsync("snapshot", "save", "one", "--datadir", folder.Root);
        using (Chain.Node.FolderLock.TryTake(folder.Root))
        {
            var result = await Cli.RunAsync(["snapshot", .. line.Split(' '), "--timeout", "0.5", "--datadir", folder.Root]);
            Assert.Equal(124, result.Status);
            Assert.EndsWith(words, result.Error.TrimEnd(), StringComparison.Ordinal);
        }

        Assert.Contains("are what was saved", (await Cli.DoAsync("snapshot", "list", "one", "--datadir", folder.Root)).Output, StringComparison.Ordinal);
    }

    private static async Task<int> HeightAsync(DataFolder folder) =>
        int.Parse((await Cli.DoAsync("rpc", "getblockcount", "--datadir", folder.Root)).Output, System.Globalization.CultureInfo.InvariantCulture);
}
