using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>What the doctor finds, and that it changes nothing.</summary>
public sealed class DoctorTests : IClassFixture<CommandWorld>
{
    private readonly CommandWorld _world;

    public DoctorTests(CommandWorld world) => _world = world;

    [Fact]
    public async Task Doctor_WhereAllIsWell_NoProblem()
    {
        using var folder = _world.Copy();
        var result = await Cli.RunAsync([.. Arguments(folder), "--port", $"{FreePorts.Next()}", "--http-port", $"{FreePorts.Next()}"]);
        Assert.Equal((0, "No problem was found.\n"), (result.Status, result.Error));
        var kinds = Findings(result);
        Assert.Equal("ok", kinds["chain"]);
        Assert.Equal("note", kinds["wallet"]);
        Assert.Equal("note", kinds["node"]);
        Assert.Equal("ok", kinds["libsecp256k1"]);
    }

    public static TheoryData<string, string, string> Damages => new()
    {
        { "genesis.json", "chain", "no JSON" },
        { "Wallets_3000.dat", "wallet", "damaged" },
        { "chain.conf", "configuration", "name=value" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task Doctor_WhereAFileIsDamaged_TellsWhichAndWhatToDo(string file, string what, string expected)
    {
        using var folder = _world.Copy();
        if (file == "genesis.json") File.Delete(folder.PathOf("blockchain_3000.db"));
        folder.Write(file, "nonsense\n");
        var result = await Cli.RunAsync([.. Arguments(folder), "--json"]);
        Assert.Equal(1, result.Status);
        var finding = JsonNode.Parse(result.Output)!["findings"]!.AsArray().Single(finding => finding!["what"]!.GetValue<string>() == what)!;
        Assert.Equal("problem", finding["kind"]!.GetValue<string>());
        Assert.Contains(expected, finding["found"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.NotEqual("", finding["advice"]!.GetValue<string>());
    }

    [Fact]
    public async Task Doctor_WhereThereIsNoChain_SaysHowToGetOne()
    {
        using var folder = new DataFolder();
        var result = await Cli.RunAsync(Arguments(folder));
        Assert.Equal(1, result.Status);
        Assert.Contains("chain createblockchain --address ADDRESS", result.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Root));
    }

    [Fact]
    public async Task Doctor_WhereAPortIsTaken_NamesIt()
    {
        using var folder = _world.Copy();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        var port = ((IPEndPoint)other.LocalEndpoint).Port;
        var result = await Cli.RunAsync([.. Arguments(folder), "--port", $"{port}"]);
        Assert.Equal(1, result.Status);
        Assert.Equal("problem", Findings(result)["P2P port"]);
        Assert.Contains($"{port} cannot be used", result.Output, StringComparison.Ordinal);
    }

    private static string[] Arguments(DataFolder folder) => ["doctor", "--datadir", folder.Root];

    private static Dictionary<string, string> Findings(CliResult result) => result.Output.Split('\n')
        .Where(line => line.Length > 9 && line[0] != ' ')
        .ToDictionary(line => line[9..].Split(':')[0], line => line[..9].Trim());
}
