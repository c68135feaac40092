using System.Text.Json.Nodes;

namespace Chain.Node.Rpc;

/// <summary>All methods, and how one of them is called with parameters by position or by name.</summary>
public static class RpcTable
{
    /// <summary>In the order in which commands ask for them: those in front of the one that is looked for are made with it.</summary>
    private static readonly RpcGroup[] Groups =
    [
        new("Blockchain", () => AddressMethods.All),
        new("Blockchain", () => ChainMethods.All),
        .. WalletGroups.All,
        new("Blockchain", () => CoinMethods.All),
        new("Blockchain", () => ReindexMethods.All),
        new("Blockchain", () => BranchMethods.All),
        new("Blockchain", () => StatisticsMethods.All),
        new("Blockchain", () => WaitMethods.All),
        new("Blockchain", () => MempoolMethods.All),
        new("Blockchain", () => ProofMethods.All),
        new("Blockchain", () => ScanMethods.All),
        new("Rawtransactions", () => PoolMethods.All),
        new("Rawtransactions", () => RawTransactionMethods.All),
        new("Rawtransactions", () => PsbtMethods.All),
        new("Util", () => KeyMethods.All),
        new("Util", () => DescriptorMethods.All),
        new("Mining", () => MiningMethods.All),
        new("Mining", () => MinerMethods.All),
        new("Mining", () => ReorgMethods.All),
        new("Mining", () => TemplateMethods.All),
        new(RpcMethod.Hidden, () => GenerateMethods.All),
        new("Network", () => NetworkMethods.All),
        new("Network", () => PeerMethods.All),
        new("Network", () => BanMethods.All),
        new("Network", () => LinkMethods.All),
        new("Control", () => ControlMethods.All),
        new("Control", () => SnapshotMethods.All),
        new("Util", () => UtilMethods.All),
    ];

    /// <summary>The methods by name.</summary>
    public static IEnumerable<RpcMethod> All => Groups.SelectMany(group => group.Methods).OrderBy(method => method.Name, StringComparer.Ordinal);

    /// <summary>Finds a method; null where there is none of that name.</summary>
    public static RpcMethod? Find(string name)
    {
        foreach (var group in Groups)
        {
            if (group.Find(name) is { } method) return method;
        }

        return null;
    }

    /// <summary>Calls a method. What it cannot do is an <see cref="RpcException"/>.</summary>
    public static Task<JsonNode?> CallAsync(RpcContext context, string name, JsonNode? parameters, CancellationToken cancellationToken)
    {
        var method = Find(name) ?? throw new RpcException(RpcErrorCode.MethodNotFound, "Method not found");
        var values = parameters switch
        {
            null => [],
            JsonArray array => array.ToList(),
            JsonObject named => RpcNamedParams.ToPositional(method, named),
            _ => throw new RpcException(RpcErrorCode.InvalidRequest, "Params must be an array or object"),
        };
        method.Check(values);
        return method.Run(context with { Method = method.Name }, new RpcParams(values, method.ParameterNames), cancellationToken);
    }

    /// <summary>The line that shows each method's call, under the headings of their categories.</summary>
    public static string List() => string.Join("\n\n", All
        .Where(method => method.Category != RpcMethod.Hidden)
        .GroupBy(method => method.Category!)
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => $"== {group.Key} ==\n{string.Join('\n', group.OrderBy(method => method.Name, StringComparer.Ordinal).Select(method => method.Usage))}"));
}
