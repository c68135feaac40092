using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Node;
using Chain.Node.Rpc;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>Calls methods on an open chain, without a server between.</summary>
internal sealed class RpcBench : IDisposable
{
    private readonly RpcContext _context;

    public RpcBench(ChainParams? p = null)
    {
        Chain = new OpenChain(p);
        _context = new RpcContext(new DirectOwner(), Chain.Loaded, Chain.Loaded.Chainstate.ProcessBlock, null);
    }

    public OpenChain Chain { get; }

    public ChainParams Params => Chain.Builder.Params;

    /// <summary>The scan of coins that all calls share.</summary>
    public CoinScan Scan => _context.Scan;

    /// <summary>Calls with values in JSON; the answer goes through text, as it does to a client.</summary>
    public async Task<JsonNode?> CallAsync(string method, params string[] values)
    {
        var answer = await RpcTable.CallAsync(_context, method, JsonNode.Parse($"[{string.Join(',', values)}]"), CancellationToken.None);
        return answer is null ? null : JsonNode.Parse(answer.ToJsonString());
    }

    /// <summary>A call whose answer is a text.</summary>
    public async Task<string> TextAsync(string method, params string[] values) => (await CallAsync(method, values))!.GetValue<string>();

    /// <summary>A call fails with a code and a message that contains a text.</summary>
    public Task FailsAsync(int code, string text, string method, params string[] values) => Fields.FailsAsync(code, text, () => CallAsync(method, values));

    public string AddressOf(PrivateKey key) => Address.Of(key.PublicKey, Params.AddressFormat).ToString();

    /// <summary>A text in quotation marks.</summary>
    public static string Quote(string text) => JsonValue.Create(text).ToJsonString();

    public static string Raw(Transaction transaction) => Quote(Hex.Of(transaction.Raw.Span));

    public void Dispose() => Chain.Dispose();
}
