using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Chain.State.Storage;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>A node runs and a command is not let in: it says soon which of the causes it is, and what to do.</summary>
public sealed class DoorTests : IClassFixture<CommandWorld>
{
    /// <summary>What a command waits for a node that does not answer; who is turned away waits less.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(8);

    private readonly CommandWorld _world;

    public DoorTests(CommandWorld world) => _world = world;

    [Fact]
    public async Task Command_WithoutTheRightCookie_SaysWhichAndWhatToDo()
    {
        using var folder = _world.Copy();
        await using var node = await NodeProcess.StartAsync(new NodeOptions(folder.Root));
        var cookie = File.ReadAllText(node.CookiePath);
        await FailsAsync(folder, "show tip --cookie-file " + folder.PathOf("nowhere"), $"(process {node.Id}, RPC at 127.0.0.1:{node.HttpPort})", "--cookie-file must name the file that the node was started with");
        await FailsAsync(folder, "show tip --http-bind 127.0.0.2", "does not listen at 127.0.0.2", "Name the same address here with --http-bind");

        foreach (var wrong in new[] { "nonsense", "__cookie__:0000" })
        {
            File.WriteAllText(node.CookiePath, wrong);
            await FailsAsync(folder, "show tip", "refuses the cookie of " + node.CookiePath, $"end process {node.Id} and start the node again");
        }

        File.Delete(node.CookiePath);
        await FailsAsync(folder, "show tip", "is not there: " + node.CookiePath, $"if the cookie was deleted, end process {node.Id}");
        File.WriteAllText(node.CookiePath, cookie);
        await Cli.DoAsync("show", "tip", "--datadir", folder.Root);
    }

    [NobodyFact]
    public async Task Command_NextToTheNodeOfAnotherUser_SaysSo()
    {
        using var folder = _world.Copy();
        Nobody.MayRead(folder);
        await using var node = await NodeProcess.StartAsync(new NodeOptions(folder.Root));
        var clock = Stopwatch.StartNew();
        var result = await Nobody.RunAsync("show", "tip", "--datadir", folder.Root);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Patience);
        Assert.Equal((1, ""), (result.Status, result.Output));
        Assert.Contains($"this user may not read its cookie {node.CookiePath}: it is another user's node. Call the command as that user", result.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    public async Task Command_WhereAnotherProgramHasThePort_SaysSo(string answer)
    {
        using var folder = _world.Copy();
        using var other = new TcpListener(IPAddress.Loopback, 0);
        other.Start();
        using var held = DatabaseLock.TryTake(folder.PathOf("blockchain_3000.db"), Environment.ProcessId, ((IPEndPoint)other.LocalEndpoint).Port);
        folder.Write(".cookie_3000", "__cookie__:00");
        using var stop = new CancellationTokenSource();
        var answering = AnswerAsync(other, answer, stop.Token);
        await FailsAsync(folder, "show tip", "is no node: another program has that port", "--http-port");
        await stop.CancelAsync();
        await answering;
    }

    private static async Task FailsAsync(DataFolder folder, string line, string cause, string next)
    {
        var clock = Stopwatch.StartNew();
        var result = await Cli.RunAsync([.. line.Split(' '), "--datadir", folder.Root]);
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, Patience);
        Assert.Equal((1, ""), (result.Status, result.Output));
        Assert.Contains(cause, result.Error, StringComparison.Ordinal);
        Assert.Contains(next, result.Error, StringComparison.Ordinal);
    }

    private static async Task AnswerAsync(TcpListener listener, string answer, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptTcpClientAsync(cancellationToken);
                var stream = client.GetStream();
                _ = await stream.ReadAsync(new byte[4096], cancellationToken);
                await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(answer), cancellationToken);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            // The test is over.
        }
    }
}
