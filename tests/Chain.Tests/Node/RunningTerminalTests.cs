using Chain.Tests.Node.Kit;
using Chain.Tests.Node.Net;

namespace Chain.Tests.Node;

/// <summary>Commands that run until somebody ends them, and those that start nodes, in a pseudo-terminal and in a pipe.</summary>
public sealed class RunningTerminalTests
{
    private const int Attempts = 10;

    /// <summary>What is tried here.</summary>
    public static IReadOnlyList<string> Lines { get; } = ["startnode", "dev", "net up", "net down", "net logs"];

    [Fact]
    public async Task StartNode_InATerminal_LogsUntilCtrlC_Status0()
    {
        using var folder = new DataFolder();
        FreshChain.Create().WriteTo(folder.Root);
        using var terminal = await InTerminalAsync(folder, " starts at height 0", () => ["startnode", "--peer", "127.0.0.1:1", "--port", $"{FreePorts.Next()}", "--http-port", $"{FreePorts.Next()}"]);
        await terminal.TypeAsync(TerminalProcess.CtrlC);
        var (status, shown) = await terminal.WaitForEndAsync();
        Assert.True(status == 0, shown);
        Assert.Contains("node 3000 stopped", shown, StringComparison.Ordinal);
        Assert.False(File.Exists(folder.PathOf(".cookie_3000")));
    }

    [InterruptFact]
    public async Task StartNode_InAPipe_NoColourAndStatus0()
    {
        using var folder = new DataFolder();
        FreshChain.Create().WriteTo(folder.Root);
        await using var node = await NodeProcess.StartAsync(new NodeOptions(folder.Root));
        await node.InterruptAsync();
        Assert.DoesNotContain(node.Log.From(0), line => line.Contains('\x1b', StringComparison.Ordinal));
    }

    [Fact]
    public async Task Dev_InATerminal_ShowsTheAccountsUntilCtrlC_Status0()
    {
        using var home = new DataFolder();
        using var terminal = await InTerminalAsync(home, "alice", () => ["dev", "--port", $"{FreePorts.Next()}", "--http-port", $"{FreePorts.Next()}"], isDataDirectory: false);
        await terminal.TypeAsync(TerminalProcess.CtrlC);
        var (status, shown) = await terminal.WaitForEndAsync();
        Assert.True(status == 0, shown);
        Assert.Contains("The dev chain is gone", shown, StringComparison.Ordinal);
        Assert.Contains("\x1b[", shown, StringComparison.Ordinal);
    }

    [InterruptFact]
    public async Task Dev_InAPipe_Status0()
    {
        using var home = new DataFolder();
        await using var dev = await DevProcess.StartAsync(home);
        await dev.InterruptAsync();
        Assert.False(Directory.Exists(dev.Folder));
    }

    /// <summary>Its nodes go on when the terminal is gone; what was piped was tested with the network of the other tests.</summary>
    [Fact]
    public async Task Net_InATerminal_UpLogsAndDown()
    {
        using var folder = new DataFolder();
        FreshChain.Create().WriteTo(folder.Root);
        var first = 0;
        using var up = await InTerminalAsync(folder, "they run until 'chain net down", () => ["net", "up", "2", "--base-port", $"{first = NetWorld.FreeBase(2)}"]);
        try
        {
            Assert.Equal(0, (await up.WaitForEndAsync()).Status);
            using var logs = await InTerminalAsync(folder, " starts at height 0", () => ["net", "logs", "--follow"]);
            await logs.TypeAsync(TerminalProcess.CtrlC);
            Assert.Equal(130, (await logs.WaitForEndAsync()).Status);
            var piped = await Cli.ProcessAsync("net", "logs", "--datadir", folder.Root);
            Assert.Contains($"{first} ", piped.Output, StringComparison.Ordinal);
            Assert.DoesNotContain('\x1b', piped.Output);
        }
        finally
        {
            using var down = await InTerminalAsync(folder, "Stopped 2 nodes", () => ["net", "down"]);
            Assert.Equal(0, (await down.WaitForEndAsync()).Status);
        }
    }

    /// <summary>A node that fetches a chain shows a bar below its log. Its peer names many blocks and sends none, so that it stays.</summary>
    [Fact]
    public async Task StartNode_WhileItSyncs_ShowsABarBelowItsLog()
    {
        using var folder = new DataFolder();
        var p = FreshChain.Create();
        p.WriteTo(folder.Root);
        using var listener = new RawListener(Wire.UInt32(p.Magic));
        using var terminal = await InTerminalAsync(folder, " starts at height 0", () => ["startnode", "--peer", $"127.0.0.1:{listener.Port}", "--port", $"{FreePorts.Next()}", "--http-port", $"{FreePorts.Next()}"]);
        using var peer = await listener.AcceptAsync();
        await peer.GreetAsync(new RawGreeting { Height = 1_000 });
        await NameBlocksAsync(peer);
        Assert.True(await terminal.WaitForAsync("block 0 of 1000"));
        Assert.True(await terminal.WaitForAsync("\r\x1b[2K"));
        await terminal.TypeAsync(TerminalProcess.CtrlC);
        var (status, shown) = await terminal.WaitForEndAsync();
        Assert.True(status == 0, shown);
        Assert.Contains("syncing ", shown, StringComparison.Ordinal);
        Assert.EndsWith("node 3000 stopped", shown.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartNode_WhileItSyncs_LogsALineInAPipe()
    {
        using var folder = new DataFolder();
        var p = FreshChain.Create();
        p.WriteTo(folder.Root);
        using var listener = new RawListener(Wire.UInt32(p.Magic));
        await using var node = await NodeProcess.StartAsync(new NodeOptions(folder.Root) { Peers = [listener.Port] });
        using var peer = await listener.AcceptAsync();
        await peer.GreetAsync(new RawGreeting { Height = 1_000 });
        await NameBlocksAsync(peer);
        await node.WaitForLineAsync("syncing: block 0 of 1000, 0 %");
    }

    /// <summary>Names blocks that nobody has.</summary>
    private static async Task NameBlocksAsync(RawPeer peer)
    {
        await peer.ExpectAsync("getblocks");
        const int Count = 500;
        byte[] inv = [.. Wire.CompactSize(Count), .. Enumerable.Range(0, Count).SelectMany(i => (byte[])[.. Wire.UInt32(Wire.BlockType), .. Wire.DoubleHash(BitConverter.GetBytes(i))])];
        await peer.SendAsync("inv", inv);
        await peer.ExpectAsync("getdata");
    }

    /// <summary>Starts a command and waits until a text stands on the screen; on other ports where these were taken meanwhile.</summary>
    private static async Task<TerminalProcess> InTerminalAsync(DataFolder folder, string text, Func<string[]> arguments, bool isDataDirectory = true)
    {
        for (var attempt = 1; ; attempt++)
        {
            var terminal = TerminalProcess.Start([.. arguments(), .. isDataDirectory ? (string[])["--datadir", folder.Root] : []], ("XDG_RUNTIME_DIR", folder.Root));
            if (await terminal.WaitForAsync(text)) return terminal;
            var (status, shown) = await terminal.WaitForEndAsync();
            terminal.Dispose();
            Assert.True(attempt < Attempts && shown.Contains("cannot be used", StringComparison.Ordinal), $"status {status}: {shown}");
        }
    }
}
