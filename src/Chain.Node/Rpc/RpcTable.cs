using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Chain.Node.Rpc;

/// <summary>All methods, and how one of them is called with parameters by position or by name.</summary>
public static class RpcTable
{
    private static readonly (string Category, IEnumerable<RpcMethod> Methods)[] Groups =
    [
        ("Blockchain", ChainMethods.All),
        ("Blockchain", CoinMethods.All),
        ("Blockchain", ReindexMethods.All),
        ("Blockchain", BranchMethods.All),
        ("Blockchain", StatisticsMethods.All),
        ("Blockchain", WaitMethods.All),
        ("Blockchain", MempoolMethods.All),
        ("Blockchain", ProofMethods.All),
        ("Blockchain", ScanMethods.All),
        ("Rawtransactions", PoolMethods.All),
        ("Rawtransactions", RawTransactionMethods.All),
        ("Rawtransactions", PsbtMethods.All),
        ("Util", KeyMethods.All),
        ("Util", DescriptorMethods.All),
        ("Blockchain", AddressMethods.All),
        ("Mining", MiningMethods.All),
        ("Mining", MinerMethods.All),
        ("Mining", ReorgMethods.All),
        ("Mining", TemplateMethods.All),
        (RpcMethod.Hidden, GenerateMethods.All),
        ("Network", NetworkMethods.All),
        ("Network", PeerMethods.All),
        ("Network", BanMethods.All),
        ("Network", LinkMethods.All),
        ("Control", ControlMethods.All),
        ("Control", SnapshotMethods.All),
        ("Util", UtilMethods.All),
        .. WalletGroups.All,
    ];

    private static readonly FrozenDictionary<string, RpcMethod> Methods = Groups
        .SelectMany(group => group.Methods.Select(method => method with { Category = method.Category ?? group.Category }))
        .ToFrozenDictionary(method => method.Name);

    /// <summary>The methods by name.</summary>
    public static IEnumerable<RpcMethod> All => Methods.Values.OrderBy(method => method.Name, StringComparer.Ordinal);

    /// <summary>Finds a method; null where there is none of that name.</summary>
    public static RpcMethod? Find(string name) => Methods.GetValueOrDefault(name);

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
        return method.Run(context, new RpcParams(values, method.ParameterNames), cancellationToken);
    }

    /// <summary>The line that shows each method's call, under the headings of their categories.</summary>
    public static string List() => string.Join("\n\n", Methods.Values
        .Where(method => method.Category != RpcMethod.Hidden)
        .GroupBy(method => method.Category!)
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => $"== {group.Key} ==\n{string.Join('\n', group.OrderBy(method => method.Name, StringComparer.Ordinal).Select(method => method.Usage))}"));
}
