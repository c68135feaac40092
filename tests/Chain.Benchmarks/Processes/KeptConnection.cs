using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Benchmarks.Processes;

/// <summary>A client of a node that keeps its connection, as a program has one that calls often; a command of chain makes one for each call.</summary>
public sealed class KeptConnection : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>Creates a client for where the node listens and the cookie's text.</summary>
    public KeptConnection(IPEndPoint endPoint, string cookie)
    {
        _http.BaseAddress = new Uri($"http://{endPoint}/");
        _http.DefaultRequestHeaders.Authorization = AuthenticationHeaderValue.Parse($"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes(cookie))}");
    }

    /// <summary>Calls a method; throws <see cref="RpcException"/> where it cannot answer.</summary>
    public async Task<JsonNode?> CallAsync(string method, JsonArray parameters, CancellationToken cancellationToken)
    {
        var request = new JsonObject { ["jsonrpc"] = "1.0", ["id"] = "benchmark", ["method"] = method, ["params"] = parameters };
        using var content = new StringContent(request.ToJsonString(), Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(new Uri("wallet/", UriKind.Relative), content, cancellationToken).ConfigureAwait(false);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancellationToken).ConfigureAwait(false))!;
        return answer["error"] is JsonObject error ? throw new RpcException(error["code"]!.GetValue<int>(), error["message"]!.GetValue<string>()) : answer["result"];
    }

    /// <summary>Calls a method and requires an answer.</summary>
    public async Task<JsonNode> GetAsync(string method, params JsonNode?[] parameters) =>
        await CallAsync(method, new JsonArray(parameters), CancellationToken.None).ConfigureAwait(false) ?? throw new InvalidOperationException($"{method} gave no answer.");

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}
