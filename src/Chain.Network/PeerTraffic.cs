using System.Collections.Frozen;

namespace Chain.Network;

/// <summary>Bytes sent to and received from one peer by kind of message, frame headers included. Called from many threads.</summary>
public sealed class PeerTraffic
{
    /// <summary>Under which all is counted that is no message of the protocol (Core: NET_MESSAGE_TYPE_OTHER): a stranger must not name entries here.</summary>
    public const string Other = "*other*";

    private static readonly FrozenSet<string> Known = FrozenSet.ToFrozenSet(
    [
        "version", "verack", "addr", "addrv2", "sendaddrv2", "inv", "getdata", "merkleblock", "getblocks", "getheaders", "tx", "headers", "block",
        "getaddr", "mempool", "ping", "pong", "notfound", "filterload", "filteradd", "filterclear", "sendheaders", "feefilter", "sendcmpct",
        "cmpctblock", "getblocktxn", "blocktxn", "getcfilters", "cfilter", "getcfheaders", "cfheaders", "getcfcheckpt", "cfcheckpt", "wtxidrelay",
        "sendtxrcncl", "reject",
    ]);

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, long> _sent = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> _received = new(StringComparer.Ordinal);

    /// <summary>What was sent, by command.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Sent
    {
        get
        {
            lock (_lock) return [.. _sent];
        }
    }

    /// <summary>What was received, by command.</summary>
    public IReadOnlyList<KeyValuePair<string, long>> Received
    {
        get
        {
            lock (_lock) return [.. _received];
        }
    }

    internal void Count(bool isSent, string command, int bytes)
    {
        var counts = isSent ? _sent : _received;
        var name = Known.Contains(command) ? command : Other;
        lock (_lock) counts[name] = counts.GetValueOrDefault(name) + bytes;
    }
}
