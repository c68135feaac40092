using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>What a person does to a test chain by hand: takes blocks back, gives coins away; with and without a node.</summary>
public sealed class ReorgAndFaucetCommandTests : IClassFixture<CommandWorld>
{
    private readonly CommandWorld _world;

    public ReorgAndFaucetCommandTests(CommandWorld world) => _world = world;

    [Fact]
    public async Task Reorg_WithoutANode_TellsWhatLeftAndCame()
    {
        using var folder = _world.Copy();
        var told = await RunAsync(folder, "reorg 1");
        Assert.Contains("Reorganised above block 0: 1 block left, 2 came. The chain's height is 2.", told.Output, StringComparison.Ordinal);
        Assert.Contains("waits again.", told.Output, StringComparison.Ordinal);
        Assert.Contains("chain mine", told.Error, StringComparison.Ordinal);
        Assert.Equal(0, await BalanceAsync(folder, _world.Locked));
        Assert.Equal(0, (await RunAsync(folder, "mine")).Status);
        Assert.Equal(3, await BalanceAsync(folder, _world.Locked));
    }

    [Fact]
    public async Task Reorg_WithANode_SameAnswer()
    {
        using var folder = _world.Copy();
        var p = GenesisFile.TryParse(await File.ReadAllTextAsync(folder.PathOf(GenesisFile.FileName)), out _)!;
        await using var node = await HostedNode.StartAsync(folder, p);
        var json = JsonNode.Parse((await RunAsync(folder, "reorg 1 --keep-transactions --json")).Output)!.AsObject();
        Assert.Equal(["came", "fork", "height", "kept", "left", "lost", "returned"], json.Select(pair => pair.Key).Order());
        Assert.Single(json["kept"]!.AsArray());
        Assert.Equal(json["came"]![1]!["hash"]!.GetValue<string>(), (await node.CallAsync("getbestblockhash"))!.GetValue<string>());
        Assert.Equal(3, await BalanceAsync(folder, _world.Locked));
    }

    [Theory]
    [InlineData("reorg 2", 8, "the genesis block stays")]
    [InlineData("reorg 0", 2, "from 1 to 288")]
    [InlineData("reorg 289", 2, "from 1 to 288")]
    [InlineData("reorg 1 --keep-transactions --drop", 2, "contradict")]
    [InlineData("faucet STRANGER 0", 2, "no amount")]
    [InlineData("faucet STRANGER ten", 2, "no amount")]
    [InlineData("faucet nobody 1", 5, "'nobody' is not an address")]
    public async Task Command_ThatCannotBe_SaysWhy(string line, int status, string text)
    {
        using var folder = _world.Copy();
        var result = await RunAsync(folder, line);
        Assert.Equal((status, ""), (result.Status, result.Output));
        Assert.Contains(text, result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faucet_PaysFromTheWallet_AndBringsItIntoABlock()
    {
        using var folder = _world.Copy();
        var json = JsonNode.Parse((await RunAsync(folder, "faucet STRANGER 2.5 --json")).Output)!.AsObject();
        Assert.Equal(["amount", "blockhash", "from", "mined", "to", "txid"], json.Select(pair => pair.Key).Order());
        Assert.Equal((_world.Own, 1), (json["from"]!.GetValue<string>(), json["mined"]!.GetValue<int>()));
        Assert.NotNull(json["blockhash"]);
        Assert.Equal(2.5m, await BalanceAsync(folder, _world.Stranger));
    }

    [Fact]
    public async Task Faucet_WalletHasTooLittle_MinesTheRest()
    {
        using var folder = _world.Copy();
        var result = await RunAsync(folder, "faucet STRANGER 100");
        Assert.True(result.Status == 0, result.Error);
        Assert.Contains("mining 9 blocks", result.Error, StringComparison.Ordinal);
        Assert.Equal(100, await BalanceAsync(folder, _world.Stranger));
    }

    [Fact]
    public async Task Faucet_ToTheOnlyAddressOfTheWallet_OrWithoutAWallet_MinesStraightToIt()
    {
        using var folder = _world.Copy();
        var before = await BalanceAsync(folder, _world.Own);
        Assert.Contains("got 20 newly mined coins to spend, as rewards of whole blocks. Mined 2 blocks", (await RunAsync(folder, "faucet OWN 15")).Output, StringComparison.Ordinal);
        Assert.Equal(before + 20, await BalanceAsync(folder, _world.Own));

        File.Delete(folder.PathOf("Wallets_3000.dat"));
        Assert.Contains("got 10 newly mined coins to spend, as rewards of whole blocks. Mined 1 block ", (await RunAsync(folder, "faucet STRANGER")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Faucet_OnRegtest_MinesUntilRewardsAreMature()
    {
        using var folder = new DataFolder();
        await Cli.DoAsync("init", "regtest", "--datadir", folder.Root);
        var to = (await Cli.DoAsync("createwallet", "--datadir", folder.Root)).LastWord.Trim();
        await Cli.DoAsync("createwallet", "--datadir", folder.Root);
        var json = JsonNode.Parse((await Cli.DoAsync("faucet", to, "70", "--json", "--datadir", folder.Root)).Output)!;
        Assert.Equal(103, json["mined"]!.GetValue<int>());
        Assert.Equal(70, await BalanceAsync(folder, to));
    }

    /// <summary>What is told is what can be spent; the rewards that are too young for that come of age with the next blocks.</summary>
    [Fact]
    public async Task Faucet_OnRegtestWithoutAWallet_TellsWhatCanBeSpent()
    {
        using var folder = new DataFolder();
        await Cli.DoAsync("init", "regtest", "--datadir", folder.Root);
        var first = await Cli.DoAsync("faucet", _world.Foreign, "10", "--datadir", folder.Root);
        Assert.Contains("got 50 newly mined coins to spend, as rewards of whole blocks. Mined 100 blocks", first.Output, StringComparison.Ordinal);
        Assert.Contains("4950 cannot be spent yet: more blocks must come first, 100 for each reward.", first.Error, StringComparison.Ordinal);
        var second = await Cli.DoAsync("faucet", _world.Foreign, "10", "--datadir", folder.Root);
        Assert.Contains("got 50 newly mined coins to spend, as rewards of whole blocks. Mined 1 block ", second.Output, StringComparison.Ordinal);
    }

    /// <summary>Bitcoin's own first block has the work of four billion hashes; a million such blocks take a day on any machine.</summary>
    [Fact]
    public async Task Faucet_WhereItWouldBeMiningForHours_Refuses()
    {
        const uint Bits = 0x1d00ffff;
        using var folder = new DataFolder();
        var hard = Profiles.PrivateChain(Profiles.BitcoinGenesis(time: 1231006505, Bits, nonce: 2083236893)) with { PowLimit = Target.FromCompact(Bits) };
        hard.WriteTo(folder.Root);
        var result = await RunAsync(folder, "faucet STRANGER 10000000");
        Assert.Equal((6, ""), (result.Status, result.Output));
        Assert.Contains("1000000 blocks that would bring it would take about", result.Error, StringComparison.Ordinal);
    }

    private async Task<CliResult> RunAsync(DataFolder folder, string line) => await Cli.RunAsync(
        [.. line.Split(' ').Select(word => word == "OWN" ? _world.Own : word == "STRANGER" ? _world.Stranger : word), "--datadir", folder.Root]);

    private static async Task<decimal> BalanceAsync(DataFolder folder, string address) =>
        JsonNode.Parse((await Cli.DoAsync("getbalance", "--address", address, "--json", "--datadir", folder.Root)).Output)!["balance"]!.GetValue<decimal>();
}
