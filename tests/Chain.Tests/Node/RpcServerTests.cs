using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>The door for programs: who is let in, and what each form of request is answered.</summary>
public sealed class RpcServerTests : IClassFixture<RpcServerTests.RunningNode>
{
    private readonly NodeProcess _node;
    private readonly ChainParams _params;

    public RpcServerTests(RunningNode running)
    {
        _node = running.Node;
        _params = running.Params;
    }

    private string Miner => _params.AddressOf(Keys.Miner);

    [Theory]
    [InlineData(null)]
    [InlineData("Basic")]
    [InlineData("Basic ")]
    [InlineData("Basic X19jb29raWVfXzo=")]
    [InlineData("Basic %%%")]
    [InlineData("Bearer abc")]
    public async Task Request_WithoutTheRightCookie_Unauthorized(string? authorization)
    {
        using var request = Post("""{"method":"getblockcount"}""");
        if (authorization is not null) request.Headers.TryAddWithoutValidation("Authorization", authorization);
        using var response = await SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("Basic realm=\"jsonrpc\"", response.Headers.WwwAuthenticate.ToString());
        Assert.Equal("A name and a password are needed: those of the node's cookie file, or of its configuration", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Request_WithAWrongByteInTheCookie_Unauthorized()
    {
        var cookie = await File.ReadAllTextAsync(_node.CookiePath);
        using var request = Post("""{"method":"getblockcount"}""");
        request.Headers.Authorization = Basic(cookie[..^1] + (cookie[^1] == '0' ? '1' : '0'));
        using var response = await SendAsync(request);
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    /// <summary>DNS rebinding: a page of another site whose name was pointed at this machine sends that name.</summary>
    [Theory]
    [InlineData("evil.example", HttpStatusCode.Forbidden)]
    [InlineData("evil.example:80", HttpStatusCode.Forbidden)]
    [InlineData("localhost.evil.example", HttpStatusCode.Forbidden)]
    [InlineData("10.0.0.1", HttpStatusCode.Forbidden)]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("LOCALHOST:1234", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("[::1]:13000", HttpStatusCode.OK)]
    public async Task Request_ByHost_OnlyThisMachinesNames(string host, HttpStatusCode expected)
    {
        using var request = Authorized("""{"method":"getblockcount"}""");
        request.Headers.Host = host;
        using var response = await SendAsync(request);
        Assert.Equal(expected, response.StatusCode);
    }

    [Theory]
    [InlineData("PUT")]
    [InlineData("DELETE")]
    [InlineData("OPTIONS")]
    public async Task Request_OtherThanPostAndReading_NotAllowed(string method)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), Url);
        request.Headers.Authorization = Basic(await File.ReadAllTextAsync(_node.CookiePath));
        using var response = await SendAsync(request);
        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
    }

