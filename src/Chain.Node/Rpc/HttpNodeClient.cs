using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Chain.Node.Rpc;

/// <summary>Calls a running node on this machine.</summary>
public sealed class HttpNodeClient : INodeClient
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    private readonly IPEndPoint _endPoint;
    private readonly string _path, _authorization;

    /// <summary>Creates a client for where the node listens, the cookie's text and the wallet that is meant.</summary>
    public HttpNodeClient(IPEndPoint endPoint, string cookie, string wallet)
    {
        _endPoint = endPoint;
        _path = "/wallet/" + Uri.EscapeDataString(wallet);
        _authorization = RpcCookie.Header(cookie);
    }

    /// <inheritdoc/>
    public bool IsRemote => true;

    /// <inheritdoc/>
    public async Task<JsonNode?> CallAsync(string method, JsonNode? parameters, CancellationToken cancellationToken)
    {
        var request = new JsonObject { ["jsonrpc"] = "1.0", ["id"] = "chain", ["method"] = method, ["params"] = parameters ?? new JsonArray() };
        var (status, text) = await SmallHttp.PostAsync(_endPoint, _path, _authorization, request.ToJsonString(), cancellationToken).ConfigureAwait(false);
        if (status == HttpStatusCode.Unauthorized)
            throw new RpcException(RpcErrorCode.Misc, "The node refused the cookie. Is it started by another user, or with another data directory?") { HttpStatus = status };
        if (status == HttpStatusCode.Forbidden && text == RpcWhitelist.Refusal)
            throw new RpcException(RpcErrorCode.Misc, $"The node does not let this user call {method}. Commands call as {RpcCookie.User}: name that in an rpcwhitelist of its configuration, or set rpcwhitelistdefault=0.") { HttpStatus = status, IsNotAllowed = true };
        var answer = Parse(text) ?? throw new RpcException(RpcErrorCode.InternalError, $"The node answered HTTP {(int)status} without JSON-RPC. Does another program listen on its port?") { HttpStatus = status };
        if (answer["error"] is JsonObject error)
            throw new RpcException(error["code"]?.GetValue<int>() ?? RpcErrorCode.Misc, error["message"]?.GetValue<string>() ?? "unknown error");
        return answer["result"];
    }

    /// <summary>The node says how far it is in its getrpcinfo, where commands may ask for that.</summary>
    public async Task<JsonNode?> FollowAsync(string method, JsonNode? parameters, Action<double> tell, CancellationToken cancellationToken)
    {
        var call = CallAsync(method, parameters, cancellationToken);
        while (await Task.WhenAny(call, Task.Delay(Pause, cancellationToken)).ConfigureAwait(false) != call && await FindProgressAsync(method, cancellationToken).ConfigureAwait(false) is var progress)
        {
            if (progress is { } part) tell(part);
        }

        return await call.ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<double?> FindProgressAsync(string method, CancellationToken cancellationToken)
    {
        try
        {
            var info = await CallAsync("getrpcinfo", null, cancellationToken).ConfigureAwait(false);
            return info?["active_commands"]?.AsArray().LastOrDefault(call => call?["method"]?.GetValue<string>() == method)?["progress"]?.GetValue<double>();
        }
        catch (Exception e) when (e is RpcException or HttpRequestException or IOException)
        {
            // The call itself goes on, and will say what is wrong if it is.
            return null;
        }
    }

    private static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
