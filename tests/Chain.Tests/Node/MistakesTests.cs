using System.Net;
using System.Net.Sockets;
using Chain.Core.Consensus;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>The ten mistakes of a newcomer: each is one line with the cause and the next step, and a status of its own.</summary>
public sealed class MistakesTests : IClassFixture<CommandWorld>
{
    private readonly CommandWorld _world;

    public MistakesTests(CommandWorld world) => _world = world;

    [Fact]
    public async Task NoWallet()
    {
        using var folder = _world.Copy();
        await FailsAsync(folder, "send --from OWN --to STRANGER --amount 1 --node 3002", 18, "There is no wallet at", "chain createwallet");
        await FailsAsync(folder, "listaddresses --node 3002", 18, "There is no wallet at", "chain createwallet");
        await FailsAsync(folder, "mine --node 3002", 18, "There is no wallet at", "chain createwallet");
    }

    [Fact]
    public async Task NoChain()
    {
        using var folder = new DataFolder();
        foreach (var line in new[] { "getbalance", "printchain", "startnode", "show tip", "mine", "attach", $"send --from {_world.Own} --to {_world.Own} --amount 1" })
            await FailsAsync(folder, $"{line} --http-port {FreePorts.Next()}", 1, "There is no chain in", "chain createblockchain --address ADDRESS");
    }

    [Theory]
    [InlineData("\"\n", "A quotation mark is open")]
    [InlineData("getblockhash \"0\n", "A quotation mark is open")]
    [InlineData("\"\"\n", "That is no call")]
    [InlineData("-named\n", "That is no call")]
    [InlineData("-named getblockhash 0\n", "is not NAME=VALUE")]
    [InlineData("getblockcuont\n", "Did you mean 'getblockcount'?")]
    [InlineData("getblockhash 0 1\n", "It is called so: getblockhash height.")]
    public async Task Attach_ALineThatIsNoCall(string typed, string text)
    {
        using var folder = _world.Copy();
        var result = await Cli.ProcessWithInputAsync(typed, "attach", "--datadir", folder.Root);
        Assert.NotEqual(70, result.Status);
        Assert.NotEqual(0, result.Status);
        Assert.Contains(text, result.Error, StringComparison.Ordinal);
    }

    /// <summary>The folder holds the chain too, so that nothing else tells that the node runs from another one.</summary>
    [Theory]
    [InlineData("show peers", 9)]
    [InlineData("stop", 9)]
    [InlineData("wallet info", 18)]
    public async Task NodeRunningElsewhere_WhereThereIsAChain(string line, int status)
    {
        using var folder = _world.Copy();
        if (status == 18) File.Delete(folder.PathOf("Wallets_3000.dat"));
        using var other = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        other.Start();
        var port = ((System.Net.IPEndPoint)other.LocalEndpoint).Port;
        await FailsAsync(folder, $"{line} --http-port {port}", status, $"something listens on port {port}", "--datadir");
        other.Stop();
    }

    [Theory]
    [InlineData("nonsense", "is not an address")]
    [InlineData("MISTYPED", "checksum is wrong")]
    [InlineData("FOREIGN", "address of another chain")]
    public async Task WrongAddress(string address, string cause)
    {
        using var folder = _world.Copy();
        await FailsAsync(folder, $"send --from OWN --to {address} --amount 1 --mine", 5, cause, "");
        await FailsAsync(folder, $"show address {address}", 5, cause, "");
        await FailsAsync(folder, $"mine --address {address}", 5, cause, "");
    }

    [Fact]
    public async Task TooLittleMoney()
    {
        using var folder = _world.Copy();
        await FailsAsync(folder, "send --from OWN --to STRANGER --amount 18 --mine", 6, "Not enough money: 18 needed with the fee, 17 available.", "chain mine");
    }

