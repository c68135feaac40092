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
        Assert.Equal("ok", kinds["database"]);
        Assert.DoesNotContain("copies in clear", kinds);
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

    /// <summary>A page, or a byte of a block, which no page's form shows. What is advised can be pasted, up to the node that fetches the blocks.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Doctor_WhereTheDatabaseIsDamaged_FindsItAndBringsTheChainBack(bool inABlock)
    {
        using var folder = _world.Copy();
        var path = folder.PathOf("blockchain_3000.db");
        await DamageAsync(folder, path, inABlock);
        var finding = await FindingAsync(folder, "database");
        Assert.Equal("problem", finding["kind"]!.GetValue<string>());
        Assert.Contains(inABlock ? "is not what was written" : "damaged", finding["found"]!.GetValue<string>(), StringComparison.Ordinal);
        var advice = finding["advice"]!.GetValue<string>();
        Assert.Contains($" && chain startnode --datadir {folder.Root} — that moves it away", advice, StringComparison.Ordinal);
        var start = new System.Diagnostics.ProcessStartInfo("sh") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(advice[..advice.IndexOf(" && chain startnode", StringComparison.Ordinal)]);
        Assert.Equal(new CliResult(0, "", ""), await Cli.FinishAsync(start));
        Assert.Equal("0", (await Cli.DoAsync("rpc", "getblockcount", "--datadir", folder.Root)).Output.Trim());
        Assert.True(File.Exists(Path.Combine($"{path}.damaged", "blockchain_3000.db")));

        folder.Write("net.json", """{"version":1,"nodes":[{"id":3000,"mines":true}],"partition":[],"delays":[]}""");
        await DamageAsync(folder, path, inABlock);
        Assert.Contains($"{path}.damaged2 && chain net up --datadir {folder.Root} — ", (await FindingAsync(folder, "database"))["advice"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    /// <summary>As the node would read it: with the sections of its own chain, every value.</summary>
    [Theory]
    [InlineData("rpcauth=nonsense", "rpcauth number 1 has not the form")]
    [InlineData("[private]\nrpcauth=nonsense", "rpcauth number 1 has not the form")]
    [InlineData("[regtest]\nrpcauth=nonsense", null)]
    [InlineData("maxmempool=much", "maxmempool")]
    [InlineData("rpcuser=alone", "rpcuser needs rpcpassword")]
    [InlineData("fallbackfee=x", "fallbackfee")]
    [InlineData("bantime=x", "bantime")]
    [InlineData("esploracors=localhost", "esploracors")]
    public async Task Doctor_WhereTheConfigurationIsWrong_SaysWhat(string text, string? expected)
    {
        using var folder = _world.Copy();
        folder.Write("chain.conf", text + "\n");
        var finding = await FindingAsync(folder, "configuration");
        Assert.Equal(expected is null ? "ok" : "problem", finding["kind"]!.GetValue<string>());
        Assert.Contains(expected ?? "chain.conf", finding["found"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Wallets_3000.dat", 0b110_100_100, "modes", "problem")]
    [InlineData("Wallets_3000.dat.history", 0b110_100_000, "modes", "problem")]
    [InlineData(".cookie_3000", 0b110_100_100, "modes", "problem")]
    [InlineData("genesis.json", 0b110_000_000, "mode of genesis.json", "note")]
    [InlineData("genesis.json", 0b110_110_110, "modes of the chain", "problem")]
    [InlineData("chain.conf", 0b110_100_100, "mode of the configuration", "problem")]
    [InlineData("chain.conf", 0b110_000_000, "modes", "ok")]
    public async Task Doctor_WhereAModeIsWrong_SaysHowToMendIt(string file, int mode, string what, string kind)
    {
        if (OperatingSystem.IsWindows()) return;
        using var folder = _world.Copy();
        if (!File.Exists(folder.PathOf(file))) folder.Write(file, "rpcpassword=secret\n");
        foreach (var path in Directory.GetFiles(folder.Root)) File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | (path.EndsWith("genesis.json", StringComparison.Ordinal) ? UnixFileMode.OtherRead : 0));
        File.SetUnixFileMode(folder.PathOf(file), (UnixFileMode)mode);
        var finding = await FindingAsync(folder, what);
        Assert.Equal(kind, finding["kind"]!.GetValue<string>());
        if (kind != "ok") Assert.Contains(folder.PathOf(file), finding["advice"]!.GetValue<string>(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_OfANetwork_SeesWhatIsCutHeldBackAndStopped()
    {
        using var folder = _world.Copy();
        folder.Write("net.json", """{"version":1,"nodes":[{"id":3000,"mines":true},{"id":3001,"mines":false}],"partition":[[3000],[3001]],"delays":[{"from":3000,"to":3001,"milliseconds":200}]}""");
        Assert.Contains("the network is cut: 3000 / 3001 do not reach each other", (await FindingAsync(folder, "partition"))["found"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Contains("held back is what 3000 sends to 3001 200 ms", (await FindingAsync(folder, "delay"))["found"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal("none of its 2 nodes runs", (await FindingAsync(folder, "network"))["found"]!.GetValue<string>());
        await using (await NodeProcess.StartAsync(new NodeOptions(folder.Root)))
        {
            Assert.Equal("its pages are sound, and so are its 2 blocks", (await FindingAsync(folder, "database"))["found"]!.GetValue<string>());
            var half = await FindingAsync(folder, "network");
            Assert.Equal(("problem", "node 3001 of 2 is stopped"), (half["kind"]!.GetValue<string>(), half["found"]!.GetValue<string>()));
            Assert.Contains("chain net up", half["advice"]!.GetValue<string>(), StringComparison.Ordinal);
        }

        folder.Write("net.json", "nonsense");
        Assert.Equal("problem", (await FindingAsync(folder, "network"))["kind"]!.GetValue<string>());
    }

    [NobodyFact]
    public async Task Doctor_WhoMayNotWriteOrRead_IsToldSo()
    {
        using var folder = _world.Copy();
        var shut = await Nobody.RunAsync(Arguments(folder));
        Assert.Equal(1, shut.Status);
        Assert.Contains($"problem  data directory: {folder.Root} cannot be read", shut.Output, StringComparison.Ordinal);
        Nobody.MayRead(folder);
        var closed = await Nobody.RunAsync(Arguments(folder));
        Assert.Equal(1, closed.Status);
        Assert.Contains($"problem  data directory: {folder.Root} cannot be written", closed.Output, StringComparison.Ordinal);
        Assert.Contains("no node 3000 is running", closed.Output, StringComparison.Ordinal);
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

    private static async Task DamageAsync(DataFolder folder, string path, bool inABlock)
    {
        const int PageSize = 4096, PageOfBlocks = 4, HeaderSize = 80;
        var block = Convert.FromHexString((await Cli.DoAsync("rpc", "getblock", (await Cli.DoAsync("rpc", "getblockhash", "0", "--datadir", folder.Root)).Output.Trim(), "0", "--datadir", folder.Root)).Output.Trim());
        var bytes = await File.ReadAllBytesAsync(path);
        var place = bytes.AsSpan().IndexOf(block);
        Assert.True(place > 0, "the block lies in one piece");
        if (inABlock) bytes[place + HeaderSize + 10] ^= 1;
        else bytes.AsSpan((PageOfBlocks - 1) * PageSize, PageSize).Clear();
        await File.WriteAllBytesAsync(path, bytes);
    }

    private static async Task<JsonNode> FindingAsync(DataFolder folder, string what) =>
        JsonNode.Parse((await Cli.RunAsync([.. Arguments(folder), "--json"])).Output)!["findings"]!.AsArray().Single(finding => finding!["what"]!.GetValue<string>() == what)!;

    private static string[] Arguments(DataFolder folder) => ["doctor", "--datadir", folder.Root];

    private static Dictionary<string, string> Findings(CliResult result) => result.Output.Split('\n')
        .Where(line => line.Length > 9 && line[0] != ' ')
        .ToDictionary(line => line[9..].Split(':')[0], line => line[..9].Trim());
}
