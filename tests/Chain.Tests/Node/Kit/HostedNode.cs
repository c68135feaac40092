using System.Net;
using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Node;
using Chain.State.Storage;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chain.Tests.Node.Kit;

/// <summary>A whole node in the test's own process, called over HTTP as any other, with a clock that the test can fix.</summary>
internal sealed class HostedNode : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private bool _isStopped;

    private HostedNode(FullNode node, NodeSettings settings, NodeClock clock)
    {
        var ready = new TaskCompletionSource<EndPoint>(TaskCreationOptions.RunContinuationsAsynchronously);
        Node = node;
        Clock = clock;
        Ready = ready.Task;
        _running = node.RunAsync(ready.SetResult, _stop.Token);
        Settings = settings;
    }

    public FullNode Node { get; }

    public NodeClock Clock { get; }

    public NodeSettings Settings { get; }

    public RpcClient Rpc { get; private set; } = null!;

    /// <summary>Where it listens for peers.</summary>
    public IPEndPoint Listen { get; private set; } = null!;

    private Task<EndPoint> Ready { get; }

    /// <summary>Starts a node over a folder; a second start finds what the first one left.</summary>
    public static async Task<HostedNode> StartAsync(DataFolder folder, ChainParams p, Func<FullNodeOptions, FullNodeOptions>? configure = null, long mockTime = 0)
    {
        var clock = new NodeClock(TimeProvider.System) { MockTime = mockTime };
        var settings = NodeSettings.From("3000", folder.Root, port: 0, httpPort: FreePorts.Next(), _ => null);
        var held = DatabaseLock.TryTake(settings.DatabasePath, Environment.ProcessId, settings.HttpPort)!;
        var chain = LoadedChain.Open(held, settings.DatabasePath, p, clock);
        var options = new FullNodeOptions { Listen = new IPEndPoint(IPAddress.Loopback, 0) };
        var hosted = new HostedNode(new FullNode(settings, configure?.Invoke(options) ?? options, chain, clock, NullLogger.Instance), settings, clock);
        await Task.WhenAny(hosted.Ready, hosted._running);
        if (hosted._running.IsCompleted) await hosted._running;
        hosted.Listen = (IPEndPoint)await hosted.Ready;
        hosted.Rpc = new RpcClient(settings.HttpPort, settings.CookiePath);
        return hosted;
    }

    public Task<JsonNode?> CallAsync(string method, params JsonNode?[] parameters) => Rpc.CallAsync(method, parameters);

    /// <summary>Calls with parameters by name.</summary>
    public async Task<JsonNode?> CallNamedAsync(string method, JsonObject parameters)
    {
        var (_, body) = await Rpc.PostAsync(new JsonObject { ["id"] = 1, ["method"] = method, ["params"] = parameters }.ToJsonString());
        var answer = JsonNode.Parse(body)!.AsObject();
        if (answer["error"] is { } error) throw new RpcFailure(error["code"]!.GetValue<int>(), error["message"]!.GetValue<string>());
        return answer["result"];
    }

    public async Task StopAsync()
    {
        if (_isStopped) return;
        _isStopped = true;
        await _stop.CancelAsync();
        await _running;
        Rpc.Dispose();
        _stop.Dispose();
    }

    public async ValueTask DisposeAsync() => await StopAsync();
}
