using System.Collections.Immutable;

namespace Chain.Node.Rpc;

/// <summary>Which methods a name may call (Core: -rpcwhitelist, -rpcwhitelistdefault).</summary>
public sealed record RpcWhitelist
{
    private const string List = "rpcwhitelist", Default = "rpcwhitelistdefault";

    /// <summary>What a call that it keeps out is answered with, by which commands know it from the refusals of others.</summary>
    public const string Refusal = "rpcwhitelist does not let this user call this method";

    /// <summary>The names that the configuration may hold.</summary>
    public static IReadOnlyList<string> Names { get; } = [List, Default];

    /// <summary>Whether a name without a list of its own may call nothing.</summary>
    public bool IsStrict { get; init; }

    /// <summary>The methods of each name that has a list.</summary>
    public ImmutableDictionary<string, ImmutableHashSet<string>> Methods { get; init; } = ImmutableDictionary<string, ImmutableHashSet<string>>.Empty;

    /// <summary>Reads it: <c>name:method,method</c>; of several lists for a name only the methods in all of them count.</summary>
    public static RpcWhitelist From(ConfigurationFile configuration)
    {
        var methods = ImmutableDictionary<string, ImmutableHashSet<string>>.Empty;
        foreach (var text in configuration.All(List))
        {
            var colon = text.IndexOf(':', StringComparison.Ordinal);
            var name = colon < 0 ? text : text[..colon];
            ImmutableHashSet<string> listed = colon < 0 ? [] : [.. text[(colon + 1)..].Split([',', ' '], StringSplitOptions.RemoveEmptyEntries)];
            methods = methods.SetItem(name, methods.TryGetValue(name, out var before) ? before.Intersect(listed) : listed);
        }

        return new RpcWhitelist { Methods = methods, IsStrict = configuration.Find(Default) is { } value ? value != "0" : methods.Count > 0 };
    }

    /// <summary>Whether a name may call a method.</summary>
    public bool Allows(string name, string method) => Methods.TryGetValue(name, out var allowed) ? allowed.Contains(method) : !IsStrict;
}
