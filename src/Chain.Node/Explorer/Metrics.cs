using System.Diagnostics;
using System.Globalization;
using System.Text;
using Chain.Node.Explorer.Data;
using Chain.Node.Rpc;

namespace Chain.Node.Explorer;

/// <summary>/metrics: the node's figures in the text format of Prometheus, version 0.0.4.</summary>
internal sealed class Metrics(ChainReader reader, RpcCounter calls, ChainCounter chain, Live.EventFeed feed)
{
    private const int RateBlocks = 120;

    /// <summary>What kind of text it is.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    /// <summary>Writes them.</summary>
    public async Task<string> WriteAsync()
    {
        var text = new StringBuilder();
        await WriteChainAsync(text).ConfigureAwait(false);
        WriteNode(text);
        return text.ToString();
    }

    private async Task WriteChainAsync(StringBuilder text)
    {
        var state = await reader.OnStateAsync(loaded =>
        {
            var (chainstate, pool) = (loaded.Chainstate, loaded.Mempool);
            return new
            {
                chainstate.Tip.Height,
                Headers = chainstate.Tree.BestHeight,
                chainstate.Tip.Header.Time,
                Difficulty = RpcJson.Difficulty(chainstate.Tip.Header.Bits),
                HashRate = MiningMethods.HashRate(chainstate, RateBlocks, chainstate.Tip),
                pool.Count,
                pool.Bytes,
                pool.Total.Size,
                pool.Total.Fees,
                chainstate.CachedCoins,
                Indexed = loaded.Index.Position?.Height ?? -1,
            };
        }).ConfigureAwait(false);
        Gauge(text, "height", "Height of the tip of the chain.", state.Height);
        Gauge(text, "headers", "Height of the highest known block that breaks no rule.", state.Headers);
        Gauge(text, "tip_time_seconds", "Unix time of the tip.", state.Time);
        Gauge(text, "difficulty", "Difficulty of the tip, as multiple of the easiest of Bitcoin's main network.", state.Difficulty);
        Gauge(text, "network_hashes_per_second", "Hashes a second of all miners, from the last 120 blocks.", state.HashRate);
        Gauge(text, "mempool_transactions", "Waiting transactions.", state.Count);
        Gauge(text, "mempool_bytes", "Bytes of the waiting transactions.", state.Bytes);
        Gauge(text, "mempool_virtual_bytes", "Size of the waiting transactions that fees are reckoned on.", state.Size);
        Gauge(text, "mempool_fees_satoshis", "Fees of the waiting transactions.", state.Fees);
        Gauge(text, "coins_cached", "Coins in memory.", state.CachedCoins.All);
        Gauge(text, "coins_unwritten", "Coins in memory that differ from the disk.", state.CachedCoins.Unwritten);
        Gauge(text, "index_height", "Height up to which transactions are indexed; -1 where none is.", state.Indexed);
    }

    private void WriteNode(StringBuilder text)
    {
        var node = reader.Node;
        var peers = node.Peers.Peers;
        Head(text, "peers", "gauge", "Connected nodes.");
        Line(text, "peers", "direction=\"in\"", peers.Count(peer => peer.IsInbound));
        Line(text, "peers", "direction=\"out\"", peers.Count(peer => !peer.IsInbound));
        Head(text, "network_bytes_total", "counter", "Bytes exchanged with other nodes.");
        Line(text, "network_bytes_total", "direction=\"sent\"", node.Peers.BytesSent);
        Line(text, "network_bytes_total", "direction=\"received\"", node.Peers.BytesReceived);
        Counter(text, "blocks_connected_total", "Blocks that became part of the chain since the start.", chain.Connected);
        Counter(text, "blocks_disconnected_total", "Blocks that left the chain since the start.", chain.Disconnected);
        Counter(text, "reorganisations_total", "Changes to another branch since the start.", chain.Reorganisations);
        Head(text, "rpc_requests_total", "counter", "Calls of JSON-RPC methods, by HTTP status.");
        foreach (var (method, status, count) in calls.Calls) Line(text, "rpc_requests_total", string.Create(CultureInfo.InvariantCulture, $"method=\"{method}\",status=\"{status}\""), count);
        Gauge(text, "mining_threads", "Threads that mine here.", node.Mining.Threads);
        Gauge(text, "event_listeners", "Who listens to /events.", feed.Listeners);
        using var process = Process.GetCurrentProcess();
        Gauge(text, "process_resident_memory_bytes", "Memory of the process.", process.WorkingSet64);
        Gauge(text, "process_managed_memory_bytes", "Memory that the runtime manages.", GC.GetTotalMemory(forceFullCollection: false));
        Counter(text, "process_cpu_seconds_total", "Processor time of the process.", process.TotalProcessorTime.TotalSeconds);
        Gauge(text, "start_time_seconds", "Unix time of the start.", node.StartedAt.ToUnixTimeSeconds());
    }

    private static void Gauge(StringBuilder text, string name, string help, double value)
    {
        Head(text, name, "gauge", help);
        Line(text, name, "", value);
    }

    private static void Counter(StringBuilder text, string name, string help, double value)
    {
        Head(text, name, "counter", help);
        Line(text, name, "", value);
    }

    private static void Head(StringBuilder text, string name, string type, string help) => text.Append(CultureInfo.InvariantCulture, $"# HELP chain_{name} {help}\n# TYPE chain_{name} {type}\n");

    private static void Line(StringBuilder text, string name, string labels, double value) =>
        text.Append(CultureInfo.InvariantCulture, $"chain_{name}{(labels.Length == 0 ? "" : $"{{{labels}}}")} {value:R}\n");
}
