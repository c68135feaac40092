using System.Text.Json.Nodes;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>With <c>--json</c> stderr holds nothing, or one JSON object: the error, or what must be known beside the data. No words stand there.</summary>
public sealed class JsonStderrTests : IClassFixture<CommandWorld>
{
    private readonly CommandWorld _world;

    public JsonStderrTests(CommandWorld world) => _world = world;

    [Theory]
    [MemberData(nameof(PseudoTerminalTests.Lines), MemberType = typeof(PseudoTerminalTests))]
    public async Task Command_WithJson_StderrIsNothingOrOneObject(string line, string expected)
    {
        Assert.NotEqual("", expected);
        using var folder = _world.Copy();
        var result = await Cli.RunAsync(Arguments(folder, line + " --json"));
        if (result.Error.Length == 0)
        {
            Assert.True(result.Status is 0 or 1, $"{line}: {result.Status}");
            return;
        }

        var told = Assert.IsType<JsonObject>(JsonNode.Parse(Assert.Single(result.Error.TrimEnd().Split('\n'))));
        Assert.Equal(result.Status == 0 ? "notes" : "error", Assert.Single(told).Key);
        if (result.Status != 0) Assert.Equal(result.Status, told["error"]!["status"]!.GetValue<int>());
    }

    /// <summary>What must be known to take the data for what it is comes with it, and with an error.</summary>
    [Fact]
    public async Task Notes_StandInTheObject()
    {
        using var folder = _world.Copy();
        const string Note = "Node 3005 is new here and has only the first block. Did you mean node 3000? --node or NODE_ID names it.";
        var found = await Cli.RunAsync(Arguments(folder, "getbalance --address OWN --node 3005 --json"));
        Assert.Equal(0, found.Status);
        Assert.Equal(Note, Assert.Single(JsonNode.Parse(found.Error)!["notes"]!.AsArray())!.GetValue<string>());
        var failed = await Cli.RunAsync(Arguments(folder, "getbalance --node 3005 --json"));
        Assert.Equal(18, failed.Status);
        Assert.Equal(Note, Assert.Single(JsonNode.Parse(failed.Error)!["error"]!["notes"]!.AsArray())!.GetValue<string>());
        Assert.Equal("", (await Cli.RunAsync(Arguments(folder, "getbalance --address OWN --node 3005 --json -q"))).Error);
    }

    /// <summary>What -v tells stands there too: the calls, and where an error comes from.</summary>
    [Fact]
    public async Task Verbose_StandsInTheObject()
    {
        using var folder = _world.Copy();
        var done = JsonNode.Parse((await Cli.RunAsync(Arguments(folder, "rpc getblockcount -v --json"))).Error)!;
        Assert.StartsWith("database: getblockcount [] answered after", Assert.Single(done["notes"]!.AsArray())!.GetValue<string>(), StringComparison.Ordinal);
        var failed = JsonNode.Parse((await Cli.RunAsync(Arguments(folder, "rpc nosuchmethod -v --json"))).Error)!["error"]!;
        Assert.StartsWith("database: nosuchmethod [] failed after", Assert.Single(failed["notes"]!.AsArray())!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("RpcException", failed["details"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    /// <summary>A bar would stand before the object.</summary>
    [Fact]
    public async Task LongWork_InATerminal_ShowsNoBar()
    {
        using var folder = _world.Copy();
        using var terminal = TerminalProcess.Start(Arguments(folder, "mine 200 --json"));
        terminal.CloseKeys();
        var (status, shown) = await terminal.WaitForEndAsync();
        Assert.Equal(0, status);
        Assert.DoesNotContain("mining", shown, StringComparison.Ordinal);
        Assert.Equal(200, JsonNode.Parse(shown[shown.IndexOf('{', StringComparison.Ordinal)..(shown.LastIndexOf('}') + 1)])!["hashes"]!.AsArray().Count);
    }

    private string[] Arguments(DataFolder folder, string line) =>
    [
        .. line.Replace("OWN", _world.Own, StringComparison.Ordinal).Replace("STRANGER", _world.Stranger, StringComparison.Ordinal)
            .Replace("FOLDER", folder.Root, StringComparison.Ordinal).Split(' '),
        "--datadir", folder.Root,
    ];
}