    [Fact]
    public async Task ImmatureCoins()
    {
        using var folder = new DataFolder();
        await DoAsync(folder, "init regtest");
        var address = (await DoAsync(folder, "createwallet")).LastWord.Trim();
        await DoAsync(folder, "mine 2");
        await FailsAsync(folder, $"send --from {address} --to {address} --amount 1 --mine", 6, "Another 100 are newly mined and still immature: enough of them can be spent after 99 more blocks", $"'chain mine 99 --datadir {folder.Root}'");
        await FailsAsync(folder, $"send --from {address} --to {address} --amount 70 --mine", 6, "enough of them can be spent after 100 more blocks", "'chain mine 100 ");
        await FailsAsync(folder, $"send --from {address} --to {address} --amount 101 --mine", 6, "all of them can be spent after 100 more blocks", "that is not enough either");
        await DoAsync(folder, "mine 98");
        await FailsAsync(folder, $"send --from {address} --to {address} --amount 1 --mine", 6, "after 1 more block,", "'chain mine 1 ");
        await DoAsync(folder, "mine 1");
        await DoAsync(folder, $"send --from {address} --to {address} --amount 1 --mine");
    }

    [Fact]
    public async Task LockedWallet()
    {
        using var folder = _world.Copy();
        await DoAsync(folder, "rpc getbalance --node 3001");
        var result = await Cli.ProcessAsync(Arguments(folder, "send --from LOCKED --to OWN --amount 1 --node 3001 --mine"));
        AssertTells(result, 13, "The wallet is encrypted", "--passphrase-file FILE");
        await FailsAsync(folder, "send --from LOCKED --to OWN --amount 1 --node 3001 --mine --passphrase-file wrong.txt", 14, "does not open the wallet", "");

        // Its coins are in the database of node 3000 alone: what is missing behind the right passphrase is money.
        var line = Arguments(folder, "send --from LOCKED --to OWN --amount 1 --node 3001 --mine -q");
        AssertTells(await Cli.ProcessWithInputAsync("incorrect horse\n", line), 14, "does not open the wallet", "");
        AssertTells(await Cli.ProcessWithInputAsync(CommandWorld.Passphrase + "\n", line), 6, "Not enough money", "");
    }

    [Fact]
    public async Task NodeNotRunning()
    {
        using var folder = _world.Copy();
        await FailsAsync(folder, "show peers", 9, "No node is running here", "chain startnode");
        await FailsAsync(folder, "stop", 9, "No node 3000 is running", "--node");
        await FailsAsync(folder, "send --from OWN --to STRANGER --amount 1 --peer 127.0.0.1:1", 1, "No node runs here", "chain startnode");
    }

    [Fact]
    public async Task NodeRunningElsewhere()
    {
        using var folder = _world.Copy();
        using var empty = new DataFolder();
        using var elsewhere = new TcpListener(IPAddress.Loopback, 0);
        elsewhere.Start();
        var port = ((IPEndPoint)elsewhere.LocalEndpoint).Port;
        await FailsAsync(empty, $"getbalance --http-port {port}", 1, $"something listens on port {port}", "--datadir");

        File.Delete(folder.PathOf(GenesisFile.FileName));
        await FailsAsync(folder, "printchain --node 3005", 1, "There is no chain in", "Node 3000 has one there: name it with --node or NODE_ID");
    }

