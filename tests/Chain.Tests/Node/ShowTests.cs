using System.Text.Json.Nodes;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>The commands that look: show, printchain --tree, doctor, attach, completions.</summary>
public sealed class ShowTests : IClassFixture<CommandWorld>
{
    private readonly CommandWorld _world;

    public ShowTests(CommandWorld world) => _world = world;

    [Fact]
    public async Task Show_Tip_TheNewestBlock()
    {
        using var folder = _world.Copy();
        var tip = await JsonAsync(folder, "show", "tip");
        Assert.Equal("private", tip["chain"]!.GetValue<string>());
        Assert.Equal(1, tip["height"]!.GetValue<int>());
        Assert.Equal(2, tip["transactions"]!.GetValue<int>());
        var text = (await DoAsync(folder, "show", "tip")).Output;
        Assert.Contains($"Block         {tip["hash"]}", text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_Block_ByHeightAndByHash()
    {
        using var folder = _world.Copy();
        var byHeight = await JsonAsync(folder, "show", "block", "1");
        var byHash = await JsonAsync(folder, "show", "block", byHeight["hash"]!.GetValue<string>());
        Assert.Equal(byHeight.ToJsonString(), byHash.ToJsonString());
        Assert.Contains("Output  3 to " + _world.Locked, (await DoAsync(folder, "show", "block", "1")).Output, StringComparison.Ordinal);

        var missing = await Cli.RunAsync("show", "block", "7", "--datadir", folder.Root);
        Assert.Equal(8, missing.Status);
        Assert.Contains("the chain has heights 0 to 1", missing.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_AddressAndUtxo_TheSameCoin()
    {
        using var folder = _world.Copy();
        var address = await JsonAsync(folder, "show", "address", _world.Locked);
        Assert.Equal(3m, address["balance"]!.GetValue<decimal>());
        var coin = Assert.Single(address["utxos"]!.AsArray())!;
        var place = $"{coin["txid"]}:{coin["vout"]}";
        var shown = (await DoAsync(folder, "show", "address", _world.Locked)).Output;
        Assert.Contains(place, shown, StringComparison.Ordinal);

        var utxo = await JsonAsync(folder, "show", "utxo", place);
        Assert.Equal(3m, utxo["value"]!.GetValue<decimal>());
        Assert.Equal(2, (await JsonAsync(folder, "show", "tx", coin["txid"]!.GetValue<string>()))["vout"]!.AsArray().Count);
        Assert.Equal(3, (await JsonAsync(folder, "show", "utxo"))["txouts"]!.GetValue<int>());

        var spent = await Cli.RunAsync("show", "utxo", $"{coin["txid"]}:9", "--datadir", folder.Root);
        Assert.Equal(5, spent.Status);
        Assert.Contains("is no unspent output", spent.Error, StringComparison.Ordinal);
        Assert.Equal(2, (await Cli.RunAsync("show", "utxo", "nonsense", "--datadir", folder.Root)).Status);
    }

    [Fact]
    public async Task Show_MempoolAndPeers_WithoutANode()
    {
        using var folder = _world.Copy();
        Assert.Empty((await JsonAsync(folder, "show", "mempool")).AsObject());
        Assert.Equal("No transaction waits.", (await DoAsync(folder, "show", "mempool")).Error.Trim());
        Assert.Equal(9, (await Cli.RunAsync("show", "peers", "--datadir", folder.Root)).Status);
    }

    [Fact]
    public async Task PrintChain_Tree_ShowsTheBranchThatWasLeft()
    {
        using var folder = _world.Copy();
        var left = (await JsonAsync(folder, "show", "tip"))["hash"]!.GetValue<string>();
        await DoAsync(folder, "rpc", "invalidateblock", left);
        await DoAsync(folder, "mine", "2", "--address", _world.Own);
        await DoAsync(folder, "rpc", "reconsiderblock", left);

        var tree = (await JsonAsync(folder, "printchain", "--tree")).AsArray();
        Assert.Equal(["2 active", "1 active", "1 stale", "0 active"], tree.Select(block => $"{block!["height"]} {block["status"]}"));
        var lines = (await DoAsync(folder, "printchain", "--tree")).Output.TrimEnd().Split('\n');
        Assert.StartsWith("*  ", lines[0], StringComparison.Ordinal);
        Assert.StartsWith("| o", lines[2], StringComparison.Ordinal);
        Assert.Contains(left, lines[2], StringComparison.Ordinal);
        Assert.EndsWith("stale", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Attach_LinesOfAPipe_CalledOneByOne()
    {
        using var folder = _world.Copy();
        var result = await Cli.ProcessWithInputAsync("getblockcount\n\nnosuchmethod\ngetblockhash 0\nexit\ngetblockcount\n", "attach", "--datadir", folder.Root);
        Assert.Equal(["1", (await JsonAsync(folder, "show", "block", "0"))["hash"]!.GetValue<string>()], result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(1, result.Status);
        Assert.Equal("chain: Method not found. 'chain rpc help' lists the methods that there are.", result.Error.Trim());
        Assert.False(File.Exists(folder.PathOf(".history_3000")));
    }

    [Theory]
    [InlineData("bash", "complete -o default -F _chain chain")]
    [InlineData("zsh", "compdef _chain chain")]
    [InlineData("fish", "complete -c chain")]
    [InlineData("pwsh", "Register-ArgumentCompleter -Native -CommandName chain")]
    public async Task Completions_OfAShell_AsksTheProgram(string shell, string expected)
    {
        var script = (await Cli.DoAsync("completions", shell)).Output;
        Assert.Contains(expected, script, StringComparison.Ordinal);
        Assert.Contains("[suggest:", script, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Completions_OfAnotherShell_Usage() => Assert.Equal(2, (await Cli.RunAsync("completions", "cmd")).Status);

    private static async Task<JsonNode> JsonAsync(DataFolder folder, params string[] arguments) =>
        JsonNode.Parse((await DoAsync(folder, [.. arguments, "--json"])).Output)!;

    private static Task<CliResult> DoAsync(DataFolder folder, params string[] arguments) => Cli.DoAsync([.. arguments, "--datadir", folder.Root]);
}
