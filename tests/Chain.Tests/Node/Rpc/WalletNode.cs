using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Node.Wallet;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>A node in the test's process with wallets, on regtest unless a test wants another chain.</summary>
internal sealed class WalletNode : IAsyncDisposable
{
    private readonly DataFolder _folder;
    private readonly bool _ownsFolder;

    private WalletNode(DataFolder folder, HostedNode node, bool ownsFolder)
    {
        _folder = folder;
        _ownsFolder = ownsFolder;
        Node = node;
    }

    public HostedNode Node { get; }

    public DataFolder Folder => _folder;

    public static async Task<WalletNode> StartAsync(ChainParams? p = null, DataFolder? folder = null, WalletSettings? settings = null)
    {
        var own = folder is null;
        folder ??= new DataFolder();
        return new WalletNode(folder, await HostedNode.StartAsync(folder, p ?? TestChains.Regtest, options => settings is null ? options : options with { Wallets = settings }), own);
    }

    /// <summary>A node with a default wallet that has one mature reward of 50.</summary>
    public static async Task<WalletNode> RichAsync(int spendable = 1, WalletSettings? settings = null, bool descriptors = false)
    {
        var node = await StartAsync(settings: settings);
        await node.CallAsync("createwallet", "", null, null, null, null, descriptors);
        await node.GenerateAsync(100 + spendable, await node.AddressAsync());
        return node;
    }

    public Task<JsonNode?> CallAsync(string method, params JsonNode?[] parameters) => Node.CallAsync(method, parameters);

    public async Task<JsonObject> ObjectAsync(string method, params JsonNode?[] parameters) => (await CallAsync(method, parameters))!.AsObject();

    public async Task<JsonArray> ListAsync(string method, params JsonNode?[] parameters) => (await CallAsync(method, parameters))!.AsArray();

    public async Task<string> TextAsync(string method, params JsonNode?[] parameters) => (await CallAsync(method, parameters))!.GetValue<string>();

    public async Task<decimal> NumberAsync(string method, params JsonNode?[] parameters) => (await CallAsync(method, parameters))!.GetValue<decimal>();

    public Task<string> AddressAsync(string label = "", string? type = null) => type is null ? TextAsync("getnewaddress", label) : TextAsync("getnewaddress", label, type);

    public Task<JsonArray> GenerateAsync(int count, string address) => ListAsync("generatetoaddress", count, address);

    /// <summary>Calls a method of the wallet with a name.</summary>
    public async Task<JsonNode?> OnAsync(string wallet, string method, params JsonNode?[] parameters)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{Node.Settings.HttpPort}/") };
        http.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String(await File.ReadAllBytesAsync(Node.Settings.CookiePath)));
        using var content = new StringContent(new JsonObject { ["id"] = 1, ["method"] = method, ["params"] = new JsonArray(parameters) }.ToJsonString());
        using var response = await http.PostAsync(new Uri($"wallet/{Uri.EscapeDataString(wallet)}", UriKind.Relative), content);
        var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!.AsObject();
        if (answer["error"] is { } error) throw new RpcFailure(error["code"]!.GetValue<int>(), error["message"]!.GetValue<string>());
        return answer["result"];
    }

    /// <summary>A call fails with Core's code and a message that contains a text.</summary>
    public Task FailsAsync(int code, string text, string method, params JsonNode?[] parameters) => Fields.FailsAsync(code, text, () => CallAsync(method, parameters));

    public async Task<WalletNode> RestartAsync(ChainParams? p = null)
    {
        await Node.StopAsync();
        return new WalletNode(_folder, await HostedNode.StartAsync(_folder, p ?? TestChains.Regtest), _ownsFolder);
    }

    public async ValueTask DisposeAsync()
    {
        await Node.DisposeAsync();
        if (_ownsFolder) _folder.Dispose();
    }
}
