using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.State.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Chain.Node.Rpc;

/// <summary>
/// JSON-RPC over HTTP POST on 127.0.0.1, as Bitcoin Core speaks it: versions 1.0, 1.1 and 2.0, batches, cookie
/// authentication. A browser's page cannot reach it: it has no cookie, and a foreign Host is refused.
/// </summary>
internal sealed class RpcServer : IAsyncDisposable
{
    private const int MaxBody = 32 * 1024 * 1024;

    /// <summary>Of a name that stands twice one reader takes the first and another the last: it is refused.</summary>
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = 64, AllowDuplicateProperties = false };

    private readonly NodeSettings _settings;
    private readonly RpcContext _context;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly string _cookie = RpcCookie.NewText();
    private readonly byte[] _authorization;
    private WebApplication? _app;
    private bool _hasCookieFile;

    public RpcServer(NodeSettings settings, RpcContext context, ILogger log)
    {
        _settings = settings;
        _context = context;
        _log = log;
        _authorization = System.Text.Encoding.UTF8.GetBytes(RpcCookie.Header(_cookie));
    }

    /// <summary>The port on 127.0.0.1.</summary>
    public int Port => _settings.HttpPort;

    /// <summary>Begins to answer. Throws <see cref="CommandException"/> where the port is taken.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, Port);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxBody;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
        });
        _app = builder.Build();
        _app.Run(HandleAsync);
        try
        {
            await _app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw FullNode.PortTaken(Port, "RPC", "--http-port", e.InnerException ?? e);
        }
        catch (SocketException e)
        {
            throw FullNode.PortTaken(Port, "RPC", "--http-port", e);
        }

        _hasCookieFile = true;
        RpcCookie.Write(_settings.CookiePath, _cookie);
    }

    /// <summary>Ends what is being answered, removes the cookie and closes the port.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        if (_hasCookieFile) File.Delete(_settings.CookiePath);
        if (_app is not null)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            await _app.StopAsync(patience.Token).ConfigureAwait(false);
            await _app.DisposeAsync().ConfigureAwait(false);
        }

        _stop.Dispose();
    }

    private async Task HandleAsync(HttpContext http)
    {
        if (!IsLocalName(http.Request.Host.Host))
        {
            http.Response.StatusCode = StatusCodes.Status403Forbidden;
            return;
        }

        if (!HttpMethods.IsPost(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            await http.Response.WriteAsync("JSONRPC server handles only POST requests", http.RequestAborted).ConfigureAwait(false);
            return;
        }

        if (!CryptographicOperations.FixedTimeEquals(System.Text.Encoding.UTF8.GetBytes(http.Request.Headers.Authorization.ToString()), _authorization))
        {
            http.Response.Headers.WWWAuthenticate = "Basic realm=\"jsonrpc\"";
            http.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _stop.Token);
        var (status, body) = await AnswerAsync(http.Request.Body, either.Token).ConfigureAwait(false);
        http.Response.StatusCode = status;
        if (body is null) return;
        http.Response.ContentType = "application/json";

        // Not with the token that ends the call: that the node is stopping must still be said.
        await http.Response.WriteAsync(body.ToJsonString() + "\n", http.RequestAborted).ConfigureAwait(false);
    }

    private async Task<(int Status, JsonNode? Body)> AnswerAsync(Stream body, CancellationToken cancellationToken)
    {
        JsonNode? request;
        try
        {
            request = await JsonNode.ParseAsync(body, documentOptions: Strict, cancellationToken: cancellationToken).ConfigureAwait(false);
            ReadText(request);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return (StatusCodes.Status500InternalServerError, Response(null, null, new RpcException(RpcErrorCode.ParseError, "Parse error")));
        }
        catch (OperationCanceledException)
        {
            return (StatusCodes.Status503ServiceUnavailable, Response(null, null, Stopping()));
        }

        switch (request)
        {
            case JsonObject single:
                return await CallAsync(single, cancellationToken).ConfigureAwait(false);
            case JsonArray batch:
                var answers = new JsonArray();
                foreach (var item in batch)
                {
                    var (_, answer) = item is JsonObject call
                        ? await CallAsync(call, cancellationToken).ConfigureAwait(false)
                        : (0, Response(null, null, new RpcException(RpcErrorCode.InvalidRequest, "Invalid Request object")));
                    if (answer is not null) answers.Add(answer);
                }

                return (StatusCodes.Status200OK, answers);
            default:
                return (StatusCodes.Status500InternalServerError, Response(null, null, new RpcException(RpcErrorCode.ParseError, "Top-level object parse error")));
        }
    }

    /// <summary>Answers one call. A 2.0 call without an id is a notification: nothing answers it, not even its error.</summary>
    private async Task<(int Status, JsonNode? Body)> CallAsync(JsonObject request, CancellationToken cancellationToken)
    {
        var answer = await RunAsync(request, cancellationToken).ConfigureAwait(false);
        return IsVersion2(request) && !request.ContainsKey("id") ? (StatusCodes.Status204NoContent, null) : answer;
    }

    private async Task<(int Status, JsonNode Body)> RunAsync(JsonObject request, CancellationToken cancellationToken)
    {
        try
        {
            if (request["method"] is not JsonValue name || !name.TryGetValue<string>(out var method))
                throw new RpcException(RpcErrorCode.InvalidRequest, "Missing method");
            var result = await RpcTable.CallAsync(_context, method, request["params"], cancellationToken).ConfigureAwait(false);
            return (StatusCodes.Status200OK, Response(request, result, null));
        }
        catch (RpcException e)
        {
            var status = IsVersion2(request) ? StatusCodes.Status200OK : e.Code switch
            {
                RpcErrorCode.InvalidRequest => StatusCodes.Status400BadRequest,
                RpcErrorCode.MethodNotFound => StatusCodes.Status404NotFound,
                _ => StatusCodes.Status500InternalServerError,
            };
            return (status, Response(request, null, e));
        }
        catch (OperationCanceledException)
        {
            return (StatusCodes.Status503ServiceUnavailable, Response(request, null, Stopping()));
        }
        catch (DatabaseException e)
        {
            return (StatusCodes.Status500InternalServerError, Response(request, null, new RpcException(RpcErrorCode.InternalError, e.Message)));
        }
        catch (Exception e)
        {
            _log.RpcFailed(e);
            return (StatusCodes.Status500InternalServerError, Response(request, null, new RpcException(RpcErrorCode.InternalError, "The node could not answer; its log says more")));
        }
    }

    /// <summary>
    /// Reads every name and text, which are decoded only then: an escaped half of a surrogate pair is valid JSON and no text
    /// (<see cref="InvalidOperationException"/>). Core's parser refuses it too.
    /// </summary>
    private static void ReadText(JsonNode? node)
    {
        if (node is JsonObject members)
        {
            foreach (var (_, member) in members) ReadText(member);
        }
        else if (node is JsonArray items)
        {
            foreach (var item in items) ReadText(item);
        }
        else if (node?.GetValueKind() == JsonValueKind.String)
        {
            _ = node.GetValue<string>();
        }
    }

    private static RpcException Stopping() => new(RpcErrorCode.InternalError, "The node is stopping");

    private static JsonObject Response(JsonObject? request, JsonNode? result, RpcException? error)
    {
        var isVersion2 = IsVersion2(request);
        var response = new JsonObject();
        if (isVersion2) response["jsonrpc"] = "2.0";
        if (error is null || !isVersion2) response["result"] = result;
        if (error is not null || !isVersion2)
            response["error"] = error is null ? null : new JsonObject { ["code"] = error.Code, ["message"] = error.Message };
        response["id"] = request?["id"]?.DeepClone();
        return response;
    }

    private static bool IsVersion2(JsonObject? request) =>
        request?["jsonrpc"] is JsonValue version && version.TryGetValue<string>(out var text) && text == "2.0";

    /// <summary>A page of a foreign site that points its own name at 127.0.0.1 (DNS rebinding) sends that name as Host.</summary>
    private static bool IsLocalName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));

    /// <summary>The node itself handles signals; the web host must not.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
