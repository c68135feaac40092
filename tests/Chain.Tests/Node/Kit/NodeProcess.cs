using System.Diagnostics;
using System.Text.Json.Nodes;
using Xunit.Sdk;

namespace Chain.Tests.Node.Kit;

/// <summary>How a node is started.</summary>
internal sealed record NodeOptions(string Folder, int NodeId = 3000)
{
    /// <summary>The P2P ports of the nodes on this machine to keep connections to.</summary>
    public IReadOnlyList<int> Peers { get; init; } = [];

    public string? MineTo { get; init; }

    public bool Debug { get; init; }

    /// <summary>A P2P port that must be this one; free ones are taken without it.</summary>
    public int? Port { get; init; }

    public IReadOnlyList<string> More { get; init; } = [];
}

/// <summary>A node as a process of its own.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    /// <summary>A node without a peer would look for the central node on a port that others may use: nobody listens on this one.</summary>
    private const int NobodysPort = 1;

    private const int Attempts = 10;

    /// <summary>What the issue allows a node for stopping.</summary>
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly Process _process;
    private readonly NodeOptions _options;
    private bool _isForgotten;

    private NodeProcess(Process process, NodeOptions options, int port, int httpPort)
    {
        _process = process;
        _options = options;
        Port = port;
        HttpPort = httpPort;
        process.ErrorDataReceived += (_, e) =>
        {
            if (e.Data is not null) Log.Add(e.Data);
        };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
    }

    public int Id => _process.Id;

    public int Port { get; }

    public int HttpPort { get; }

    public string CookiePath => Path.Combine(_options.Folder, $".cookie_{_options.NodeId}");

    /// <summary>What it wrote to stderr.</summary>
    public LineLog Log { get; } = new();

    public bool HasExited => _process.HasExited;

    /// <summary>Calls methods; there once the node is up.</summary>
    public RpcClient Rpc { get; private set; } = null!;

    /// <summary>Starts a node on free ports and waits until it is up.</summary>
    public static async Task<NodeProcess> StartAsync(NodeOptions options)
    {
        for (var attempt = 1; ; attempt++)
        {
            var node = Launch(options, options.Port ?? FreePorts.Next(), FreePorts.Next());
            try
            {
                await Eventually.TrueAsync(() => node.Log.Find(" starts at height ") is not null || node.HasExited, () => "the node is up\n" + node.Log.Tail());
                if (node.Log.Find(" starts at height ") is not null)
                {
                    node.Rpc = new RpcClient(node.HttpPort, node.CookiePath);
                    return node;
                }

                await node._process.WaitForExitAsync();
                if (attempt == Attempts || node.Log.Find("cannot be used") is null) throw new XunitException("the node ended at its start\n" + node.Log.Tail());
            }
            catch
            {
                await node.DisposeAsync();
                throw;
            }

            await node.DisposeAsync();
        }
    }

    /// <summary>Starts a node and does not wait.</summary>
    public static NodeProcess Launch(NodeOptions options, int port, int httpPort)
    {
        string[] arguments =
        [
            "startnode", "--node", $"{options.NodeId}", "--datadir", options.Folder, "--port", $"{port}", "--http-port", $"{httpPort}",
            .. (options.Peers.Count == 0 ? [NobodysPort] : options.Peers).SelectMany(peer => new[] { "--peer", $"127.0.0.1:{peer}" }),
            .. options.MineTo is { } address ? ["--miner", address, "--threads", "1"] : Array.Empty<string>(),
            .. options.Debug ? ["--debug"] : Array.Empty<string>(),
            .. options.More,
        ];
        var start = ChainProgram.Command(arguments);

        // What lies in the folder besides must not configure it.
        if (Directory.Exists(options.Folder)) start.WorkingDirectory = options.Folder;
        return new NodeProcess(ChainProgram.Start(start), options, port, httpPort);
    }

    /// <summary>Waits until it logs a line with this text, from a position in the log on.</summary>
    public async Task<string> WaitForLineAsync(string text, int from = 0, TimeSpan? patience = null)
    {
        await Eventually.TrueAsync(() => Log.Find(text, from) is not null, () => $"a line with '{text}'\n{Log.Tail()}", patience);
        return Log.Find(text, from)!;
    }

    public Task<JsonNode?> CallAsync(string method, params JsonNode?[] parameters) => Rpc.CallAsync(method, parameters);

    public async Task<int> HeightAsync() => (await CallAsync("getblockcount"))!.GetValue<int>();

    public async Task<string> TipAsync() => (await CallAsync("getbestblockhash"))!.GetValue<string>();

    /// <summary>Mines blocks that pay an address.</summary>
    public async Task<string[]> GenerateAsync(int count, string address) =>
        [.. (await CallAsync("generatetoaddress", count, address))!.AsArray().Select(hash => hash!.GetValue<string>())];

    /// <summary>What an address has in the chain.</summary>
    public async Task<decimal> BalanceAsync(string address) => (await CallAsync("getaddressbalance", address))!["balance"]!.GetValue<decimal>();

    public async Task<string[]> PoolAsync() => [.. (await CallAsync("getrawmempool"))!.AsArray().Select(id => id!.GetValue<string>())];

    public async Task<int> ConnectionsAsync() => (await CallAsync("getconnectioncount"))!.GetValue<int>();

    /// <summary>SIGKILL, and waits until it is gone.</summary>
    public async Task KillAsync()
    {
        ChainProgram.Kill(_process);
        await _process.WaitForExitAsync();
    }

    /// <summary>SIGTERM: it must end by itself with status 0 within the time that it has.</summary>
    public async Task StopAsync()
    {
        ChainProgram.Terminate(_process);
        await AssertStopsAsync();
    }

    /// <summary>SIGINT, as Ctrl-C.</summary>
    public async Task InterruptAsync()
    {
        ChainProgram.Interrupt(_process);
        await AssertStopsAsync();
    }

    public void SendTerminate() => ChainProgram.Terminate(_process);

    public async Task<int> WaitForExitAsync(TimeSpan patience)
    {
        using var limit = new CancellationTokenSource(patience);
        try
        {
            await _process.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            throw new XunitException($"The node did not end within {patience.TotalSeconds} seconds.\n{Log.Tail()}");
        }

        return _process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (_isForgotten) return;
        _isForgotten = true;
        try
        {
            Rpc?.Dispose();
            await KillAsync();
        }
        finally
        {
            ChainProgram.Forget(_process);
        }
    }

    private async Task AssertStopsAsync()
    {
        var status = await WaitForExitAsync(StopLimit);
        Assert.True(status == 0, $"status {status}\n{Log.Tail()}");
        Assert.False(File.Exists(CookiePath), "the cookie is still there");
    }
}
