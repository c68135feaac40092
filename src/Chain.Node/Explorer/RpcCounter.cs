using System.Collections.Concurrent;
using Chain.Node.Rpc;

namespace Chain.Node.Explorer;

/// <summary>Counts JSON-RPC calls by method and HTTP status, for the metrics. Names that are no method are counted together: strangers choose them.</summary>
internal sealed class RpcCounter
{
    private const string Unknown = "unknown";

    private readonly ConcurrentDictionary<(string Method, int Status), long> _calls = new();

    /// <summary>The counts, by method and status.</summary>
    public IEnumerable<(string Method, int Status, long Count)> Calls =>
        _calls.Select(pair => (pair.Key.Method, pair.Key.Status, pair.Value)).OrderBy(call => call.Method, StringComparer.Ordinal).ThenBy(call => call.Status);

    /// <summary>A call was answered.</summary>
    public void Count(string method, int status) => _calls.AddOrUpdate((RpcTable.Find(method)?.Name ?? Unknown, status), 1, (_, count) => count + 1);
}
