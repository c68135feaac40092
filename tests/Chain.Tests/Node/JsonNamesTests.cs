using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Tests.Node.Kit;
using Chain.Tests.Node.Net;

namespace Chain.Tests.Node;

/// <summary>Every command that gives data is run with <c>--json</c>, and has the names of <see cref="JsonNames"/>.</summary>
public sealed class JsonNamesTests : IClassFixture<CommandWorld>
{
    private const int Attempts = 10;

    private readonly CommandWorld _world;
    private readonly List<string> _wrong = [];
    private readonly HashSet<string> _run = [];
    private IReadOnlyDictionary<string, string> _names = JsonNames.WithoutANode;
    private string _folder = "";

    public JsonNamesTests(CommandWorld world) => _world = world;

    [Fact]
    public async Task EveryCommand_HasItsNames()
    {
        var known = JsonNames.WithoutANode.Keys.Concat(JsonNames.WithNodes.Keys).Concat(JsonNames.Dev.Keys).Concat(JsonNames.WithoutData).ToList();
        var all = await Cli.InTurnAsync(root => root.Subcommands.SelectMany(command => Leaves("", command)).ToList());
        Assert.Equal("", string.Join(", ", all.Where(name => !known.Any(entry => entry == name || entry.StartsWith(name + " ", StringComparison.Ordinal)))));
        Assert.Equal("", string.Join(", ", known.Where(entry => !all.Any(name => entry == name || entry.StartsWith(name + " ", StringComparison.Ordinal)))));
    }

    [Fact]
    public async Task WithoutANode_EachCommand_TheseNames()
    {
        using var folder = _world.Copy();
        _folder = folder.Root;
        var (own, stranger) = (_world.Own, _world.Stranger);
        Directory.CreateDirectory(folder.PathOf("new"));
        _ = await AskAsync("init", $"init {folder.PathOf("other.json")} --datadir {folder.PathOf("new")} --node 3005");
        _ = await AskAsync("createwallet", $"createwallet --datadir {folder.PathOf("own")}");
        _ = await AskAsync("createblockchain", $"createblockchain --address {own} --params {folder.PathOf("easy.json")} --datadir {folder.PathOf("own")}");
        _ = await AskAsync("listaddresses", "listaddresses");
        _ = await AskAsync("mine", $"mine 2 --address {own}");
        var sent = await AskAsync("send --mine", $"send --from {own} --to {stranger} --amount 1 --mine");
        _ = await AskAsync("send --dry-run", $"send --from {own} --to {stranger} --amount 1 --dry-run");
        await ShowAsync(own, sent["txid"]!.GetValue<string>());
        await WalletAsync(folder, own, stranger);
        _ = await AskAsync("faucet", $"faucet {stranger} 1");
        _ = await AskAsync("reorg", "reorg 1");
        _ = await AskAsync("reindexutxo", "reindexutxo");
        _ = await AskAsync("doctor", $"doctor --port {FreePorts.Next()} --http-port {FreePorts.Next()}");
        foreach (var shell in (string[])["bash", "zsh", "fish", "pwsh"]) _ = await AskAsync($"completions {shell}", $"completions {shell}");
        _ = await AskAsync("snapshot save", "snapshot save one");
        _ = await AskAsync("snapshot list", "snapshot list");
        _ = await AskAsync("snapshot list NAME", "snapshot list one");
        _ = await AskAsync("snapshot restore", "snapshot restore one");
        _ = await AskAsync("snapshot delete", "snapshot delete one");
        AssertAll();
    }

    [Fact]
    public async Task WithNodes_EachCommand_TheseNames()
    {
        using var folder = new DataFolder();
        FreshChain.Create().WriteTo(folder.Root);
        folder.Write("secret.txt", CommandWorld.Passphrase + "\n");
        (_folder, _names) = (folder.Root, JsonNames.WithNodes);
        var first = await UpAsync();
        try
        {
            foreach (var line in (string[])["net status", $"net partition {first}/{first + 1}", $"net delay {first} 1ms", "net heal", $"net logs {first} -n 1", $"miner status --node {first}", $"miner stop --node {first}", $"miner start --node {first}", $"show peers --node {first}"])
                _ = await AskAsync(string.Join(' ', line.Split(' ').Take(2)), line);
            Assert.Equal(0, (await Cli.RunAsync(Words($"wallet encrypt --passphrase-file {folder.PathOf("secret.txt")} --node {first}"))).Status);
            _ = await AskAsync("wallet unlock", $"wallet unlock --passphrase-file {folder.PathOf("secret.txt")} --node {first}");
            _ = await AskAsync("wallet lock", $"wallet lock --node {first}");
            _ = await AskAsync("stop", $"stop --node {first + 1}");
        }
        finally
        {
            _ = await AskAsync("net down", "net down");
        }

        AssertAll();
    }

