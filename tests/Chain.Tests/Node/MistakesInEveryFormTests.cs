using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>The ten mistakes of a newcomer in a pipe, with <c>--json</c> and in a terminal: the same cause, next step and status; and what is advised works.</summary>
public sealed partial class MistakesInEveryFormTests : IClassFixture<CommandWorld>
{
    private readonly CommandWorld _world;

    public MistakesInEveryFormTests(CommandWorld world) => _world = world;

    /// <summary>What stands in capitals is filled in: addresses, the folder, one that is empty, one with immature coins, a port that is free and one that is not.</summary>
    public static TheoryData<string, string, int, string, string> Mistakes => new()
    {
        { "no wallet", "send --from OWN --to STRANGER --amount 1 --node 3002", 18, "There is no wallet at FOLDER/Wallets_3002.dat.", "'chain createwallet --datadir FOLDER --node 3002'" },
        { "no chain", "getbalance --datadir EMPTY --http-port FREE", 1, "There is no chain in EMPTY: no blockchain_3000.db and no genesis.json.", "'chain createblockchain --address ADDRESS --datadir EMPTY'" },
        { "wrong address", "send --from OWN --to MISTYPED --amount 1", 5, "'MISTYPED' is not an address: a character or the checksum is wrong.", "Copy it again in full." },
        { "too little money", "send --from OWN --to STRANGER --amount 18 --mine", 6, "Not enough money: 18 needed with the fee, 17 available.", "'chain mine --datadir FOLDER' earns some" },
        { "immature coins", "send --to YOUNGOWN --amount 1 --mine --datadir YOUNG", 6, "Another 100 are newly mined and still immature: enough of them can be spent after 99 more blocks", "'chain mine 99 --datadir YOUNG'" },
        { "locked wallet", "rpc sendtoaddress OWN 1 --node 3001", 13, "The wallet is encrypted and locked.", "'chain wallet unlock --datadir FOLDER --node 3001'" },
        { "node not running", "show peers --http-port FREE", 9, "No node is running here.", "'chain startnode --datadir FOLDER'" },
        { "node running elsewhere", "show peers --http-port TAKEN", 9, "something listens on port TAKEN, perhaps this node with another data directory", "name that folder with --datadir" },
        { "wrong chain", "init FOLDER/other.json", 1, "FOLDER holds another chain already", "--datadir" },
        { "port taken", "startnode --port TAKEN --http-port FREE", 1, "Port TAKEN for P2P cannot be used", "choose another port with --port" },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task Mistake_InAPipe_AsJson_InATerminal(string name, string line, int status, string cause, string nextStep)
    {
        using var folder = _world.Copy();
        using var empty = new DataFolder();
        using var young = new DataFolder();
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var youngOwn = name == "immature coins" ? await MakeYoungAsync(young) : "";
        if (name == "locked wallet") await Cli.DoAsync("rpc", "getblockcount", "--node", "3001", "--datadir", folder.Root);
        var free = FreePorts.Next();
        string Fill(string text) => text.Replace("YOUNGOWN", youngOwn, StringComparison.Ordinal).Replace("YOUNG", young.Root, StringComparison.Ordinal)
            .Replace("OWN", _world.Own, StringComparison.Ordinal).Replace("STRANGER", _world.Stranger, StringComparison.Ordinal)
            .Replace("MISTYPED", _world.Mistyped, StringComparison.Ordinal).Replace("FOLDER", folder.Root, StringComparison.Ordinal)
            .Replace("EMPTY", empty.Root, StringComparison.Ordinal).Replace("TAKEN", $"{((IPEndPoint)taken.LocalEndpoint).Port}", StringComparison.Ordinal)
            .Replace("FREE", $"{free}", StringComparison.Ordinal);
        string[] words = Fill(line).Split(' ');
        if (!words.Contains("--datadir")) words = [.. words, "--datadir", folder.Root];

        var piped = await Cli.ProcessAsync(words);
        Assert.Equal((status, ""), (piped.Status, piped.Output));
        var told = Assert.Single(piped.Error.TrimEnd().Split('\n'));
        Assert.StartsWith("chain: ", told, StringComparison.Ordinal);
        Assert.Contains(Fill(cause), told, StringComparison.Ordinal);
        Assert.Contains(Fill(nextStep), told, StringComparison.Ordinal);

        var json = await Cli.ProcessAsync([.. words, "--json"]);
        Assert.Equal((status, ""), (json.Status, json.Output));
        var error = JsonNode.Parse(json.Error)!["error"]!;
        Assert.Equal(status, error["status"]!.GetValue<int>());
        Assert.Equal(told["chain: ".Length..], error["message"]!.GetValue<string>());

        using var terminal = TerminalProcess.Start(words);
        terminal.CloseKeys();
        var (shownStatus, shown) = await terminal.WaitForEndAsync();
        Assert.Equal(status, shownStatus);
        Assert.Contains(told, shown, StringComparison.Ordinal);
    }

    /// <summary>From nothing to a payment by what the messages advise, each command as it stands there.</summary>
    [Fact]
    public async Task NextSteps_AsTheyStand_LeadToAPayment()
    {
        using var folder = new DataFolder();
        string[] place = ["--datadir", folder.Root, "--node", "3004", "--http-port", $"{FreePorts.Next()}"];
        var noChain = await Cli.RunAsync(["getbalance", .. place]);
        Assert.Equal(1, noChain.Status);
        var steps = Commands(noChain.Error);
        Assert.StartsWith("createblockchain --address ADDRESS --datadir", steps[0], StringComparison.Ordinal);
        var address = (await DoAsync(Assert.Single(steps, step => step.StartsWith("createwallet", StringComparison.Ordinal)))).LastWord.Trim();

        // Now there is an address, and the message has it.
        await DoAsync(Commands((await Cli.RunAsync(["getbalance", .. place])).Error)[0]);
        var poor = await Cli.RunAsync(["send", "--from", address, "--to", address, "--amount", "11", "--mine", .. place]);
        Assert.Equal(6, poor.Status);
        await DoAsync(Commands(poor.Error)[0]);
        var paid = await Cli.RunAsync(["send", "--from", address, "--to", address, "--amount", "11", "--mine", .. place]);
        Assert.True(paid.Status == 0, paid.Error);
    }

    [Fact]
    public async Task ImmatureCoins_TheBlocksThatAreNamed_AreEnough()
    {
        using var folder = new DataFolder();
        var address = await MakeYoungAsync(folder);
        string[] line = ["send", "--to", address, "--amount", "60", "--mine", "--datadir", folder.Root];
        var failed = await Cli.RunAsync(line);
        Assert.Equal(6, failed.Status);
        await DoAsync(Commands(failed.Error)[0]);
        Assert.Equal(0, (await Cli.RunAsync(line)).Status);
    }

    /// <summary>Two blocks on a chain whose rewards are young for a hundred; gives the address that has them.</summary>
    private static async Task<string> MakeYoungAsync(DataFolder folder)
    {
        await Cli.DoAsync("init", "regtest", "--datadir", folder.Root);
        var address = (await Cli.DoAsync("createwallet", "--datadir", folder.Root)).LastWord.Trim();
        await Cli.DoAsync("mine", "2", "--datadir", folder.Root);
        return address;
    }

    private static Task<CliResult> DoAsync(string command) => Cli.DoAsync(command.Split(' '));

    private static List<string> Commands(string text) => [.. Named().Matches(text).Select(match => match.Groups[1].Value)];

    [GeneratedRegex("'chain ([^']+)'")]
    private static partial Regex Named();
}
