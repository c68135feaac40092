using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Node.Explorer;
using Chain.State.Storage;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Chain.Node.Rpc;

/// <summary>
/// JSON-RPC over HTTP POST as Bitcoin Core speaks it: versions 1.0, 1.1 and 2.0, batches, <c>/wallet/NAME</c>, and its
/// statuses. <see cref="RpcGate"/> says who is let in. What is only read is the explorer's.
/// </summary>
internal sealed class RpcServer : IAsyncDisposable
{
    private const int MaxBody = 32 * 1024 * 1024;
    private const int MaxTarget = 8192;

    /// <summary>A longer body than is taken is read to its end up to here, since otherwise who sends it might not see the answer.</summary>
    private const int MaxDiscarded = 4 * MaxBody;

    /// <summary>As deep as Core's parser goes.</summary>
    private const int MaxDepth = 512;

    private const string WalletPath = "/wallet/";

    /// <summary>Who guesses passwords waits for each answer.</summary>
    private static readonly TimeSpan GuessDelay = TimeSpan.FromMilliseconds(250);

    /// <summary>Of a name that stands twice one reader takes the first and another the last: it is refused.</summary>
    private static readonly JsonDocumentOptions Strict = new() { MaxDepth = MaxDepth };

    /// <summary>Nothing of it lands in a page, so that only what JSON asks for is escaped.</summary>
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private readonly NodeSettings _settings;
    private readonly RpcContext _context;
    private readonly RpcGate _gate;
    private readonly ExplorerServer _explorer;
    private readonly RpcActivity _activity;
    private readonly RpcWhitelist _whitelist;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly string _cookie = RpcCookie.NewText();
    private WebApplication? _app;
    private bool _hasCookieFile;

    public RpcServer(NodeSettings settings, RpcAccess access, RpcContext context, ExplorerServer explorer, ILogger log)
    {
        _explorer = explorer;
        _settings = settings;
        _activity = new RpcActivity((int)Math.Min(int.MaxValue, (long)access.WorkQueue + access.AtOnce));
        _whitelist = access.Whitelist;
        _context = context with { Activity = _activity };
        _gate = new RpcGate([RpcCookie.Credential(_cookie), .. access.Credentials], settings.HttpBind);
        _log = log;
    }

    /// <summary>The address that is listened on.</summary>
    public IPEndPoint EndPoint => new(_settings.HttpBind, _settings.HttpPort);

    /// <summary>Begins to answer. Throws <see cref="CommandException"/> where the port is taken.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // Empty: what lies in the current folder or the environment configures no server of ours.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(EndPoint);
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxDiscarded;

