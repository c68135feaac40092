using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>What the configuration lets in, and what is kept out however it comes, while others are served.</summary>
public sealed class RpcDoorTests : IClassFixture<RpcDoorTests.ConfiguredNode>
{
    /// <summary>The password of the rpcauth line, which is that of Core's rpc_users test.</summary>
    private const string Password = "cA773lm788buwYe4g4WT+05pKyNruVKjQ25x3n0DQcM=";

    private readonly NodeProcess _node;

    public RpcDoorTests(ConfiguredNode running) => _node = running.Node;

    [Theory]
    [InlineData("rt", Password, HttpStatusCode.OK)]
    [InlineData("rt", Password + "x", HttpStatusCode.Unauthorized)]
    [InlineData("rtt", Password, HttpStatusCode.Unauthorized)]
    [InlineData("plain", "with space: and colon", HttpStatusCode.OK)]
    [InlineData("plain", "with space", HttpStatusCode.Unauthorized)]
    [InlineData("elsewhere", "secret", HttpStatusCode.Unauthorized)]
    [InlineData("", "", HttpStatusCode.Unauthorized)]
    public async Task Password_OfTheConfiguration_IsAsked(string user, string password, HttpStatusCode expected)
    {
        using var request = Post($"{user}:{password}");
        var start = DateTimeOffset.UtcNow;
        Assert.Equal(expected, (await SendAsync(request)).Status);
        if (expected != HttpStatusCode.OK) Assert.True(DateTimeOffset.UtcNow - start > TimeSpan.FromMilliseconds(240), "who guesses waits");
    }

    [Theory]
    [InlineData("Origin", "http://evil.example", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "null", HttpStatusCode.Forbidden)]
    [InlineData("Origin", "http://127.0.0.1:13000", HttpStatusCode.OK)]
    [InlineData("Host", "evil.example", HttpStatusCode.Forbidden)]
    public async Task Header_OfAnotherSite_Refused(string name, string value, HttpStatusCode expected)
    {
        using var request = Post();
        request.Headers.TryAddWithoutValidation(name, value);
        request.Content!.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        Assert.Equal(expected, (await SendAsync(request)).Status);
    }