    [Fact]
    public async Task NodeOfAnotherNumber_IsToldThatItIsNew()
    {
        using var folder = _world.Copy();
        var result = await DoAsync(folder, "getbalance --address OWN --node 3005");
        Assert.Contains("Did you mean node 3000? --node or NODE_ID names it.", result.Error, StringComparison.Ordinal);
        await DoAsync(folder, "rpc getblockcount --node 3005");
        Assert.DoesNotContain("Did you mean", (await DoAsync(folder, "getbalance --address OWN --node 3005")).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sned", "Unrecognized command 'sned'. Did you mean 'send'?")]
    [InlineData("sned --help", "Unrecognized command 'sned'. Did you mean 'send'?")]
    [InlineData("help sned", "Unrecognized command 'sned'. Did you mean 'send'?")]
    [InlineData("wallet exprot", "Unrecognized command 'exprot'. Did you mean 'export'? 'chain wallet --help' tells what there is.")]
    [InlineData("getbalance --adress OWN", "Unrecognized option '--adress'. Did you mean '--address'?")]
    [InlineData("getbalance --nod 3001", "Unrecognized option '--nod'. Did you mean '--node'?")]
    [InlineData("getbalance extra", "Unrecognized argument 'extra'. 'chain getbalance --help' tells what there is.")]
    [InlineData("transmogrify", "Unrecognized command 'transmogrify'. 'chain --help' tells what there is.")]
    [InlineData("show tip --conf nowhere.conf", "--conf nowhere.conf: there is no such file.")]
    public async Task MistypedWord(string line, string cause)
    {
        using var folder = _world.Copy();
        await FailsAsync(folder, line, 2, cause, "");
    }

    [Theory]
    [InlineData("", "Commands:")]
    [InlineData("help", "Commands:")]
    [InlineData("wallet", "unlock ")]
    [InlineData("help wallet", "unlock ")]
    [InlineData("help send", "chain send --from alice --to bob --amount 1 --wait")]
    [InlineData("send --help", "chain send --from alice --to bob --amount 1 --wait")]
    [InlineData("help wallet export", "chain wallet export")]
    public async Task NoCommand_OrHelp_TellsWhatThereIs(string line, string expected)
    {
        var result = await Cli.DoAsync(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains(expected, result.Output, StringComparison.Ordinal);
        Assert.Equal("", result.Error);
    }

    [Fact]
    public async Task WrongChain()
    {
        using var folder = _world.Copy();
        await FailsAsync(folder, "init other.json", 1, "holds another chain already", "--datadir");
        using var other = new DataFolder();
        await DoAsync(other, "init regtest");
        await using var node = await NodeProcess.StartAsync(new NodeOptions(other.Root));
        await FailsAsync(folder, $"send --from OWN --to STRANGER --amount 1 --peer 127.0.0.1:{node.Port}", 1, "another chain", "chain startnode");
    }

    [Fact]
    public async Task PortTaken()
    {
        using var folder = _world.Copy();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        await FailsAsync(folder, $"startnode --port {port}", 1, $"Port {port} for P2P cannot be used", "choose another port with --port");
        await FailsAsync(folder, $"startnode --port 0 --http-port {port}", 1, $"Port {port} for RPC cannot be used", "choose another port with --http-port");
    }

    private async Task FailsAsync(DataFolder folder, string line, int status, string cause, string nextStep) =>
        AssertTells(await Cli.RunAsync(Arguments(folder, line)), status, cause, nextStep);

    private static void AssertTells(CliResult result, int status, string cause, string nextStep)
    {
        var told = Assert.Single(result.Error.TrimEnd().Split('\n'));
        Assert.Contains(cause, told, StringComparison.Ordinal);
        Assert.Contains(nextStep, told, StringComparison.Ordinal);
        Assert.Equal((status, ""), (result.Status, result.Output));
    }

    private async Task<CliResult> DoAsync(DataFolder folder, string line) => await Cli.DoAsync(Arguments(folder, line));

    private string[] Arguments(DataFolder folder, string line) =>
    [
        .. line.Replace("OWN", _world.Own, StringComparison.Ordinal).Replace("STRANGER", _world.Stranger, StringComparison.Ordinal)
            .Replace("LOCKED", _world.Locked, StringComparison.Ordinal).Replace("MISTYPED", _world.Mistyped, StringComparison.Ordinal)
            .Replace("FOREIGN", _world.Foreign, StringComparison.Ordinal).Replace("wrong.txt", folder.PathOf("wrong.txt"), StringComparison.Ordinal)
            .Replace("other.json", folder.PathOf("other.json"), StringComparison.Ordinal).Split(' '),
        "--datadir", folder.Root,
    ];
}