    [Theory]
    [InlineData("", 500, -32700)]
    [InlineData("{", 500, -32700)]
    [InlineData("nonsense", 500, -32700)]
    [InlineData("\"text\"", 500, -32700)]
    [InlineData("7", 500, -32700)]
    [InlineData("null", 500, -32700)]
    [InlineData("{\"method\":\"getblockcount\"} more", 500, -32700)]
    [InlineData("{\"method\":\"getblockcount\",\"method\":\"stop\"}", 500, -32700)]
    [InlineData("{\"id\":1,\"id\":2,\"method\":\"getblockcount\"}", 500, -32700)]
    [InlineData("{\"id\":\"\\ud800\",\"method\":\"getblockcount\"}", 500, -32700)]
    [InlineData("{\"\\udc00\":1,\"method\":\"getblockcount\"}", 500, -32700)]
    [InlineData("[{\"method\":\"getblockhash\",\"params\":[\"\\ud800x\"]}]", 500, -32700)]
    [InlineData("{}", 400, -32600)]
    [InlineData("{\"method\":7}", 400, -32600)]
    [InlineData("{\"method\":\"getblockcount\",\"params\":7}", 400, -32600)]
    [InlineData("{\"method\":\"nosuchmethod\"}", 404, -32601)]
    [InlineData("{\"method\":\"\"}", 404, -32601)]
    [InlineData("{\"jsonrpc\":7,\"method\":\"nosuchmethod\"}", 400, -32600)]
    [InlineData("{\"jsonrpc\":\"2.1\",\"method\":\"nosuchmethod\"}", 400, -32600)]
    [InlineData("{\"method\":\"getblockcount\",\"params\":[1]}", 500, -1)]
    [InlineData("{\"method\":\"getblockhash\"}", 500, -1)]
    [InlineData("{\"method\":\"getblockhash\",\"params\":[null]}", 500, -3)]
    [InlineData("{\"method\":\"getblockhash\",\"params\":[\"0\"]}", 500, -3)]
    [InlineData("{\"method\":\"getblockhash\",\"params\":[0.5]}", 500, -1)]
    [InlineData("{\"method\":\"getblockhash\",\"params\":[99999999999]}", 500, -1)]
    [InlineData("{\"method\":\"getblockhash\",\"params\":[1]}", 500, -8)]
    [InlineData("{\"method\":\"getblockhash\",\"params\":[-1]}", 500, -8)]
    [InlineData("{\"method\":\"getblockhash\",\"params\":{\"tallness\":0}}", 500, -8)]
    [InlineData("{\"method\":\"getblockhash\",\"params\":{\"height\":0,\"height\":0}}", 500, -8)]
    [InlineData("{\"method\":\"createrawtransaction\",\"params\":[[],{\"data\":\"aa\",\"data\":\"bb\"}]}", 500, -8)]
    [InlineData("{\"method\":\"getblock\",\"params\":[\"00\"]}", 500, -8)]
    [InlineData("{\"method\":\"getaddressbalance\",\"params\":[\"nobody\"]}", 500, -5)]
    [InlineData("{\"method\":\"sendrawtransaction\",\"params\":[\"zz\"]}", 500, -22)]
    [InlineData("{\"method\":\"submitblock\",\"params\":[\"00\"]}", 500, -22)]
    [InlineData("{\"method\":\"setnetworkactive\",\"params\":[1]}", 500, -3)]
    public async Task Request_ThatCannotBeAnswered_CoresStatusAndCode(string body, int status, int code)
    {
        var (actual, text) = await _node.Rpc.PostAsync(body);
        Assert.Equal(status, actual);
        var answer = JsonNode.Parse(text)!;
        Assert.Equal(code, answer["error"]!["code"]!.GetValue<int>());
        Assert.Null(answer["result"]);
        Assert.Equal(0, await _node.HeightAsync());
    }

    [Theory]
    [InlineData(513)]
    [InlineData(100_000)]
    public async Task Request_NestedTooDeep_ParseError(int depth)
    {
        var (status, text) = await _node.Rpc.PostAsync(new string('[', depth) + new string(']', depth));
        Assert.Equal((500, -32700), (status, JsonNode.Parse(text)!["error"]!["code"]!.GetValue<int>()));
    }

    [Fact]
    public async Task Request_LargerThanTheLimit_RefusedAndTheNodeLives()
    {
        using var content = new StringContent(new string(' ', 33 * 1024 * 1024));
        using var request = Authorized("");
        request.Content = content;
        try
        {
            using var response = await SendAsync(request);
            Assert.Equal(HttpStatusCode.RequestEntityTooLarge, response.StatusCode);
        }
        catch (HttpRequestException)
        {
            // The node may close the connection while the rest is still being sent.
        }

        Assert.Equal(0, await _node.HeightAsync());
    }