    [Theory]
    [InlineData("application/x-www-form-urlencoded", null, HttpStatusCode.UnsupportedMediaType)]
    [InlineData("multipart/form-data; boundary=x", null, HttpStatusCode.UnsupportedMediaType)]
    [InlineData("text/plain", "http://localhost", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("text/plain", null, HttpStatusCode.OK)]
    [InlineData("application/json", "http://localhost", HttpStatusCode.OK)]
    [InlineData(null, null, HttpStatusCode.OK)]
    public async Task Content_AsAFormSendsIt_Refused(string? type, string? origin, HttpStatusCode expected)
    {
        using var request = Post();
        request.Content!.Headers.ContentType = type is null ? null : MediaTypeHeaderValue.Parse(type);
        if (origin is not null) request.Headers.Add("Origin", origin);
        Assert.Equal(expected, (await SendAsync(request)).Status);
    }

    [Theory]
    [InlineData("POST", "/", HttpStatusCode.OK)]
    [InlineData("POST", "/wallet/", HttpStatusCode.OK)]
    [InlineData("POST", "/wallet/a%20name", HttpStatusCode.OK)]
    [InlineData("POST", "/other", HttpStatusCode.NotFound)]
    [InlineData("PUT", "/", HttpStatusCode.MethodNotAllowed)]
    [InlineData("GET", "/", HttpStatusCode.OK)]
    [InlineData("GET", "/other", HttpStatusCode.NotFound)]
    public async Task Path_OfAWalletOrNone_IsKnown(string method, string path, HttpStatusCode expected)
    {
        using var request = Post();
        request.Method = new HttpMethod(method);
        request.RequestUri = new Uri(request.RequestUri!, path);
        if (method == "GET") request.Content = null;
        Assert.Equal(expected, (await SendAsync(request)).Status);
    }

    [Fact]
    public async Task Path_TooLong_BadRequest()
    {
        using var request = Post();
        request.RequestUri = new Uri(request.RequestUri!, "/" + new string('x', 10_000));
        Assert.Equal((HttpStatusCode.BadRequest, "The address is longer than 8192 characters"), await SendAsync(request));
    }

    /// <summary>Who is turned away is told why, and nothing about who would be let in.</summary>
    [Fact]
    public async Task Refusal_SaysWhatIsWrong()
    {
        using var elsewhere = Post();
        elsewhere.Headers.Host = "evil.example";
        Assert.Equal((HttpStatusCode.Forbidden, "This node answers only to the names of the machine that it runs on, and not to pages of others"), await SendAsync(elsewhere));
        using var form = Post();
        form.Content = new StringContent("a=b", System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, "JSON-RPC is sent as application/json, not as a form or as text"), await SendAsync(form));
        using var stranger = Post(credentials: "rt:wrong");
        var (status, words) = await SendAsync(stranger);
        Assert.Equal(HttpStatusCode.Unauthorized, status);
        Assert.StartsWith("A name and a password are needed", words, StringComparison.Ordinal);
        using var path = Post();
        path.RequestUri = new Uri(path.RequestUri!, "/walet/x");
        Assert.Equal((HttpStatusCode.NotFound, "JSON-RPC is at / and, for a wallet, at /wallet/NAME"), await SendAsync(path));
        using var longer = Post();
        longer.Content = new ByteArrayContent(new byte[34_000_000]);
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, "The body is longer than 33554432 bytes"), await SendAsync(longer));
    }

    /// <summary>34 MB, as one piece and in chunks: the status arrives, though the body is on its way.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Body_TooLong_EntityTooLarge(bool inChunks)
    {
        using var request = Post();
        request.Content = new ByteArrayContent(System.Text.Encoding.ASCII.GetBytes(new string(' ', 34_000_000)));
        request.Headers.TransferEncodingChunked = inChunks;
        if (inChunks)
        {
            try
            {
                Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await SendAsync(request)).Status);
            }
            catch (HttpRequestException)
            {
                // Nobody knows how long it would be: the node closes the connection while the rest is being sent.
            }
        }
        else
        {
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, (await SendAsync(request)).Status);
        }

        Assert.Equal(0, await _node.HeightAsync());
    }

    /// <summary>Connections that never say what they want are ended; until then nobody waits for them.</summary>
    [Fact]
    public async Task HalfOpenConnections_AreEndedAndOthersServed()
    {
        var silent = new List<TcpClient>();
        try
        {
            for (var i = 0; i < 100; i++)
            {
                var client = new TcpClient();
                silent.Add(client);
                await client.ConnectAsync(IPAddress.Loopback, _node.HttpPort);
                if (i % 2 == 0) await client.GetStream().WriteAsync("POST / HTTP/1.1\r\nHost: 127.0.0.1\r\n"u8.ToArray());
            }

            Assert.Equal(0, await _node.HeightAsync());
            using var limit = new CancellationTokenSource(Eventually.Patience);
            var buffer = new byte[1024];
            while (await silent[0].GetStream().ReadAsync(buffer, limit.Token) > 0)
            {
            }
        }
        finally
        {
            foreach (var client in silent) client.Dispose();
        }
    }

    [Fact]
    public async Task Queue_Full_ServiceUnavailable()
    {
        // 16 at once, and one that waits.
        using var stop = new CancellationTokenSource();
        var calls = Enumerable.Range(0, 20).Select(_ => CallAsync("""{"method":"waitforblockheight","params":[1000]}""", stop.Token)).ToList();
        await Eventually.TrueAsync(() => calls.Count(call => call.IsCompleted) == 3, () => "three are refused");
        Assert.All(calls.Where(call => call.IsCompleted), call => Assert.Equal((HttpStatusCode.ServiceUnavailable, "Work queue depth exceeded"), call.Result));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await CallAsync("""{"method":"getblockcount"}""")).Status);
        await stop.CancelAsync();
        await Eventually.TrueAsync(async () => (await CallAsync("""{"method":"getblockcount"}""")).Status == HttpStatusCode.OK, () => "who is gone waits no more");
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Task.WhenAll(calls));
    }

    private HttpRequestMessage Post(string credentials = "rt:" + Password, string body = """{"method":"getblockcount"}""")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_node.HttpPort}/"))) { Content = new StringContent(body) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(credentials)));
        return request;
    }

    private async Task<(HttpStatusCode Status, string Body)> CallAsync(string body, CancellationToken cancellationToken = default)
    {
        using var request = Post(body: body);
        return await SendAsync(request, cancellationToken);
    }

    private static async Task<(HttpStatusCode Status, string Body)> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken = default)
    {
        using var http = new HttpClient { Timeout = Eventually.Patience };
        using var response = await http.SendAsync(request, cancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken));
    }

    /// <summary>A node with a configuration, in a folder whose other files must not configure its server.</summary>
    public sealed class ConfiguredNode : IAsyncLifetime, IDisposable
    {
        private readonly DataFolder _folder = new();

        internal NodeProcess Node { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            var p = FreshChain.Create();
            p.WriteTo(_folder.Root);
            _folder.Write("appsettings.json", """{"Kestrel":{"Endpoints":{"Other":{"Url":"http://127.0.0.1:1"}}},"urls":"http://127.0.0.1:1"}""");
            _folder.Write("chain.conf", """
                # as Core writes it
                server=1
                rpcworkqueue=1
                rpcauth=rt:93648e835a54c573682c2eb19f882535$7681e9c5b74bdd85e78166031d2058e1069b3ed7ed967c93fc63abba06f31144
                [private]
                rpcuser = plain
                rpcpassword = with space: and colon
                [main]
                rpcauth=nonsense
                """);
            Node = await NodeProcess.StartAsync(new NodeOptions(_folder.Root));
        }

        public async Task DisposeAsync()
        {
            if (Node is not null) await Node.DisposeAsync();
        }

        public void Dispose() => _folder.Dispose();
    }
}
