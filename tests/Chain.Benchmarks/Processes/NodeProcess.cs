using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Benchmarks.Processes;

/// <summary>A node as a process of its own, on free ports of this machine.</summary>
public sealed class NodeProcess : IAsyncDisposable
{
    private const int Id = 3000;

    /// <summary>Nobody listens there: without a peer a node would look for the central one.</summary>
    private const int NobodysPort = 1;

    private readonly Process _process;
    private readonly string _folder;
    private readonly int _httpPort;
    private KeptConnection? _rpc;

    private NodeProcess(Process process, string folder, int port, int httpPort)
    {
        _process = process;
        _folder = folder;
        Port = port;
        _httpPort = httpPort;
        process.ErrorDataReceived += (_, _) => { };
        process.OutputDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
    }

    /// <summary>Where it listens for peers.</summary>
    public int Port { get; }

    /// <summary>Its peak resident memory in MB.</summary>
    public double Memory => PeakMemory.Of(_process.Id);

    /// <summary>Where a node keeps its database in a folder.</summary>
    public static string DatabasePath(string folder) => Path.Combine(folder, $"blockchain_{Id}.db");

    /// <summary>Starts a node on what lies in a folder, and waits until it answers.</summary>
    public static async Task<NodeProcess> StartAsync(string folder, int? peer = null, IReadOnlyList<string>? program = null)
    {
        var (port, httpPort) = (FreePorts.Next(), FreePorts.Next());
        var start = ChainProgram.Start(program ?? await ChainProgram.PublishedAsync().ConfigureAwait(false),
        [
            "startnode", "--node", $"{Id}", "--datadir", folder, "--port", $"{port}", "--http-port", $"{httpPort}", "--peer", $"127.0.0.1:{peer ?? NobodysPort}",
        ]);
        var node = new NodeProcess(Process.Start(start) ?? throw new InvalidOperationException("The node did not start."), folder, port, httpPort);
        try
        {
            await Until.TrueAsync(node.AnswersAsync, "the node answers").ConfigureAwait(false);
            return node;
        }
        catch
        {
            await node.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Another client, with connections of its own. The caller disposes it.</summary>
    public KeptConnection Connect() =>
        new(new IPEndPoint(IPAddress.Loopback, _httpPort), RpcCookie.TryRead(Path.Combine(_folder, $".cookie_{Id}")) ?? throw new InvalidOperationException("The node has no cookie."));

    /// <summary>Calls a method over the connection that is kept.</summary>
    public Task<JsonNode?> CallAsync(string method, params JsonNode?[] parameters) => _rpc!.CallAsync(method, new JsonArray(parameters), CancellationToken.None);

    /// <summary>Waits until its chain has a height.</summary>
    public Task ReachAsync(int height) => Until.TrueAsync(async () => (await CallAsync("getblockcount").ConfigureAwait(false))!.GetValue<int>() == height, $"height {height}");

    /// <summary>Waits until so many transactions are in its pool.</summary>
    public Task HavePoolAsync(int count) =>
        Until.TrueAsync(async () => (await CallAsync("getmempoolinfo").ConfigureAwait(false))!["size"]!.GetValue<int>() == count, $"{count} transactions in the pool");

    /// <summary>Waits until it has so many peers.</summary>
    public Task HavePeersAsync(int count) =>
        Until.TrueAsync(async () => (await CallAsync("getconnectioncount").ConfigureAwait(false))!.GetValue<int>() >= count, $"{count} peers");

    /// <summary>Kills it: its folder is not used again.</summary>
    public async ValueTask DisposeAsync()
    {
        _rpc?.Dispose();
        if (!_process.HasExited) _process.Kill();
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
    }

    private async Task<bool> AnswersAsync()
    {
        if (_process.HasExited) throw new InvalidOperationException($"The node ended at its start with status {_process.ExitCode}.");
        if (RpcCookie.TryRead(Path.Combine(_folder, $".cookie_{Id}")) is not { Length: > 64 } cookie) return false;
        var rpc = new KeptConnection(new IPEndPoint(IPAddress.Loopback, _httpPort), cookie);
        try
        {
            await rpc.CallAsync("getblockcount", [], CancellationToken.None).ConfigureAwait(false);
            _rpc = rpc;
            return true;
        }
        catch (HttpRequestException)
        {
            rpc.Dispose();
            return false;
        }
    }
}
