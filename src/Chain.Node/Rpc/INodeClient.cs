using System.Text.Json.Nodes;

namespace Chain.Node.Rpc;

/// <summary>
/// How a command reaches the chain: a running node over HTTP, or the database that it opened itself. The methods and their
/// answers are the same.
/// </summary>
public interface INodeClient : IAsyncDisposable
{
    /// <summary>Whether a node is running here.</summary>
    bool IsRemote { get; }

    /// <summary>Calls a method; throws <see cref="RpcException"/> where it cannot answer.</summary>
    Task<JsonNode?> CallAsync(string method, JsonNode? parameters, CancellationToken cancellationToken);

    /// <summary>Calls a method that takes long; <paramref name="tell"/> hears meanwhile how far it is, from 0 to 1.</summary>
    Task<JsonNode?> FollowAsync(string method, JsonNode? parameters, Action<double> tell, CancellationToken cancellationToken);
}

/// <summary>Short forms of <see cref="INodeClient.CallAsync"/>.</summary>
public static class NodeClientExtensions
{
    /// <summary>Calls a method with positional parameters and requires an answer.</summary>
    public static async Task<JsonNode> GetAsync(this INodeClient client, string method, CancellationToken cancellationToken, params JsonNode?[] parameters) =>
        await client.CallAsync(method, new JsonArray(parameters), cancellationToken).ConfigureAwait(false)
        ?? throw new RpcException(RpcErrorCode.InternalError, $"{method} gave no answer");
}
