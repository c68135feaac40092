using System.Collections.Concurrent;

namespace Chain.Node.Logging;

/// <summary>
/// What a node logs beside what it always logs, by Core's names (-debug, RPC logging). Under <see cref="Net"/> stand all
/// messages of peers; what else is worth a line only to who looks for an error is logged while any category is on.
/// </summary>
public sealed class LogCategories
{
    /// <summary>Each message that is sent and received.</summary>
    public const string Net = "net";

    private static readonly string[] Known =
    [
        "addrman", "bench", "blockstorage", "cmpctblock", "coindb", "estimatefee", "http", "i2p", "ipc", "leveldb", "libevent", "mempool", "mempoolrej", Net,
        "proxy", "prune", "qt", "rand", "reindex", "rpc", "scan", "selectcoins", "tor", "util", "validation", "walletdb", "zmq",
    ];

    /// <summary>The names that mean all of them.</summary>
    private static readonly string[] Everything = ["all", "1", ""];

    /// <summary>The names that mean none of them.</summary>
    private static readonly string[] Nothing = ["none", "0"];

    private readonly ConcurrentDictionary<string, bool> _on = new();

    /// <summary>All names, in alphabetical order.</summary>
    public static IReadOnlyList<string> Names => Known;

    /// <summary>Whether any is on.</summary>
    public bool IsAnyOn => !_on.IsEmpty;

    /// <summary>Whether this one is on.</summary>
    public bool IsOn(string name) => _on.ContainsKey(name);

    /// <summary>Turns all on or off.</summary>
    public void SetAll(bool on)
    {
        foreach (var name in Known) Set(name, on);
    }

    /// <summary>Turns one on or off, or all; false where the name is none.</summary>
    public bool TrySet(string name, bool on)
    {
        if (Everything.Contains(name)) SetAll(on);
        else if (Nothing.Contains(name)) SetAll(!on);
        else if (Known.Contains(name)) Set(name, on);
        else return false;
        return true;
    }

    private void Set(string name, bool on)
    {
        if (on) _on[name] = true;
        else _on.TryRemove(name, out _);
    }
}
