using System.Text.Json.Nodes;

namespace Chain.Node.Rpc;

/// <summary>
/// Puts parameters that were given by name in their places. Members of an options object may stand among them, and a list
/// <c>args</c> gives the first ones by position (Core: transformNamedArguments).
/// </summary>
internal static class RpcNamedParams
{
    private const string Positional = "args";

    /// <summary>The values by position; null for what was left out before the last that was given.</summary>
    public static List<JsonNode?> ToPositional(RpcMethod method, JsonObject named)
    {
        var left = named.ToDictionary(pair => pair.Key, pair => pair.Value);
        var values = new List<JsonNode?>();
        string? first = null;
        var firstAt = 0;
        for (var i = 0; i < method.Arguments.Length; i++)
        {
            var argument = method.Arguments[i];
            if (!TryTake(argument, left, out var value)) continue;
            while (values.Count < i) values.Add(null);
            values.Add(value);
            if (first is null) (first, firstAt) = (string.Join('|', argument.Names), i);
        }

        if (left.TryGetValue(Positional, out var list) && list is JsonArray positional)
        {
            if (first is not null && positional.Count > firstAt)
                throw new RpcException(RpcErrorCode.InvalidParameter, $"Parameter {first} specified twice both as positional and named argument");
            values = [.. positional, .. values.Skip(positional.Count)];
            left.Remove(Positional);
        }

        return left.Count == 0 ? values : throw new RpcException(RpcErrorCode.InvalidParameter, $"Unknown named parameter {left.Keys.First()}");
    }

    /// <summary>Takes what was given for a parameter by one of its names, or by those of its options.</summary>
    private static bool TryTake(RpcParameter argument, Dictionary<string, JsonNode?> left, out JsonNode? value)
    {
        value = null;
        var options = new JsonObject();
        foreach (var option in argument.Options)
        {
            if (left.Remove(option, out var member)) options[option] = member?.DeepClone();
        }

        var given = argument.Names.FirstOrDefault(left.ContainsKey);
        if (given is null)
        {
            if (options.Count > 0) value = options;
            return options.Count > 0;
        }

        if (options.Count > 0) throw new RpcException(RpcErrorCode.InvalidParameter, $"Parameter {given} conflicts with parameter {options.First().Key}");
        return left.Remove(given, out value);
    }
}
