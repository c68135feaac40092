using System.Diagnostics;
using Chain.Tests.Node.Kit;
using Chain.Tests.Node.Net;

namespace Chain.Tests.Node;

/// <summary>Commands whose output goes nowhere: a full disk, and a reader that has gone.</summary>
public sealed class OutputTests : IClassFixture<CommandWorld>
{
    private const string FullDisk = "/dev/full";

    private readonly CommandWorld _world;

    public OutputTests(CommandWorld world) => _world = world;

    [Theory]
    [InlineData("printchain")]
    [InlineData("printchain --json")]
    [InlineData("show tip")]
    [InlineData("getbalance --json")]
    [InlineData("--help")]
    [InlineData("completions bash")]
    public async Task Output_ToAFullDisk_OneLineAndStatus1(string line)
    {
        if (!File.Exists(FullDisk)) return;
        using var folder = _world.Copy();
        var result = await ShellAsync(folder, line, $"> {FullDisk}");
        Assert.Equal((1, ""), (result.Status, result.Output));
        Assert.Contains("could not be written to stdout: No space left on device. Make room there", Assert.Single(result.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Send_WhoseOutputIsLost_TellsThePaymentOnStderr()
    {
        if (!File.Exists(FullDisk)) return;
        using var folder = _world.Copy();
        var result = await ShellAsync(folder, "send --from OWN --to STRANGER --amount 1 --mine", $"> {FullDisk}");
        Assert.Equal(1, result.Status);
        Assert.Contains($"Sent 1 to {_world.Stranger}: transaction ", result.Error, StringComparison.Ordinal);
        Assert.Contains("what the command changed is done", result.Error, StringComparison.Ordinal);
        Assert.Equal("Balance of '" + _world.Stranger + "': 1", (await Cli.DoAsync("getbalance", "--address", _world.Stranger, "--datadir", folder.Root)).Output.Trim());
    }

    /// <summary>What runs is remembered: 'chain net down' must find it.</summary>
    [Fact]
    public async Task NetUp_WhoseOutputIsLost_KeepsTheNetwork()
    {
        if (!File.Exists(FullDisk)) return;
        using var folder = _world.Copy();
        var node = NetWorld.FreeBase(1);
        try
        {
            var result = await ShellAsync(folder, $"net up 1 --base-port {node}", $"> {FullDisk}");
            Assert.Equal(1, result.Status);
            Assert.DoesNotContain("rm ", result.Error, StringComparison.Ordinal);
            Assert.True(File.Exists(folder.PathOf("net.json")));
        }
        finally
        {
            Assert.Contains($"{node}", (await Cli.DoAsync("net", "down", "--datadir", folder.Root)).Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Words_ToAFullDisk_DoNotEndTheWork()
    {
        if (!File.Exists(FullDisk)) return;
        using var folder = _world.Copy();
        var result = await ShellAsync(folder, "send --from OWN --to STRANGER --amount 1 --mine", $"2> {FullDisk}");
        Assert.Equal(0, result.Status);
        Assert.StartsWith("Sent 1 to", result.Output, StringComparison.Ordinal);
        Assert.Equal(2, (await ShellAsync(folder, "nonsense", $"2> {FullDisk}")).Status);
    }

    /// <summary>The reader goes after the first line; the chain is longer than a pipe holds.</summary>
    [Fact]
    public async Task Output_WhoseReaderHasGone_EndsQuietly()
    {
        if (OperatingSystem.IsWindows()) return;
        using var folder = _world.Copy();
        await Cli.DoAsync("mine", "300", "--datadir", folder.Root, "-q");
        var result = await ShellAsync(folder, "printchain", "| head -1; echo \"${PIPESTATUS[0]}\"");
        var lines = result.Output.TrimEnd().Split('\n');
        Assert.StartsWith("============ Block ", lines[0], StringComparison.Ordinal);
        Assert.Equal(["141"], lines[1..]);
        Assert.Equal("", result.Error);
    }

    /// <summary>The node of a dev chain whose banner nobody can see ends in order, and its folder goes.</summary>
    [Fact]
    public async Task Dev_WhoseBannerIsLost_EndsInOrder()
    {
        if (!File.Exists(FullDisk)) return;
        using var folder = new DataFolder();
        var result = await ShellAsync(folder, $"dev --port {FreePorts.Next()} --http-port {FreePorts.Next()} --any-port", $"> {FullDisk}");
        Assert.Equal(1, result.Status);
        Assert.Contains("could not be written to stdout", result.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(folder.Root, "*.owner"));
        Assert.Empty(Directory.GetFiles(folder.Root, ".cookie*"));
    }

    /// <summary>Several commands that share a file add to it, each behind the other.</summary>
    [Fact]
    public async Task Output_ToAFileThatOthersWrite_IsAddedThere()
    {
        if (OperatingSystem.IsWindows()) return;
        using var folder = _world.Copy();
        var path = folder.PathOf("out");
        await ShellAsync(folder, "show block 0 -q", $"> '{path}'; echo between >> '{path}'");
        await ShellAsync(folder, "show block 0 -q", $">> '{path}'");
        var parts = File.ReadAllText(path).Split("between\n");
        Assert.Equal(2, parts.Length);
        Assert.Equal(parts[0], parts[1]);
        Assert.NotEqual("", parts[0]);
    }

    /// <summary>Runs a command in bash, with what stands behind it there.</summary>
    private Task<CliResult> ShellAsync(DataFolder folder, string line, string behind)
    {
        var words = line.Replace("OWN", _world.Own, StringComparison.Ordinal).Replace("STRANGER", _world.Stranger, StringComparison.Ordinal).Split(' ');
        var command = ChainProgram.Command([.. words, "--datadir", folder.Root]);
        var start = new ProcessStartInfo("bash") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add($"{string.Join(' ', command.ArgumentList.Prepend(command.FileName).Select(word => $"'{word}'"))} {behind}");
        start.Environment.Remove("NODE_ID");
        start.Environment.Remove("CHAIN_DATADIR");
        return Cli.FinishAsync(start);
    }
}
