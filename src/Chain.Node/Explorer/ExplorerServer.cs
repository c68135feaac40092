using System.Text;
using Chain.Node.Explorer.Api;
using Chain.Node.Explorer.Data;
using Chain.Node.Explorer.Html;
using Chain.Node.Explorer.Live;
using Chain.Node.Explorer.Pages;
using Chain.Node.Rpc;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Chain.Node.Explorer;

/// <summary>
/// What the HTTP port shows to everyone who may reach it: the explorer's pages, their events, Esplora's REST paths under /api,
/// and /metrics. All of it is what the chain shows to everyone, so that nobody needs a password; but only this machine's own
/// names lead here (DNS rebinding), and nothing of a page comes from elsewhere.
/// </summary>
internal sealed class ExplorerServer
{
    /// <summary>
    /// Nothing but what this node serves itself; no inline script or style either, so that a hole in the escaping would still
    /// not run anything.
    /// </summary>
    public const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

    private const string ApiPath = "/api";

    /// <summary>Turns of their own for what is soon done, and must not stand behind those who only read pages: /metrics, and payments.</summary>
    private const int MetricsAtOnce = 2, PaymentsAtOnce = 4;

    private readonly ChainReader _reader;
    private readonly ScriptHistory _scripts;
    private readonly EventFeed _feed;
    private readonly EsploraApi _api;
    private readonly Metrics _metrics;
    private readonly RequestGate _gate, _metricsGate;
    private readonly ILogger _log;

    /// <summary>Puts the explorer together over a running node's chain, which nobody touches meanwhile.</summary>
    public ExplorerServer(RpcContext context, IndexKeeper keeper, EventFeed feed, ExplorerSettings settings, ILogger log)
    {
        _reader = new ChainReader(context, keeper);
        _scripts = new ScriptHistory(_reader, new PoolScripts(context.Chain));
        _feed = feed;
        _metrics = new Metrics(_reader, Calls, new ChainCounter(context.Chain.Chainstate), feed);
        _gate = new RequestGate(settings.AtOnce, settings.MostWaiting, settings.LongestWait);
        _metricsGate = new RequestGate(MetricsAtOnce, settings.MostWaiting, settings.LongestWait);
        _api = new EsploraApi(_reader, _scripts, settings, _gate, new RequestGate(PaymentsAtOnce, settings.MostWaiting, settings.LongestWait));
        _log = log;
    }

    /// <summary>Counts the calls of JSON-RPC, which the metrics tell.</summary>
    public RpcCounter Calls { get; } = new();

