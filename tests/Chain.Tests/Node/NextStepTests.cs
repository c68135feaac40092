using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>What the node's methods say in Core's few words, commands say with the cause and the next step.</summary>
public sealed class NextStepTests : IClassFixture<CommandWorld>
{
    private const string Nowhere = "0000000000000000000000000000000000000000000000000000000000000001";

    private readonly CommandWorld _world;

    public NextStepTests(CommandWorld world) => _world = world;

    [Theory]
    [InlineData("show tx zz", 8, "'zz' is no transaction id, which has 64 hexadecimal digits.", "'chain show mempool")]
    [InlineData("show tx NOWHERE", 5, "There is no transaction NOWHERE", "'chain wallet history")]
    [InlineData("show block nonsense", 8, "'nonsense' is neither a block's height nor its hash", "'chain printchain --tree")]
    [InlineData("show block 99", 8, "There is no block at height 99 yet", "'chain show tip")]
    [InlineData("show block NOWHERE", 5, "This node has no block NOWHERE.", "'chain show tip")]
    [InlineData("show address nonsense", 5, "'nonsense' is not an address", "'chain wallet label")]
    [InlineData("show utxo zz:0", 8, "'zz' is no transaction id", "'chain printchain")]
    [InlineData("show utxo zz", 2, "it is written TXID:N", "'chain show address ADDRESS")]
    [InlineData("show utxo NOWHERE:0", 5, "NOWHERE:0 is no unspent output", "'chain show tx NOWHERE")]
    [InlineData("wallet bump zz", 8, "'zz' is no transaction id", "'chain show mempool")]
    [InlineData("wallet bump NOWHERE", 5, "Nothing was replaced. NOWHERE is no payment of this wallet.", "'chain wallet history")]
    [InlineData("wallet restore FOLDER/Wallets_3001.dat", 36, "There is a wallet at FOLDER/Wallets_3000.dat already", "'chain wallet restore --wallet old FOLDER/Wallets_3001.dat --datadir FOLDER'")]
    [InlineData("wallet lock", 15, "it has no passphrase, and is never locked", "'chain wallet encrypt")]
    [InlineData("wallet passphrase", 15, "it has no passphrase, and is never locked", "'chain wallet encrypt")]
    [InlineData("wallet verify OWN xx hello", 3, "Malformed base64", "'chain wallet sign")]
    [InlineData("wallet passphrase --node 3001 --passphrase-file FOLDER/wrong.txt --new-passphrase-file FOLDER/secret.txt", 14, "does not open the wallet", "look for a mistyped letter there")]
    [InlineData("rpc getblockhash abc", 3, "Wrong type passed", "'chain rpc help getblockhash")]
    [InlineData("rpc getblockcount 1 2", 1, "It is called so: getblockcount.", "'chain rpc help getblockcount")]
    [InlineData("rpc getblockcuont", 1, "Did you mean 'getblockcount'?", "'chain rpc help")]
    [InlineData("rpc -named getblock hash=1", 8, "Unknown named parameter hash.", "'chain rpc help getblock")]
    [InlineData("getbalance --node 127.0.0.1:3000", 2, "--node is the port number alone", "--datadir")]
    [InlineData("getbalance --wallet nope", 18, "There is no wallet at FOLDER/Wallets_3000_nope.dat.", "'chain createwallet --datadir FOLDER --wallet nope'")]
    [InlineData("stop --node 3009 --datadir FOLDER/new", 9, "No node 3009 is running in FOLDER/new, which has no chain", "--node and --datadir name another")]
    [InlineData("getbalance --datadir FOLDER/secret.txt", 2, "--datadir FOLDER/secret.txt is a file", "name the folder")]
    public async Task Mistake_SaysWhatAndWhatNext(string line, int status, string cause, string nextStep)
    {
        using var folder = _world.Copy();
        string Fill(string text) => text.Replace("NOWHERE", Nowhere, StringComparison.Ordinal).Replace("OWN", _world.Own, StringComparison.Ordinal).Replace("FOLDER", folder.Root, StringComparison.Ordinal);
        string[] words = Fill(line).Split(' ');
        if (!words.Contains("--datadir")) words = [.. words, "--datadir", folder.Root];
        var result = await Cli.RunAsync(words);
        Assert.Equal((status, ""), (result.Status, result.Output));
        var told = result.Error.TrimEnd().Split('\n')[^1];
        Assert.StartsWith("chain: ", told, StringComparison.Ordinal);
        Assert.Contains(Fill(cause), told, StringComparison.Ordinal);
        Assert.Contains(Fill(nextStep), told, StringComparison.Ordinal);
    }

    /// <summary>As 'chain rpc' takes them, before or behind the method.</summary>
    [Fact]
    public async Task Attach_NamedParameters()
    {
        using var folder = _world.Copy();
        var result = await Cli.ProcessWithInputAsync("getblockhash 0\n-named getblockhash height=0\ngetblockhash -named height=0\n", "attach", "--datadir", folder.Root);
        Assert.Equal((0, ""), (result.Status, result.Error));
        Assert.Single(result.Output.TrimEnd().Split('\n').Distinct());
        Assert.Equal(3, result.Output.TrimEnd().Split('\n').Length);
    }
}
