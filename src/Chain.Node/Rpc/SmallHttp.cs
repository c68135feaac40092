using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Chain.Node.Rpc;

/// <summary>
/// One POST to the node on this machine, by HTTP/1.0: a connection that ends with the answer. .NET's own client can do a great
/// deal more, and takes 45 of the milliseconds of a command before it has sent a byte.
/// </summary>
internal static class SmallHttp
{
    private const int Room = 16 * 1024;

    /// <summary>
    /// Sends a JSON text and gives the status and the body of the answer. Throws <see cref="HttpRequestException"/>: with
    /// <see cref="HttpRequestError.ConnectionError"/> where nobody listens and nothing was sent, with
    /// <see cref="HttpRequestError.ResponseEnded"/> where the connection broke on the way, with
    /// <see cref="HttpRequestError.InvalidResponse"/> where what comes is no HTTP.
    /// </summary>
    public static async Task<(HttpStatusCode Status, string Body)> PostAsync(IPEndPoint endPoint, string path, string authorization, string json, CancellationToken cancellationToken)
    {
        var answer = new ArrayBufferWriter<byte>(Room);
        await ExchangeAsync(endPoint, Request(endPoint, path, authorization, json), answer, patience: null, cancellationToken).ConfigureAwait(false);
        return Take(answer.WrittenSpan);
    }

    /// <summary>The same, for who waits on its own thread: for each answer of the other side so long.</summary>
    public static (HttpStatusCode Status, string Body) Post(IPEndPoint endPoint, string path, string authorization, string json, TimeSpan patience)
    {
        var answer = new ArrayBufferWriter<byte>(Room);

        // Has ended when it returns: with a patience nothing in it is waited for elsewhere.
        ExchangeAsync(endPoint, Request(endPoint, path, authorization, json), answer, patience, CancellationToken.None).GetAwaiter().GetResult();
        return Take(answer.WrittenSpan);
    }

    /// <summary>Sends a request and takes all that comes; with a patience on this thread.</summary>
    private static async Task ExchangeAsync(IPEndPoint endPoint, ReadOnlyMemory<byte> request, ArrayBufferWriter<byte> answer, TimeSpan? patience, CancellationToken cancellationToken)
    {
        var error = HttpRequestError.ConnectionError;
        try
        {
            using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            if (patience is { } longest)
            {
                socket.SendTimeout = socket.ReceiveTimeout = (int)longest.TotalMilliseconds;
                socket.Connect(endPoint);
            }
            else
            {
                await socket.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
            }

            error = HttpRequestError.ResponseEnded;
            while (request.Length > 0)
                request = request[(patience is null ? await socket.SendAsync(request, SocketFlags.None, cancellationToken).ConfigureAwait(false) : socket.Send(request.Span))..];
            while (true)
            {
                var room = answer.GetMemory(Room);
                var count = patience is null ? await socket.ReceiveAsync(room, SocketFlags.None, cancellationToken).ConfigureAwait(false) : socket.Receive(room.Span);
                if (count == 0) return;
                answer.Advance(count);

                // A server that has not read all of a request it refuses keeps the connection for some seconds.
                if (IsWhole(answer.WrittenSpan)) return;
            }
        }
        catch (SocketException e)
        {
            throw new HttpRequestException(error, e.Message, e);
        }
    }

    /// <summary>Whether as many bytes have come as the answer says that it has.</summary>
    private static bool IsWhole(ReadOnlySpan<byte> answer) => HeadOf(answer, out var body) is { } head && LengthOf(head) <= body.Length;

    private static (HttpStatusCode Status, string Body) Take(ReadOnlySpan<byte> answer) =>
        Parse(answer) ?? throw (answer.IsEmpty
            ? new HttpRequestException(HttpRequestError.ResponseEnded, "The connection ended without an answer.")
            : new HttpRequestException(HttpRequestError.InvalidResponse, "The answer is no whole answer of HTTP."));

    /// <summary>The usual one as it is written, since making the text of an address takes a millisecond when it is done first.</summary>
    private static string Host(IPEndPoint endPoint) => endPoint.Address.Equals(IPAddress.Loopback)
        ? string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{endPoint.Port}")
        : endPoint.ToString();

    private static byte[] Request(IPEndPoint endPoint, string path, string authorization, string json) => Encoding.UTF8.GetBytes(
        $"POST {path} HTTP/1.0\r\nHost: {Host(endPoint)}\r\nAuthorization: {authorization}\r\nContent-Type: application/json\r\n"
        + $"Content-Length: {Encoding.UTF8.GetByteCount(json).ToString(CultureInfo.InvariantCulture)}\r\n\r\n{json}");

    /// <summary>Takes an answer apart: HTTP/1.x SP status, lines, an empty line, and as many bytes as Content-Length says, where it does.</summary>
    internal static (HttpStatusCode Status, string Body)? Parse(ReadOnlySpan<byte> answer)
    {
        if (HeadOf(answer, out var body) is not { } head || !head[0].StartsWith("HTTP/1.", StringComparison.Ordinal) || head[0].Split(' ') is not [_, var code, ..]
            || !int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var status)) return null;
        var length = LengthOf(head) ?? body.Length;
        return length <= body.Length ? ((HttpStatusCode)status, Encoding.UTF8.GetString(body[..length])) : null;
    }

    /// <summary>The lines before the empty one, and what follows it; null where it has not come.</summary>
    private static string[]? HeadOf(ReadOnlySpan<byte> answer, out ReadOnlySpan<byte> body)
    {
        var end = answer.IndexOf("\r\n\r\n"u8);
        body = end < 0 ? default : answer[(end + 4)..];
        return end < 0 ? null : Encoding.ASCII.GetString(answer[..end]).Split("\r\n");
    }

    /// <summary>How long the body is by its head; null where that does not say, more than can be where it says no number.</summary>
    private static int? LengthOf(string[] head)
    {
        const string Name = "Content-Length:";
        foreach (var line in head)
        {
            if (!line.StartsWith(Name, StringComparison.OrdinalIgnoreCase)) continue;
            return int.TryParse(line.AsSpan(Name.Length), NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var length) ? length : int.MaxValue;
        }

        return null;
    }
}
