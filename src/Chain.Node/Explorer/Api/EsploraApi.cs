using System.Globalization;
using System.Text;
using Chain.Node.Explorer.Data;
using Microsoft.AspNetCore.Http;

namespace Chain.Node.Explorer.Api;

/// <summary>
/// Esplora's REST interface (its API.md): blocks, transactions, addresses, the pool. Pages of other sites may read it where
/// the configuration says so (CORS); only pages of this node may hand over transactions.
/// </summary>
internal sealed class EsploraApi(ChainReader reader, ScriptHistory scripts, ExplorerSettings settings, RequestGate gate, RequestGate payments)
{
    private const int MostBody = 1_000_000;

    /// <summary>A hash that is none.</summary>
    internal static readonly Answer NoHash = Answer.Bad("Invalid hex string");

    /// <summary>A number that is none.</summary>
    internal static readonly Answer NoNumber = Answer.Bad("Invalid number");

    private readonly BlockPaths _blocks = new(reader);
    private readonly TransactionPaths _transactions = new(reader);
    private readonly AddressPaths _addresses = new(reader, scripts);
    private readonly PoolPaths _pool = new(reader);

    /// <summary>A whole number from 0 on; null where the text is none.</summary>
    internal static int? FindNumber(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    /// <summary>Answers a request; its path without /api.</summary>
    public async Task AnswerAsync(HttpContext http, string path, CancellationToken cancellationToken)
    {
        var isRead = HttpMethods.IsGet(http.Request.Method) || HttpMethods.IsHead(http.Request.Method);
        if (isRead) LetOthersRead(http);
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var answer = isRead ? await gate.RunAsync(() => FindAsync(path, parts, cancellationToken), cancellationToken).ConfigureAwait(false)
            : HttpMethods.IsPost(http.Request.Method) && parts is ["tx"] ? await SendAsync(http, cancellationToken).ConfigureAwait(false)
            : Answer.Text("Invalid method") with { Status = StatusCodes.Status405MethodNotAllowed };
        if (answer is null) ExplorerServer.TurnAway(http);
        else await WriteAsync(http, answer).ConfigureAwait(false);
    }

    private void LetOthersRead(HttpContext http)
    {
        if (settings.Origins.Count == 0) return;
        http.Response.Headers.Vary = "Origin";
        if (settings.Allow(http.Request.Headers.Origin.ToString()) is { } origin) http.Response.Headers.AccessControlAllowOrigin = origin;
    }

    private async Task<Answer> FindAsync(string path, string[] parts, CancellationToken cancellationToken) =>
        await FindAsync(parts, cancellationToken).ConfigureAwait(false) ?? Answer.NotFound($"endpoint does not exist \"{path}\"");

    private async Task<Answer?> FindAsync(string[] parts, CancellationToken cancellationToken) => parts switch
    {
        ["blocks", .. var rest] => await _blocks.BlocksAsync(rest).ConfigureAwait(false),
        ["block-height", var height] => await _blocks.AtHeightAsync(height).ConfigureAwait(false),
        ["block", var hash, .. var rest] => await _blocks.BlockAsync(hash, rest).ConfigureAwait(false),
        ["tx", var id, .. var rest] => await _transactions.TransactionAsync(id, rest, cancellationToken).ConfigureAwait(false),
        ["address", var address, .. var rest] => await _addresses.AddressAsync(address, rest, cancellationToken).ConfigureAwait(false),
        ["scripthash", var hash, .. var rest] => await _addresses.ScriptHashAsync(hash, rest, cancellationToken).ConfigureAwait(false),
        ["mempool", .. var rest] => await _pool.MempoolAsync(rest).ConfigureAwait(false),
        ["fee-estimates"] => await _pool.EstimatesAsync().ConfigureAwait(false),
        _ => null,
    };

    private async Task<Answer?> SendAsync(HttpContext http, CancellationToken cancellationToken)
    {
        try
        {
            return await ReadAsync(http.Request.Body, cancellationToken).ConfigureAwait(false) is { } text
                ? await payments.RunAsync(() => _transactions.SendAsync(text, cancellationToken), cancellationToken).ConfigureAwait(false)
                : Answer.Text("Request body too large") with { Status = StatusCodes.Status413PayloadTooLarge };
        }
        catch (BadHttpRequestException e)
        {
            // Far too long, too slow, or cut off.
            return Answer.Text(e.Message) with { Status = e.StatusCode };
        }
    }

    /// <summary>A body as text; null where it is too long. It is read to its end nevertheless, since otherwise who sends it might not see the answer.</summary>
    private static async Task<string?> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        using var kept = new MemoryStream();
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await body.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (kept.Length <= MostBody) kept.Write(buffer, 0, count);
        }

        return kept.Length <= MostBody ? Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length) : null;
    }

    private static async Task WriteAsync(HttpContext http, Answer answer)
    {
        http.Response.StatusCode = answer.Status;
        http.Response.ContentType = answer.ContentType;
        http.Response.ContentLength = answer.Body.Length;
        http.Response.Headers.CacheControl = answer.IsFinal ? "public, max-age=157784630" : "no-store";
        if (!HttpMethods.IsHead(http.Request.Method)) await http.Response.Body.WriteAsync(answer.Body, http.RequestAborted).ConfigureAwait(false);
    }
}
