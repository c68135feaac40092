using System.Net;
using System.Net.Sockets;
using Chain.Node.Rpc;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>One exchange of HTTP, for who waits on its own thread and for who does not.</summary>
public sealed class SmallHttpTests : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public SmallHttpTests() => _listener.Start();

    public void Dispose() => _listener.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_AnAnswer_IsGivenWithItsStatus(bool isWaiting)
    {
        var calling = PostAsync(isWaiting, Eventually.Patience);
        var asked = await AnswerAsync("HTTP/1.1 500 Error\r\nContent-Length: 2\r\n\r\n{}");
        Assert.Equal((HttpStatusCode.InternalServerError, "{}"), await calling);
        Assert.StartsWith("POST /wallet/ HTTP/1.0\r\n", asked, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n[1]", asked, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Post_WhoClosesWithoutAnAnswer_IsNotTakenForSomebodyElse(bool isWaiting)
    {
        var calling = PostAsync(isWaiting, Eventually.Patience);
        await AnswerAsync("");
        Assert.Equal(HttpRequestError.ResponseEnded, (await Assert.ThrowsAsync<HttpRequestException>(() => calling)).HttpRequestError);
        var place = (IPEndPoint)_listener.LocalEndpoint;
        _listener.Stop();
        var nobody = await Assert.ThrowsAsync<HttpRequestException>(() => PostAsync(isWaiting, Eventually.Patience, place));
        Assert.Equal(HttpRequestError.ConnectionError, nobody.HttpRequestError);
    }

    [Fact]
    public async Task Post_WhoSaysNothing_IsWaitedForAsLongAsWasSaid()
    {
        var calling = PostAsync(isWaiting: true, TimeSpan.FromMilliseconds(50));
        using var held = await _listener.AcceptSocketAsync();
        var failure = await Assert.ThrowsAsync<HttpRequestException>(() => calling);
        Assert.Equal(SocketError.TimedOut, Assert.IsType<SocketException>(failure.InnerException).SocketErrorCode);
    }

    [Fact]
    public async Task PostAsync_Cancelled_Ends()
    {
        using var cancelled = new CancellationTokenSource();
        var calling = SmallHttp.PostAsync((IPEndPoint)_listener.LocalEndpoint, "/", "Basic eDp5", "{}", cancelled.Token);
        using var held = await _listener.AcceptSocketAsync();
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calling.WaitAsync(Eventually.Patience));
    }

    private Task<(HttpStatusCode Status, string Body)> PostAsync(bool isWaiting, TimeSpan patience, IPEndPoint? place = null)
    {
        place ??= (IPEndPoint)_listener.LocalEndpoint;
        return isWaiting
            ? Task.Run(() => SmallHttp.Post(place, "/wallet/", "Basic eDp5", "[1]", patience))
            : SmallHttp.PostAsync(place, "/wallet/", "Basic eDp5", "[1]", CancellationToken.None);
    }

    /// <summary>Takes one connection, answers, closes, and gives what was asked.</summary>
    private async Task<string> AnswerAsync(string answer)
    {
        using var socket = await _listener.AcceptSocketAsync().WaitAsync(Eventually.Patience);
        var asked = "";
        var buffer = new byte[4_096];
        while (!asked.EndsWith("[1]", StringComparison.Ordinal)) asked += System.Text.Encoding.UTF8.GetString(buffer, 0, await socket.ReceiveAsync(buffer, SocketFlags.None));
        await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(answer), SocketFlags.None);
        socket.Shutdown(SocketShutdown.Both);
        return asked;
    }
}
