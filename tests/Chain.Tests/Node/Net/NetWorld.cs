using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Net;

/// <summary>A network of three nodes that one command has started, for the tests of a collection, which leave it whole.</summary>
public sealed class NetWorld : IAsyncLifetime, IDisposable
{
    private const int Attempts = 10;
    private const int HttpOffset = 10_000;

    private readonly DataFolder _folder = new();

    /// <summary>Where its files are.</summary>
    public string Folder => _folder.Root;

    /// <summary>The first node, the only one that mines.</summary>
    public int First { get; private set; }

    public int Second => First + 1;

    public int Third => First + 2;

    public int[] All => [First, Second, Third];

    /// <summary>What <c>net up</c> gave.</summary>
    internal CliResult Up { get; private set; } = null!;

    /// <summary>By a process, which ends: that the nodes go on is what the tests then see.</summary>
    public async Task InitializeAsync()
    {
        FreshChain.Create().WriteTo(Folder);
        for (var attempt = 1; ; attempt++)
        {
            First = FreeBase(3);
            Up = await Cli.ProcessAsync("net", "up", "3", "--datadir", Folder, "--base-port", $"{First}");
            if (Up.Status == 0) return;
            Assert.True(attempt < Attempts && Up.Error.Contains("cannot be used", StringComparison.Ordinal), Up.Error);
        }
    }

    public async Task DisposeAsync() => await RunAsync("net down");

    public void Dispose() => _folder.Dispose();

    /// <summary>Runs a command that must succeed in the network's folder.</summary>
    internal Task<CliResult> RunAsync(string line) => Cli.DoAsync(Words(line));

    /// <summary>The words of a command in the network's folder.</summary>
    internal string[] Words(string line) => [.. line.Split(' '), "--datadir", Folder];

    /// <summary>Runs a command that gives JSON.</summary>
    internal async Task<JsonNode> AskAsync(string line) => JsonNode.Parse((await RunAsync(line + " --json")).Output)!;

    /// <summary>Calls a method of a node.</summary>
    internal async Task<JsonNode> CallAsync(int node, string method, params JsonNode?[] parameters)
    {
        using var client = new RpcClient(node + HttpOffset, Path.Combine(Folder, $".cookie_{node}"));
        return (await client.CallAsync(method, parameters))!;
    }

    /// <summary>The wallet's address of a node.</summary>
    internal async Task<string> AddressOfAsync(int node) =>
        (await AskAsync("net status"))["nodes"]!.AsArray().First(view => view!["node"]!.GetValue<int>() == node)!["address"]!.GetValue<string>();

    /// <summary>A node such that it, those that follow, and their HTTP ports are free: below those that the system gives to connections.</summary>
    public static int FreeBase(int count)
    {
        while (true)
        {
            var first = Random.Shared.Next(12_000, 22_000);
            if (Enumerable.Range(first, count).All(port => IsFree(port) && IsFree(port + HttpOffset))) return first;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}

/// <summary>The tests that share a network, one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class NetGroup : ICollectionFixture<NetWorld>
{
    public const string Name = "net";
}