    [Fact]
    public async Task Batch_AnswersEachInOrder()
    {
        var (status, text) = await _node.Rpc.PostAsync("""
            [{"id":"a","method":"getblockcount"}, 7, {"id":2,"method":"nosuchmethod"}, {"id":[3],"method":"getblockhash","params":[0]},
             {"jsonrpc":"2.0","method":"getblockcount"}]
            """);
        Assert.Equal(200, status);
        var answers = JsonNode.Parse(text)!.AsArray();
        Assert.Equal(4, answers.Count);
        Assert.Equal("""{"result":0,"error":null,"id":"a"}""", answers[0]!.ToJsonString());
        Assert.Equal(-32600, answers[1]!["error"]!["code"]!.GetValue<int>());
        Assert.Equal(-32601, answers[2]!["error"]!["code"]!.GetValue<int>());
        Assert.Equal(2, answers[2]!["id"]!.GetValue<int>());
        Assert.Equal(_params.Genesis.Hash.ToString(), answers[3]!["result"]!.GetValue<string>());
        Assert.Equal("[3]", answers[3]!["id"]!.ToJsonString());
    }

    [Fact]
    public async Task Parameters_ByName_AreTheSame()
    {
        var (_, byName) = await _node.Rpc.PostAsync("""{"method":"getblockhash","params":{"height":0}}""");
        var (_, byPlace) = await _node.Rpc.PostAsync("""{"method":"getblockhash","params":[0]}""");
        Assert.Equal(byPlace, byName);
        var (_, second) = await _node.Rpc.PostAsync($$$"""{"method":"getblockheader","params":{"verbose":false,"blockhash":"{{{_params.Genesis.Hash}}}"}}""");
        Assert.Equal(160, JsonNode.Parse(second)!["result"]!.GetValue<string>().Length);
    }

    [Fact]
    public async Task Version2_HasItsOwnForm()
    {
        Assert.Equal((200, """{"jsonrpc":"2.0","result":0,"id":1}"""), await Trimmed("""{"jsonrpc":"2.0","id":1,"method":"getblockcount"}"""));
        Assert.Equal((200, """{"jsonrpc":"2.0","error":{"code":-32601,"message":"Method not found"},"id":1}"""),
            await Trimmed("""{"jsonrpc":"2.0","id":1,"method":"nosuchmethod"}"""));
        Assert.Equal((204, ""), await Trimmed("""{"jsonrpc":"2.0","method":"getblockcount"}"""));
        Assert.Equal((204, ""), await Trimmed("""{"jsonrpc":"2.0","method":"nosuchmethod"}"""));
        Assert.Equal((200, """{"result":0,"error":null}"""), await Trimmed("""{"method":"getblockcount"}"""));
        Assert.Equal((200, """{"result":0,"error":null,"id":null}"""), await Trimmed("""{"method":"getblockcount","id":null}"""));

        async Task<(int, string)> Trimmed(string body)
        {
            var (status, text) = await _node.Rpc.PostAsync(body);
            return (status, text.Trim());
        }
    }

    [Fact]
    public async Task Money_IsWrittenWithEightDecimals()
    {
        var (_, text) = await _node.Rpc.PostAsync($$"""{"method":"getaddressbalance","params":["{{Miner}}"]}""");
        Assert.Contains("\"balance\":10.00000000", text, StringComparison.Ordinal);
    }

    private Uri Url => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_node.HttpPort}/"));

    private static AuthenticationHeaderValue Basic(string cookie) =>
        new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes(cookie)));

    private static async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        using var http = new HttpClient { Timeout = Eventually.Patience };
        return await http.SendAsync(request);
    }

    private HttpRequestMessage Post(string body) => new(HttpMethod.Post, Url) { Content = new StringContent(body) };

    private HttpRequestMessage Authorized(string body)
    {
        var request = Post(body);
        request.Headers.Authorization = Basic(File.ReadAllText(_node.CookiePath));
        return request;
    }

    /// <summary>One node for all requests that change nothing.</summary>
    public sealed class RunningNode : IAsyncLifetime, IDisposable
    {
        private readonly DataFolder _folder = new();

        internal ChainParams Params { get; } = FreshChain.Create();

        internal NodeProcess Node { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Params.WriteTo(_folder.Root);
            Node = await NodeProcess.StartAsync(new NodeOptions(_folder.Root));
        }

        public async Task DisposeAsync()
        {
            if (Node is not null) await Node.DisposeAsync();
        }

        public void Dispose() => _folder.Dispose();
    }
}
