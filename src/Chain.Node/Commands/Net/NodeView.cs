using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands.Net;

/// <summary>What a node of a local network says of itself; all but its number and state is empty or zero where it does not answer.</summary>
internal sealed record NodeView(int Id, string State)
{
    private const string Running = "running";
    private const string Stopped = "stopped";
    private const string Silent = "no answer";

    /// <summary>Whether nobody has its database open.</summary>
    public bool IsStopped => State == Stopped;

    /// <summary>Whether it answers.</summary>
    public bool IsRunning => State == Running;

    /// <summary>The height of its tip.</summary>
    public int Height { get; private init; }

    /// <summary>The hash of its tip.</summary>
    public string Tip { get; private init; } = "";

    /// <summary>The work of its chain, in hexadecimal.</summary>
    public string Work { get; private init; } = "";

    /// <summary>How many connections it has.</summary>
    public int Peers { get; private init; }

    /// <summary>How many transactions wait.</summary>
    public int Waiting { get; private init; }

    /// <summary>Asks all nodes of a network at once.</summary>
    public static Task<NodeView[]> OfAllAsync(NodeSettings settings, IEnumerable<int> ids, TimeProvider clock, CancellationToken cancellationToken) =>
        Task.WhenAll(ids.Select(id => OfAsync(NetFolder.SettingsOf(settings, id), clock, cancellationToken)));

    /// <summary>Asks a node.</summary>
    public static async Task<NodeView> OfAsync(NodeSettings node, TimeProvider clock, CancellationToken cancellationToken)
    {
        var client = await NetFolder.TryConnectAsync(node, clock, cancellationToken).ConfigureAwait(false);
        if (client is null) return Unanswered(node);
        await using (client.ConfigureAwait(false))
        {
            try
            {
                var chain = await client.GetAsync("getblockchaininfo", cancellationToken).ConfigureAwait(false);
                return new NodeView(node.NodeId, Running)
                {
                    Height = chain["blocks"]!.GetValue<int>(),
                    Tip = chain["bestblockhash"]!.GetValue<string>(),
                    Work = chain["chainwork"]!.GetValue<string>(),
                    Peers = (await client.GetAsync("getconnectioncount", cancellationToken).ConfigureAwait(false)).GetValue<int>(),
                    Waiting = (await client.GetAsync("getmempoolinfo", cancellationToken).ConfigureAwait(false))["size"]!.GetValue<int>(),
                };
            }
            catch (Exception e) when (e is HttpRequestException or RpcException)
            {
                // It ended meanwhile.
                return Unanswered(node);
            }
        }
    }

    /// <summary>A process that holds the database is there: it starts, ends, or hangs.</summary>
    private static NodeView Unanswered(NodeSettings node) => new(node.NodeId, NetStop.IsFree(node) ? Stopped : Silent);

    /// <summary>How many tips those that run have.</summary>
    public static int CountTips(IEnumerable<NodeView> nodes) => nodes.Where(node => node.IsRunning).DistinctBy(node => node.Tip).Count();

    /// <summary>The node with the names that stay.</summary>
    public JsonObject ToJson(NetFile file, string? address)
    {
        var json = new JsonObject
        {
            ["node"] = Id,
            ["running"] = IsRunning,
            ["state"] = State,
            ["central"] = file.Nodes[0].Id == Id,
            ["mines"] = file.Nodes.First(node => node.Id == Id).Mines,
            ["p2p"] = NetFolder.PlaceOf(Id),
            ["url"] = UrlOf(Id),
            ["address"] = address,
            ["group"] = GroupNumber(file),
        };
        if (!IsRunning) return json;
        (json["height"], json["tip"], json["peers"], json["mempool"]) = (Height, Tip, Peers, Waiting);
        return json;
    }

    /// <summary>The place of its group in the partition, from 1; 1 where all are one group.</summary>
    public int GroupNumber(NetFile file) =>
        file.Partition.Count == 0 ? 1 : file.Partition.Select((group, i) => (group, i)).First(pair => pair.group.Contains(Id)).i + 1;

    /// <summary>Where its JSON-RPC and its explorer are.</summary>
    public static string UrlOf(int id) => $"http://127.0.0.1:{NodeSettings.HttpPortOf(id)}/";
}
