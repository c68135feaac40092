namespace Chain.Network;

/// <summary>Permissions as the configuration writes them: <c>noban,in,out@127.0.0.1</c> (Core: net_permissions.cpp).</summary>
public static class PermissionText
{
    private static readonly (string Name, PeerPermissions Flag)[] Names =
    [
        ("bloomfilter", PeerPermissions.BloomFilter), ("noban", PeerPermissions.NoBan), ("forcerelay", PeerPermissions.ForceRelay), ("relay", PeerPermissions.Relay),
        ("mempool", PeerPermissions.Mempool), ("download", PeerPermissions.Download), ("addr", PeerPermissions.Addr),
    ];

    /// <summary>What a subnet has that is named without permissions.</summary>
    private const PeerPermissions Usual = PeerPermissions.Relay | PeerPermissions.Mempool | PeerPermissions.NoBan;

    /// <summary>The names of permissions, in Core's order.</summary>
    public static IEnumerable<string> Of(PeerPermissions permissions) =>
        Names.Where(pair => (permissions & pair.Flag) == pair.Flag).Select(pair => pair.Name);

    /// <summary>Reads an entry; null where it is none, with what is wrong in Core's words.</summary>
    public static PermittedNet? TryParse(string text, out string error)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        var (permissions, inbound, outbound) = (Usual, true, false);
        error = "";
        if (at >= 0)
        {
            (permissions, inbound, outbound) = (PeerPermissions.None, false, false);
            foreach (var word in text[..at].Split(',', StringSplitOptions.RemoveEmptyEntries))
            {
                if (word == "in") inbound = true;
                else if (word == "out") outbound = true;
                else if (Find(word) is { } flag) permissions |= flag;
                else
                {
                    error = $"Invalid P2P permission: '{word}'";
                    return null;
                }
            }

            if (!inbound && !outbound) inbound = true;
        }

        var net = text[(at + 1)..];
        if (IPSubnet.TryParse(net, out var subnet)) return new PermittedNet(subnet, permissions, inbound, outbound);
        error = $"Invalid netmask specified in -whitelist: '{net}'";
        return null;
    }

    private static PeerPermissions? Find(string word) => word switch
    {
        "all" => PeerPermissions.All,
        "bloom" => PeerPermissions.BloomFilter,
        _ => Names.Where(pair => pair.Name == word).Select(pair => (PeerPermissions?)pair.Flag).FirstOrDefault(),
    };
}