            // A longer one than Core takes is read to its end, so that the status can be Core's.
            kestrel.Limits.MaxRequestLineSize = 4 * MaxTarget;
            kestrel.Limits.RequestHeadersTimeout = TimeSpan.FromSeconds(10);
            kestrel.Limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);
        });
        _app = builder.Build();
        _app.Run(HandleAsync);
        try
        {
            await _app.StartAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw FullNode.CannotListen(EndPoint, "RPC", "--http-port", "--http-bind", e.InnerException ?? e);
        }
        catch (SocketException e)
        {
            throw FullNode.CannotListen(EndPoint, "RPC", "--http-port", "--http-bind", e);
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
        var (request, response) = (http.Request, http.Response);
        var isShown = ExplorerServer.IsOwn(request);
        if ((isShown ? _gate.FindRefusalToShow(request) : _gate.FindRefusal(request)) is { } refusal)
        {
            await RefuseAsync(http, refusal, refusal == StatusCodes.Status415UnsupportedMediaType
                ? "JSON-RPC is sent as application/json, not as a form or as text"
                : "This node answers only to the names of the machine that it runs on, and not to pages of others").ConfigureAwait(false);
            return;
        }

        if (http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget.Length > MaxTarget)
        {
            await RefuseAsync(http, StatusCodes.Status400BadRequest, $"The address is longer than {MaxTarget} characters").ConfigureAwait(false);
            return;
        }

        if (isShown)
        {
            using var end = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _stop.Token);
            await _explorer.AnswerAsync(http, end.Token).ConfigureAwait(false);
            return;
        }

        if (!TryFindContext(http, out var context))
        {
            await RefuseAsync(http, StatusCodes.Status404NotFound, $"JSON-RPC is at / and, for a wallet, at {WalletPath}NAME").ConfigureAwait(false);
            return;
        }

        if (!HttpMethods.IsPost(request.Method))
        {
            await RefuseAsync(http, StatusCodes.Status405MethodNotAllowed, "JSONRPC server handles only POST requests").ConfigureAwait(false);
            return;
        }

        var authorization = request.Headers.Authorization;
        if (_gate.Admit(authorization.ToString()) is not { } user)
        {
            if (authorization.Count > 0)
            {
                _log.WrongPassword(http.Connection.RemoteIpAddress, http.Connection.RemotePort);
                await Task.Delay(GuessDelay, http.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }

            response.Headers.WWWAuthenticate = "Basic realm=\"jsonrpc\"";
            await RefuseAsync(http, StatusCodes.Status401Unauthorized, "A name and a password are needed: those of the node's cookie file, or of its configuration").ConfigureAwait(false);
            return;
        }

        using var either = CancellationTokenSource.CreateLinkedTokenSource(http.RequestAborted, _stop.Token);
        try
        {
            using var body = await ReadAsync(http, either.Token).ConfigureAwait(false);
            await AnswerAsync(http, context with { User = user }, body, either.Token).ConfigureAwait(false);
        }
        catch (BadHttpRequestException e)
        {
            // Too long, too slow, or cut off.
            response.Headers.Connection = "close";
            await RefuseAsync(http, e.StatusCode, e.StatusCode == StatusCodes.Status413PayloadTooLarge ? $"The body is longer than {MaxBody} bytes" : "The body could not be read").ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
    }

    /// <summary>The path says which wallet is meant; there are no others than / and those of wallets.</summary>
    private bool TryFindContext(HttpContext http, out RpcContext context)
    {
        context = _context;
        var path = http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        if (path == "/") return true;
        if (!path.StartsWith(WalletPath, StringComparison.Ordinal)) return false;
        context = _context with { WalletName = Uri.UnescapeDataString(path[WalletPath.Length..]) };
        return true;
    }

    /// <summary>Reads a body as JSON; null where it is none. Throws <see cref="BadHttpRequestException"/> where it is too long.</summary>
    private static async Task<JsonDocument?> ReadAsync(HttpContext http, CancellationToken cancellationToken)
    {
        if (http.Request.ContentLength > MaxBody)
        {
            await http.Request.Body.CopyToAsync(Stream.Null, cancellationToken).ConfigureAwait(false);
            throw new BadHttpRequestException("the body is too long", StatusCodes.Status413PayloadTooLarge);
        }

        http.Features.GetRequiredFeature<IHttpMaxRequestBodySizeFeature>().MaxRequestBodySize = MaxBody;
        JsonDocument? document = null;
        try
        {
            document = await JsonDocument.ParseAsync(http.Request.Body, Strict, cancellationToken).ConfigureAwait(false);
            ReadText(document.RootElement);
            return document;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            document?.Dispose();
            return null;
        }
    }

    /// <summary>
    /// Reads every name and text, which are decoded only then: an escaped half of a surrogate pair is valid JSON and no text
    /// (<see cref="InvalidOperationException"/>). Core's parser refuses it too.
    /// </summary>
    private static void ReadText(JsonElement json)
    {
        switch (json.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var member in json.EnumerateObject())
                {
                    _ = member.Name;
                    ReadText(member.Value);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in json.EnumerateArray()) ReadText(item);
                break;
            case JsonValueKind.String:
                _ = json.GetString();
                break;
        }
    }

    private async Task AnswerAsync(HttpContext http, RpcContext context, JsonDocument? body, CancellationToken cancellationToken)
    {
        if (!_activity.TryEnter())
        {
            await RefuseAsync(http, StatusCodes.Status503ServiceUnavailable, "Work queue depth exceeded").ConfigureAwait(false);
            return;
        }

        try
        {
            var (status, answer) = await RunAsync(context, body, cancellationToken).ConfigureAwait(false);
            if (status == StatusCodes.Status403Forbidden) await RefuseAsync(http, status, RpcWhitelist.Refusal).ConfigureAwait(false);
            else await WriteAsync(http, status, answer).ConfigureAwait(false);
        }
        finally
        {
            _activity.Leave();
        }
    }

    private async Task<(int Status, JsonNode? Body)> RunAsync(RpcContext context, JsonDocument? body, CancellationToken cancellationToken)
    {
        if (body is null) return Failure(RpcRequest.Unreadable, new RpcException(RpcErrorCode.ParseError, "Parse error"));
        if (!MayRun(context.User, body.RootElement)) return (StatusCodes.Status403Forbidden, null);
        switch (body.RootElement.ValueKind)
        {
            case JsonValueKind.Object:
                var single = RpcRequest.Parse(body.RootElement);
                var (status, response) = await CallAsync(context, single, cancellationToken).ConfigureAwait(false);
                return single.IsNotification ? (StatusCodes.Status204NoContent, null) : (status, response);
            case JsonValueKind.Array:
                var answers = new JsonArray();
                foreach (var item in body.RootElement.EnumerateArray())
                {
                    var request = RpcRequest.Parse(item);
                    var (_, answer) = await CallAsync(context, request, cancellationToken).ConfigureAwait(false);
                    if (!request.IsNotification) answers.Add(answer);
                }

                // Nothing answers a batch of notifications, but an empty one has an empty answer, as in Core.
                return answers.Count == 0 && body.RootElement.GetArrayLength() > 0 ? (StatusCodes.Status204NoContent, null) : (StatusCodes.Status200OK, answers);
            default:
                return Failure(RpcRequest.Unreadable, new RpcException(RpcErrorCode.ParseError, "Top-level object parse error"));
        }
    }

    /// <summary>Whether who asks may call all that is asked for; of what cannot be read as a call the answer will say so.</summary>
    private bool MayRun(string user, JsonElement body) => body.ValueKind == JsonValueKind.Array
        ? body.EnumerateArray().All(item => MayCall(user, item))
        : MayCall(user, body);

    private bool MayCall(string user, JsonElement call) =>
        call.ValueKind != JsonValueKind.Object
        || !call.TryGetProperty("method", out var method)
        || method.ValueKind != JsonValueKind.String
        || _whitelist.Allows(user, method.GetString()!);

    private async Task<(int Status, JsonNode Body)> CallAsync(RpcContext context, RpcRequest request, CancellationToken cancellationToken)
    {
        var answer = await TryCallAsync(context, request, cancellationToken).ConfigureAwait(false);
        _explorer.Calls.Count(request.Method, answer.Status);
        return answer;
    }

    private async Task<(int Status, JsonNode Body)> TryCallAsync(RpcContext context, RpcRequest request, CancellationToken cancellationToken)
    {
        try
        {
            if (request.Problem is { } problem) throw problem;
            var result = await _activity.RunAsync(request.Method, tell => RpcTable.CallAsync(context with { Tell = tell }, request.Method, request.Parameters, cancellationToken)).ConfigureAwait(false);
            return (StatusCodes.Status200OK, request.Answer(result, null));
        }
        catch (RpcException e)
        {
            return Failure(request, e);
        }
        catch (OperationCanceledException)
        {
            return (StatusCodes.Status503ServiceUnavailable, request.Answer(null, new RpcException(RpcErrorCode.InternalError, "The node is stopping")));
        }
        catch (DatabaseException e)
        {
            return Failure(request, new RpcException(RpcErrorCode.InternalError, e.Message));
        }
        catch (Exception e)
        {
            _log.RpcFailed(e);
            return Failure(request, new RpcException(RpcErrorCode.InternalError, "The node could not answer; its log says more"));
        }
    }

    /// <summary>In version 2.0 an error is an answer like others; before, the status says it too.</summary>
    private static (int Status, JsonNode Body) Failure(RpcRequest request, RpcException error) => (request.IsVersion2 ? StatusCodes.Status200OK : error.Code switch
    {
        RpcErrorCode.InvalidRequest => StatusCodes.Status400BadRequest,
        RpcErrorCode.MethodNotFound => StatusCodes.Status404NotFound,
        _ => StatusCodes.Status500InternalServerError,
    }, request.Answer(null, error));

    private static async Task RefuseAsync(HttpContext http, int status, string words)
    {
        if (http.Response.HasStarted) return;
        http.Response.StatusCode = status;
        if (HttpMethods.IsHead(http.Request.Method)) return;
        http.Response.ContentLength = System.Text.Encoding.UTF8.GetByteCount(words);
        await http.Response.WriteAsync(words, http.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>Not with the token that ends the call: that the node is stopping must still be said.</summary>
    private static async Task WriteAsync(HttpContext http, int status, JsonNode? answer)
    {
        http.Response.StatusCode = status;
        if (answer is null) return;
        http.Response.ContentType = "application/json";
        var writer = new Utf8JsonWriter(http.Response.BodyWriter, Plain);
        await using (writer.ConfigureAwait(false)) answer.WriteTo(writer);
        http.Response.BodyWriter.Write("\n"u8);
        _ = await http.Response.BodyWriter.FlushAsync(http.RequestAborted).ConfigureAwait(false);
    }

    /// <summary>The node itself handles signals; the web host must not.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
