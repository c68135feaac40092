using System.Collections.Frozen;
using System.Text.Json.Nodes;

namespace Chain.Node.Rpc;

/// <summary>All methods, and how one of them is called with parameters by position or by name.</summary>
public static class RpcTable
{
    private static readonly FrozenDictionary<string, RpcMethod> Methods =
        ((RpcMethod[])[.. ChainMethods.All, .. PoolMethods.All, .. AddressMethods.All, .. MiningMethods.All, .. NodeMethods.All])
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
            JsonObject named => ByName(method, named),
            _ => throw new RpcException(RpcErrorCode.InvalidRequest, "Params must be an array or object"),
        };
        if (values.Count > method.ParameterNames.Count || values.Take(method.Required).Count(value => value is not null) < method.Required)
            throw new RpcException(RpcErrorCode.Misc, $"usage: {method.Name} {method.Parameters}".TrimEnd() + $": {method.Summary}");
        return method.Run(context, new RpcParams(values, method.ParameterNames), cancellationToken);
    }

    private static List<JsonNode?> ByName(RpcMethod method, JsonObject named)
    {
        var values = new JsonNode?[method.ParameterNames.Count];
        foreach (var (name, value) in named)
        {
            var index = method.ParameterNames.ToList().IndexOf(name);
            if (index < 0) throw new RpcException(RpcErrorCode.InvalidParameter, $"Unknown named parameter {name}");
            values[index] = value;
        }

        return [.. values];
    }
}
