using System.Text.Json.Nodes;

namespace Chain.Node.Rpc;

/// <summary>A method: its name, the names of its parameters (those that may be left out end with '?'), what it is for, and what it does.</summary>
public sealed record RpcMethod(string Name, string Parameters, string Summary, Func<RpcContext, RpcParams, CancellationToken, Task<JsonNode?>> Run)
{
    /// <summary>The names of all parameters in order.</summary>
    public IReadOnlyList<string> ParameterNames { get; } = [.. Parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => name.TrimEnd('?'))];

    /// <summary>How many parameters must be given.</summary>
    public int Required { get; } = Parameters.Split(' ', StringSplitOptions.RemoveEmptyEntries).Count(name => !name.EndsWith('?'));
}
