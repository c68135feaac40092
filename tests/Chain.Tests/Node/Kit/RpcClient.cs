using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace Chain.Tests.Node.Kit;

/// <summary>A method's error, as the node answered it.</summary>
internal sealed class RpcFailure(int code, string message) : Exception($"{code}: {message}")
{
    public int Code => code;
}

/// <summary>Calls a node as any HTTP client would, with the cookie from its data directory.</summary>
internal sealed class RpcClient : IDisposable
{
    private readonly HttpClient _http;

    public RpcClient(int port, string cookiePath)
    {
        _http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{port}/"), Timeout = Eventually.Patience };
        if (File.Exists(cookiePath))
            _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(File.ReadAllBytes(cookiePath)));
    }

    /// <summary>Sends any text as a request.</summary>
    public async Task<(int Status, string Body)> PostAsync(string body)
    {
        using var content = new StringContent(body, System.Text.Encoding.UTF8, "application/json");
        using var response = await _http.PostAsync(new Uri("", UriKind.Relative), content);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Calls a method; its error is an <see cref="RpcFailure"/>.</summary>
    public async Task<JsonNode?> CallAsync(string method, params JsonNode?[] parameters)
    {
        var request = new JsonObject { ["id"] = 1, ["method"] = method, ["params"] = new JsonArray(parameters) };
        var (_, body) = await PostAsync(request.ToJsonString());
        var answer = JsonNode.Parse(body)!.AsObject();
        if (answer["error"] is { } error) throw new RpcFailure(error["code"]!.GetValue<int>(), error["message"]!.GetValue<string>());
        return answer["result"];
    }

    public void Dispose() => _http.Dispose();
}
