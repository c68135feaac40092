namespace Chain.Node.Rpc;

/// <summary>
/// Methods that belong together, and the heading under which help lists them. They are made when one is first looked for: a
/// command that calls a single method need not make all two hundred.
/// </summary>
internal sealed class RpcGroup(string category, Func<IEnumerable<RpcMethod>> make)
{
    private Dictionary<string, RpcMethod>? _methods;

    /// <summary>All its methods.</summary>
    public IReadOnlyCollection<RpcMethod> Methods => ByName.Values;

    /// <summary>Two that look at once make them twice, which does no harm: they are all alike.</summary>
    private Dictionary<string, RpcMethod> ByName => _methods ??= Make();

    /// <summary>One of its methods; null where there is none of that name.</summary>
    public RpcMethod? Find(string name) => ByName.GetValueOrDefault(name);

    private Dictionary<string, RpcMethod> Make()
    {
        var methods = new Dictionary<string, RpcMethod>();
        foreach (var method in make()) methods.Add(method.Name, method.Category is null ? method with { Category = category } : method);
        return methods;
    }
}
