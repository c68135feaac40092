using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Node.Explorer;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Explorer;

/// <summary>What an HTTP server answered.</summary>
internal sealed record Shown(HttpStatusCode Status, HttpResponseMessage Response, string Text);

/// <summary>A node in the test's process with a chain that the test makes block by block, read as a browser or a program does.</summary>
internal sealed class ExplorerNode : IAsyncDisposable
{
    private readonly DataFolder _folder;
    private readonly HttpClient _http;
    private HostedNode _node;

    private ExplorerNode(HostedNode node, DataFolder folder, ChainParams p)
    {
        _node = node;
        _folder = folder;
        Params = p;
        Builder = new ChainBuilder(p);
        _http = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = Address, Timeout = Eventually.Patience };
    }

    public ChainParams Params { get; }

    public ChainBuilder Builder { get; }

    public HostedNode Node => _node;

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{_node.Settings.HttpPort}/"));

    public static async Task<ExplorerNode> StartAsync(ChainParams? p = null, ExplorerSettings? settings = null)
    {
        p ??= FreshChain.Create();
        var folder = new DataFolder();
        return new ExplorerNode(await HostedNode.StartAsync(folder, p, options => settings is null ? options : options with { Explorer = settings }), folder, p);
    }

    public string AddressOf(Core.Cryptography.PrivateKey key) => Params.AddressOf(key);

    /// <summary>Makes a block on the builder's tip and hands it over.</summary>
    public async Task<Block> GrowAsync(params Transaction[] transactions)
    {
        var built = Builder.NextBlock($"grown {Guid.NewGuid()}"[..14], draft => draft.Transactions.AddRange(transactions));
        Assert.Null(await _node.CallAsync("submitblock", Hex.Of(built.Block.Raw.Span)) is { } answer && answer.ToJsonString() != "\"inconclusive\"" ? answer.ToJsonString() : null);
        return built.Block;
    }

    /// <summary>Hands a transaction to the pool.</summary>
    public Task<JsonNode?> SendAsync(Transaction transaction) => _node.CallAsync("sendrawtransaction", Hex.Of(transaction.Raw.Span), 0, 100);

    /// <summary>Pays a key out of a block's reward, the rest back to the miner.</summary>
    public static Transaction Pay(Block from, Core.Cryptography.PrivateKey to, long satoshis, long fee = 1_000) =>
        Keys.Spend(new OutPoint(from.Transactions[0].Id, 0), Keys.Miner, Keys.PayTo(to, satoshis), Keys.PayTo(Keys.Miner, from.Transactions[0].Outputs[0].Value - satoshis - fee));

    public async Task<Shown> GetAsync(string path, Action<HttpRequestMessage>? change = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(Address, path));
        change?.Invoke(request);
        return await SendAsync(request);
    }

    public async Task<Shown> SendAsync(HttpRequestMessage request)
    {
        var response = await _http.SendAsync(request);
        return new Shown(response.StatusCode, response, await response.Content.ReadAsStringAsync());
    }

    /// <summary>A page that must be there.</summary>
    public async Task<string> PageAsync(string path)
    {
        var shown = await GetAsync(path);
        Assert.True(shown.Status == HttpStatusCode.OK, $"{path}: {shown.Status}\n{shown.Text}");
        PageCheck.Whole(shown);
        return shown.Text;
    }

    /// <summary>JSON that must be there.</summary>
    public async Task<JsonNode> JsonAsync(string path)
    {
        var shown = await GetAsync(path);
        Assert.True(shown.Status == HttpStatusCode.OK, $"{path}: {shown.Status}\n{shown.Text}");
        Assert.Equal("application/json", shown.Response.Content.Headers.ContentType!.ToString());
        return JsonNode.Parse(shown.Text)!;
    }

    /// <summary>A text that must be there.</summary>
    public async Task<string> TextAsync(string path)
    {
        var shown = await GetAsync(path);
        Assert.True(shown.Status == HttpStatusCode.OK, $"{path}: {shown.Status}\n{shown.Text}");
        Assert.Equal("text/plain", shown.Response.Content.Headers.ContentType!.ToString());
        return shown.Text;
    }

    /// <summary>Stops the node and starts it again over the same folder.</summary>
    public async Task RestartAsync()
    {
        await _node.StopAsync();
        _node = await HostedNode.StartAsync(_folder, Params);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _node.DisposeAsync();
        _folder.Dispose();
    }
}
