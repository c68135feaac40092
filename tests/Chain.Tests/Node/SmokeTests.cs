using System.Text.Json.Nodes;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>
/// The program from the outside, as it is given away: CHAIN_PROGRAM names the executable, and without it the build is used. What
/// trimming or packing could leave out shows here.
/// </summary>
[Trait("Category", "Smoke")]
public sealed class SmokeTests
{
    [Fact]
    public async Task Program_FromNothingToAConfirmedPayment()
    {
        using var folder = new DataFolder();
        var alice = (await DoAsync(folder, "createwallet")).LastWord;
        var bob = (await DoAsync(folder, "createwallet")).LastWord;
        await DoAsync(folder, "createblockchain", "--address", alice);
        await DoAsync(folder, "send", "--from", alice, "--to", bob, "--amount", "4", "--mine");
        Assert.Equal($"Balance of '{bob}': 4", (await DoAsync(folder, "getbalance", "--address", bob)).Output.Trim());
        Assert.Equal("16", (await DoAsync(folder, "getbalance", "--address", alice)).LastWord);
        Assert.Contains("no difference", (await DoAsync(folder, "reindexutxo")).Output, StringComparison.Ordinal);
        Assert.Equal(2, JsonNode.Parse((await DoAsync(folder, "printchain", "--json")).Output)!.AsArray().Count);
    }

    [Fact]
    public async Task Program_AsANode_MinesAndAnswers()
    {
        using var folder = new DataFolder();
        var alice = (await DoAsync(folder, "createwallet")).LastWord;
        await DoAsync(folder, "createblockchain", "--address", alice);
        await using var node = await NodeProcess.StartAsync(new NodeOptions(folder.Root) { MineTo = alice });
        var bob = (await DoAsync(folder, "createwallet")).LastWord;
        var sent = await DoAsync(folder, "send", "--from", alice, "--to", bob, "--amount", "3", "--wait", "--json");
        Assert.NotNull(JsonNode.Parse(sent.Output)!["blockhash"]);
        Assert.Equal(1, JsonNode.Parse((await DoAsync(folder, "show", "tip", "--json")).Output)!["height"]!.GetValue<int>());
        Assert.Equal("3", (await DoAsync(folder, "getbalance", "--address", bob)).LastWord);
        Assert.Contains("getblockcount", (await DoAsync(folder, "rpc", "help")).Output, StringComparison.Ordinal);
        await DoAsync(folder, "rpc", "createwallet", "second");
        Assert.Contains("second", (await DoAsync(folder, "rpc", "listwallets")).Output, StringComparison.Ordinal);
        await DoAsync(folder, "stop");
    }

    [Fact]
    public async Task Program_WithAnEncryptedWallet_SignsWithItsPassphrase()
    {
        using var folder = new DataFolder();
        var passphrase = folder.Write("passphrase.txt", "correct horse\n");
        var alice = (await DoAsync(folder, "createwallet", "--passphrase-file", passphrase)).LastWord;
        await DoAsync(folder, "createblockchain", "--address", alice);
        var sent = await DoAsync(folder, "send", "--from", alice, "--to", alice, "--amount", "1", "--mine", "--passphrase-file", passphrase);
        Assert.Contains("Mined in block", sent.Output, StringComparison.Ordinal);
    }

    private static async Task<CliResult> DoAsync(DataFolder folder, params string[] arguments)
    {
        var result = await Cli.ProcessAsync([.. arguments, "--datadir", folder.Root]);
        Assert.True(result.Status == 0, $"chain {string.Join(' ', arguments)}: status {result.Status}, {result.Error}");
        return result with { Output = result.Output.Trim() };
    }
}