    [Fact]
    public async Task Dev_TheseNames()
    {
        using var home = new DataFolder();
        await using var dev = await DevProcess.StartAsync(home);
        Assert.Equal("", JsonNamesOf.Difference(dev.Banner, JsonNames.Dev["dev"]));
    }

    private async Task ShowAsync(string own, string txid)
    {
        _ = await AskAsync("getbalance", "getbalance");
        _ = await AskAsync("getbalance --address", $"getbalance --address {own}");
        _ = await AskAsync("printchain", "printchain --limit 2");
        _ = await AskAsync("printchain --tree", "printchain --tree");
        _ = await AskAsync("rpc", "rpc getblockchaininfo");
        _ = await AskAsync("show tip", "show tip");
        _ = await AskAsync("show block", "show block 1");
        _ = await AskAsync("show tx", $"show tx {txid}");
        _ = await AskAsync("show address", $"show address {own}");
        _ = await AskAsync("show utxo", "show utxo");
        _ = await AskAsync("show utxo OUTPOINT", $"show utxo {txid}:0");
    }

    private async Task WalletAsync(DataFolder folder, string own, string stranger)
    {
        var waiting = JsonNode.Parse((await Cli.DoAsync(Words($"rpc sendtoaddress {stranger} 1 --json"))).Output)!.GetValue<string>();
        _ = await AskAsync("wallet bump", $"wallet bump {waiting}");
        _ = await AskAsync("show mempool", "show mempool");
        _ = await AskAsync("wallet info", "wallet info");
        _ = await AskAsync("wallet history", "wallet history");
        _ = await AskAsync("wallet label", $"wallet label {stranger} bob");
        _ = await AskAsync("wallet watch", $"wallet watch {stranger}");
        _ = await AskAsync("wallet rescan", "wallet rescan");
        var signed = await AskAsync("wallet sign", $"wallet sign {own} hello");
        _ = await AskAsync("wallet verify", $"wallet verify {own} {signed["signature"]} hello");
        _ = await AskAsync("wallet backup", $"wallet backup {folder.PathOf("copy.dat")}");
        _ = await AskAsync("wallet restore", $"wallet restore {folder.PathOf("copy.dat")} --wallet old");
        folder.Write("master.txt", (await AskAsync("wallet export", "wallet export"))["xprv"]!.GetValue<string>() + "\n");
        folder.Write("key.txt", (await AskAsync("wallet export --address", $"wallet export --address {own}"))["privkey"]!.GetValue<string>() + "\n");
        _ = await AskAsync("wallet export --out", $"wallet export --out {folder.PathOf("exported.txt")}");
        _ = await AskAsync("wallet import MASTER", $"wallet import {folder.PathOf("master.txt")} --wallet again");
        _ = await AskAsync("wallet import", $"wallet import {folder.PathOf("key.txt")} --wallet again");
        _ = await AskAsync("wallet encrypt", $"wallet encrypt --passphrase-file {folder.PathOf("secret.txt")} --wallet old");
        _ = await AskAsync("wallet passphrase", $"wallet passphrase --passphrase-file {folder.PathOf("secret.txt")} --new-passphrase-file {folder.PathOf("wrong.txt")} --wallet old");
    }

    /// <summary>Two nodes on free ports, by a process; gives the first one's number.</summary>
    private async Task<int> UpAsync()
    {
        for (var attempt = 1; ; attempt++)
        {
            var first = NetWorld.FreeBase(2);
            var up = await Cli.ProcessAsync(Words($"net up 2 --base-port {first} --json"));
            if (up.Status == 0)
            {
                Judge("net up", "net up 2", up);
                return first;
            }

            Assert.True(attempt < Attempts && up.Error.Contains("cannot be used", StringComparison.Ordinal), up.Error);
        }
    }

    /// <summary>Runs a command, and keeps what is wrong with its names; gives what it gave.</summary>
    private async Task<JsonNode> AskAsync(string entry, string line) => Judge(entry, line, await Cli.RunAsync(Words(line + " --json")));

    private JsonNode Judge(string entry, string line, CliResult result)
    {
        Assert.True(result.Status == 0, $"chain {line}: status {result.Status}, {result.Error}");
        var json = JsonNode.Parse(result.Output)!;
        _run.Add(entry);
        if (JsonNamesOf.Difference(json, _names[entry]) is { Length: > 0 } difference) _wrong.Add($"{entry}: {difference}");
        return json;
    }

    private void AssertAll()
    {
        Assert.Equal("", string.Join('\n', _wrong));
        Assert.Equal("", string.Join(", ", _names.Keys.Except(_run)));
    }

    private string[] Words(string line) => [.. line.Split(' '), .. line.Contains(" --datadir ", StringComparison.Ordinal) ? (string[])[] : ["--datadir", _folder]];

    private static IEnumerable<string> Leaves(string path, Command command) => command.Subcommands.Count == 0
        ? [path + command.Name]
        : command.Subcommands.SelectMany(below => Leaves($"{path}{command.Name} ", below));
}