    /// <summary>Whether a request is for the explorer: all that is read, and transactions that are handed over to /api/tx.</summary>
    public static bool IsOwn(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || IsApi(request);

    /// <summary>Answers a request that <see cref="IsOwn"/>, from a host that was looked at.</summary>
    public async Task AnswerAsync(HttpContext http, CancellationToken cancellationToken)
    {
        http.Response.Headers.XContentTypeOptions = "nosniff";
        http.Response.Headers["Referrer-Policy"] = "no-referrer";
        try
        {
            var path = http.Request.Path.Value ?? "/";
            if (path == "/events" && HttpMethods.IsGet(http.Request.Method)) await EventStream.SendAsync(http, _feed, cancellationToken).ConfigureAwait(false);
            else if (Assets.Find(path) is { } asset) await WriteAsync(http, asset).ConfigureAwait(false);
            else await InTurnAsync(http, path, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            if (!http.Response.HasStarted) http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        }
        catch (Exception e)
        {
            _log.PageFailed(e);
            if (!http.Response.HasStarted) await WriteAsync(http, Failure).ConfigureAwait(false);
        }
    }

    /// <summary>Answers what has to be looked up. How much of that is done at once is bounded, since the node's loop does other work too.</summary>
    private async Task InTurnAsync(HttpContext http, string path, CancellationToken cancellationToken)
    {
        if (IsApi(http.Request))
        {
            await _api.AnswerAsync(http, path[ApiPath.Length..], cancellationToken).ConfigureAwait(false);
        }
        else if (path == "/metrics")
        {
            if (await _metricsGate.RunAsync(_metrics.WriteAsync, cancellationToken).ConfigureAwait(false) is { } figures) await WriteAsync(http, Metrics.ContentType, Encoding.UTF8.GetBytes(figures)).ConfigureAwait(false);
            else TurnAway(http);
        }
        else
        {
            if (await _gate.RunAsync(() => ShowAsync(path, new PageQuery(http.Request.Query), cancellationToken), cancellationToken).ConfigureAwait(false) is { } page) await WriteAsync(http, page).ConfigureAwait(false);
            else TurnAway(http);
        }
    }

    /// <summary>Too many wait: in a second there may be room.</summary>
    internal static void TurnAway(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        http.Response.Headers.RetryAfter = "1";
    }

    private static Page Failure => new("The page could not be made", Fragment.Of($"""
        <section class="nothing card"><h1>The page could not be made</h1><p>The node's log says more.</p></section>
        """)) { Status = StatusCodes.Status500InternalServerError };

    private static bool IsApi(HttpRequest request) => request.Path.StartsWithSegments(ApiPath, StringComparison.Ordinal);

    private async Task<Page> ShowAsync(string path, PageQuery query, CancellationToken cancellationToken)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            [] => await new HomePage(_reader).ShowAsync(cancellationToken).ConfigureAwait(false),
            ["blocks"] => await new BlocksPage(_reader).ShowAsync(query).ConfigureAwait(false),
            ["block", var hash] => await new BlockPage(_reader).ShowAsync(hash, query).ConfigureAwait(false),
            ["block-height", var height] => await new BlockPage(_reader).AtHeightAsync(height).ConfigureAwait(false),
            ["tx", var id] => await new TransactionPage(_reader).ShowAsync(id, query, cancellationToken).ConfigureAwait(false),
            ["address", var address] => await new AddressPage(_reader, _scripts).ShowAsync(address, query, cancellationToken).ConfigureAwait(false),
            ["mempool"] => await new MempoolPage(_reader).ShowAsync(query).ConfigureAwait(false),
            ["peers"] => await new PeersPage(_reader).ShowAsync().ConfigureAwait(false),
            ["search"] => await new SearchPage(_reader).ShowAsync(query, cancellationToken).ConfigureAwait(false),
            _ => Page.NotFound("Page not found", Fragment.Of($"<p>There is nothing at <bdi class=\"mono\">{path}</bdi></p>")),
        };
    }

    private async Task WriteAsync(HttpContext http, Page page)
    {
        http.Response.StatusCode = page.Status;
        http.Response.Headers.ContentSecurityPolicy = ContentSecurityPolicy;
        http.Response.Headers.CacheControl = "no-store";
        http.Response.Headers["Cross-Origin-Opener-Policy"] = "same-origin";
        if (page.Location is { } location)
        {
            http.Response.Headers.Location = location;
            return;
        }

        await WriteAsync(http, "text/html; charset=utf-8", Encoding.UTF8.GetBytes(Layout.Write(page, _reader.Params))).ConfigureAwait(false);
    }

    private static async Task WriteAsync(HttpContext http, Asset asset)
    {
        http.Response.Headers.CacheControl = http.Request.Query.ContainsKey("v") ? "public, max-age=31536000, immutable" : "no-cache";
        await WriteAsync(http, asset.ContentType, asset.Content).ConfigureAwait(false);
    }

    /// <summary>Of a request that only asks for the head, the body stays here.</summary>
    private static async Task WriteAsync(HttpContext http, string contentType, byte[] body)
    {
        http.Response.ContentType = contentType;
        http.Response.ContentLength = body.Length;
        if (!HttpMethods.IsHead(http.Request.Method)) await http.Response.Body.WriteAsync(body, http.RequestAborted).ConfigureAwait(false);
    }
}
