using System.Text.Json.Nodes;
using Chain.Node;
using Chain.Node.Commands;
using Chain.Node.Rpc;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>How commands speak: JSON, quiet, verbose, time limits, nicknames.</summary>
public sealed partial class MannersTests : IClassFixture<CommandWorld>
{
    private readonly CommandWorld _world;

    public MannersTests(CommandWorld world) => _world = world;

    [Fact]
    public async Task Command_WithJson_TellsAnErrorAsJson()
    {
        using var folder = _world.Copy();
        foreach (var (line, status) in new[] { ("getbalance --address nonsense --json", 5), ("getbalance --nonsense --json", 2) })
        {
            var result = await Cli.RunAsync(Arguments(folder, line));
            Assert.Equal((status, ""), (result.Status, result.Output));
            var error = JsonNode.Parse(Assert.Single(result.Error.TrimEnd().Split('\n')))!["error"]!;
            Assert.Equal(status, error["status"]!.GetValue<int>());
            Assert.Contains("nonsense", error["message"]!.GetValue<string>(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Command_Quiet_SaysNothingBesideTheData()
    {
        using var folder = _world.Copy();
        var line = "send --from OWN --to STRANGER --amount 1 --dry-run";
        Assert.NotEqual("", (await Cli.DoAsync(Arguments(folder, line))).Error);
        var quiet = await Cli.DoAsync(Arguments(folder, line + " -q"));
        Assert.Equal("", quiet.Error);
        Assert.Contains("Would send", quiet.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_Verbose_TellsWhatIsAskedButNoSecret()
    {
        using var folder = _world.Copy();
        var asked = await Cli.DoAsync(Arguments(folder, "rpc getblockhash 0 -v"));
        Assert.Contains("database: getblockhash [0] answered after", asked.Error, StringComparison.Ordinal);
        var secret = await Cli.RunAsync(Arguments(folder, "rpc walletpassphrase secretword 10 -v"));
        Assert.Contains("walletpassphrase […] failed", secret.Error, StringComparison.Ordinal);
        Assert.Contains("give secrets on stdin, with -stdin", secret.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("secretword", secret.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Methods_ThatTakeKeysOrPassphrases_AreSecret()
    {
        var taking = RpcTable.All.Where(method => SecretNames().IsMatch(method.Parameters)).Select(method => method.Name).ToList();
        Assert.Contains("restorehdwallet", taking);
        Assert.All(taking, name => Assert.True(Secrets.IsSecret(name), name));
    }

    [Fact]
    public async Task Rpc_Stdin_GivesFurtherParameters()
    {
        using var folder = _world.Copy();
        var result = await Cli.ProcessWithInputAsync("0\n", Arguments(folder, "rpc getblockhash -stdin"));
        Assert.Equal(0, result.Status);
        Assert.Equal(64, result.Output.Trim().Length);
    }

    [Theory]
    [InlineData("restorehdwallet \"\" tprvsecret")]
    [InlineData("\"walletpassphrase\" secretword 10")]
    [InlineData("walletpassphrase\tsecretword 10")]
    public void History_ASecret_IsNotKept(string line)
    {
        using var folder = new DataFolder();
        var history = new PromptHistory(folder.PathOf("history"));
        history.Add(line);
        history.Add("getblockcount");
        Assert.Equal("getblockcount", Assert.Single(File.ReadAllLines(folder.PathOf("history"))));
    }

    [Fact]
    public async Task CreateBlockchain_PastItsTime_BlamesNoTarget()
    {
        using var folder = new DataFolder();
        folder.Write("hard.json", """{"powLimit": "1d00ffff"}""");
        var own = (await Cli.DoAsync("createwallet", "--datadir", folder.Root)).LastWord.Trim();
        var result = await Cli.RunAsync("createblockchain", "--address", own, "--params", folder.PathOf("hard.json"), "--timeout", "0.2", "--datadir", folder.Root);
        Assert.Equal((CommandException.TimeoutStatus, ""), (result.Status, result.Output));
        Assert.Contains("longer than the 0.2 s of --timeout. No chain was created.", result.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.PathOf("genesis.json")));
    }

    [Fact]
    public async Task Command_PastItsTime_Status124()
    {
        using var folder = _world.Copy();
        var result = await Cli.RunAsync(Arguments(folder, "rpc waitforblockheight 1000 --timeout 0.2"));
        Assert.Equal((CommandException.TimeoutStatus, ""), (result.Status, result.Output));
        Assert.Contains("longer than the 0.2 s of", result.Error, StringComparison.Ordinal);
    }

    /// <summary>What was done before the time was over is told.</summary>
    [Fact]
    public async Task Mine_PastItsTime_SaysHowFarItCame()
    {
        using var folder = _world.Copy();
        var result = await Cli.RunAsync(Arguments(folder, "mine 1000000 --timeout 1"));
        Assert.Equal((CommandException.TimeoutStatus, ""), (result.Status, result.Output));
        var height = (await Cli.DoAsync(Arguments(folder, "rpc getblockcount"))).Output.Trim();
        Assert.Contains($"longer than the 1 s of --timeout. {int.Parse(height, System.Globalization.CultureInfo.InvariantCulture) - 1} of 1000000 blocks were mined", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_WhoseConfirmationDoesNotComeInTime_SaysThatItWasSent()
    {
        using var folder = _world.Copy();
        await using var node = await NodeProcess.StartAsync(new NodeOptions(folder.Root));
        var result = await Cli.RunAsync(Arguments(folder, "send --from OWN --to STRANGER --amount 1 --wait -q --timeout 2"));
        Assert.Equal((CommandException.TimeoutStatus, ""), (result.Status, result.Output));
        Assert.Contains($"The payment {Assert.Single(await node.PoolAsync())} was sent, and is not confirmed as far as was seen", result.Error, StringComparison.Ordinal);
        Assert.Contains("Do not send it again.", result.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Label_StandsForItsAddress()
    {
        using var folder = _world.Copy();
        await Cli.DoAsync(Arguments(folder, "rpc setlabel STRANGER bob"));
        var sent = JsonNode.Parse((await Cli.DoAsync(Arguments(folder, "send --from OWN --to bob --amount 2 --mine --json"))).Output)!;
        Assert.Equal(_world.Stranger, sent["to"]!.GetValue<string>());
        Directory.CreateDirectory(folder.PathOf("new"));
        File.Copy(folder.PathOf("Wallets_3000.dat"), Path.Combine(folder.PathOf("new"), "Wallets_3000.dat"));
        var made = await Cli.DoAsync(Arguments(folder, "createblockchain --address bob --params EASY --json --datadir NEW"));
        Assert.Equal(_world.Stranger, JsonNode.Parse(made.Output)!["address"]!.GetValue<string>());
        Assert.Equal("Balance of 'bob': 2", (await Cli.DoAsync(Arguments(folder, "getbalance --address bob"))).Output.Trim());

        await Cli.DoAsync(Arguments(folder, "rpc setlabel LOCKED bob"));
        var twice = await Cli.RunAsync(Arguments(folder, "send --from OWN --to bob --amount 2 --mine"));
        Assert.Equal(5, twice.Status);
        Assert.Contains("Several addresses have the label 'bob'", twice.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("chain get", "getbalance")]
    [InlineData("chain send --fee-", "--fee-rate")]
    public async Task Suggest_ABeginning_HowItGoesOn(string line, string expected)
    {
        var result = await Cli.DoAsync($"[suggest:{line.Length}]", line);
        Assert.Contains(expected, result.Output.Split('\n', StringSplitOptions.TrimEntries));
    }

    [System.Text.RegularExpressions.GeneratedRegex("passphrase|privkey|xprv|descriptors?[?:]|requests:")]
    private static partial System.Text.RegularExpressions.Regex SecretNames();

    private string[] Arguments(DataFolder folder, string line)
    {
        var words = line.Replace("OWN", _world.Own, StringComparison.Ordinal).Replace("STRANGER", _world.Stranger, StringComparison.Ordinal)
            .Replace("LOCKED", _world.Locked, StringComparison.Ordinal).Replace("NEW", folder.PathOf("new"), StringComparison.Ordinal)
            .Replace("EASY", folder.PathOf("easy.json"), StringComparison.Ordinal).Split(' ').ToList();
        if (!words.Contains("--datadir")) words.AddRange(["--datadir", folder.Root]);
        return [.. words];
    }
}
