using System.Globalization;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands;

/// <summary>Tells what a node is asked and how long it took (<c>--verbose</c>). What may be secret is not told.</summary>
internal sealed class TalkativeNodeClient(INodeClient inner, Action<string> say, TimeProvider clock) : INodeClient
{
    private const int MostCharacters = 200;

    /// <inheritdoc/>
    public bool IsRemote => inner.IsRemote;

    /// <summary>The client that does the work.</summary>
    public INodeClient Inner => inner;

    /// <inheritdoc/>
    public Task<JsonNode?> CallAsync(string method, JsonNode? parameters, CancellationToken cancellationToken) =>
        TellAsync(method, parameters, () => inner.CallAsync(method, parameters, cancellationToken));

    /// <inheritdoc/>
    public Task<JsonNode?> FollowAsync(string method, JsonNode? parameters, Action<double> tell, CancellationToken cancellationToken) =>
        TellAsync(method, parameters, () => inner.FollowAsync(method, parameters, tell, cancellationToken));

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => inner.DisposeAsync();

    private async Task<JsonNode?> TellAsync(string method, JsonNode? parameters, Func<Task<JsonNode?>> call)
    {
        var text = parameters?.ToJsonString() ?? "[]";
        if (Secrets.IsSecret(method) || Secrets.HoldsKey(text)) text = "[…]";
        if (text.Length > MostCharacters) text = text[..MostCharacters] + "…";
        var start = clock.GetTimestamp();
        var outcome = "failed";
        try
        {
            var result = await call().ConfigureAwait(false);
            outcome = "answered";
            return result;
        }
        finally
        {
            var elapsed = clock.GetElapsedTime(start).TotalMilliseconds.ToString("0.0", CultureInfo.InvariantCulture);
            say($"{(inner.IsRemote ? "node" : "database")}: {method} {text} {outcome} after {elapsed} ms");
        }
    }
}
