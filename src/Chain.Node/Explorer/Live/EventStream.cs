using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Chain.Node.Explorer.Live;

/// <summary>/events: server-sent events (HTML Living Standard, 9.2) for one listener until he leaves or the node stops.</summary>
internal static class EventStream
{
    /// <summary>How often something is sent though nothing happened, so that who is gone is noticed and no proxy ends the line.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(15);

    /// <summary>Sends events.</summary>
    public static async Task SendAsync(HttpContext http, EventFeed feed, CancellationToken cancellationToken)
    {
        if (feed.Listen() is not { } channel)
        {
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            http.Response.Headers.RetryAfter = "10";
            return;
        }

        try
        {
            http.Response.ContentType = "text/event-stream";
            http.Response.Headers.CacheControl = "no-store";
            http.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            await WriteAsync(http, "retry: 2000\n: what happens from now on\n\n", cancellationToken).ConfigureAwait(false);
            Task<bool>? more = null;
            while (true)
            {
                more ??= channel.Reader.WaitToReadAsync(cancellationToken).AsTask();
                using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
                var first = await Task.WhenAny(more, Task.Delay(Silence, silence.Token)).ConfigureAwait(false);
                await silence.CancelAsync().ConfigureAwait(false);
                cancellationToken.ThrowIfCancellationRequested();
                if (first != more)
                {
                    await WriteAsync(http, ": still here\n\n", cancellationToken).ConfigureAwait(false);
                    continue;
                }

                _ = await more.ConfigureAwait(false);
                more = null;
                var text = new StringBuilder();
                while (channel.Reader.TryRead(out var happened)) text.Append(happened);
                await WriteAsync(http, text.ToString(), cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            // The listener left, or the node stops.
        }
        finally
        {
            feed.End(channel);
        }
    }

    private static async Task WriteAsync(HttpContext http, string text, CancellationToken cancellationToken)
    {
        await http.Response.WriteAsync(text, cancellationToken).ConfigureAwait(false);
        await http.Response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
    }
}
