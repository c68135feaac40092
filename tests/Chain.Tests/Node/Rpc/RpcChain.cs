using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Node;
using Chain.Node.Rpc;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>A chain in the test's process, and the methods on it as a client would call them.</summary>
internal sealed class RpcChain : IDisposable
{
    private readonly OpenChain _chain;
    private readonly RpcContext _context;

    public RpcChain(ChainParams? p = null)
    {
        _chain = new OpenChain(p);
        _context = new RpcContext(new DirectOwner(), _chain.Loaded, _chain.Loaded.Chainstate.ProcessBlock, null);
    }

    public OpenChain Open => _chain;

    public LoadedChain Loaded => _chain.Loaded;

    public string TipHash => Loaded.Chainstate.Tip.Hash.ToString();

    /// <summary>Calls a method with parameters by position; the answer goes through text, as over a socket.</summary>
    public Task<JsonNode?> CallAsync(string method, params JsonNode?[] parameters) => SendAsync(method, new JsonArray(parameters));

    /// <summary>Calls a method with parameters as JSON: a list, or named ones.</summary>
    public Task<JsonNode?> CallTextAsync(string method, string parameters) => SendAsync(method, JsonNode.Parse(parameters));

    /// <summary>The answer, which must be an object.</summary>
    public async Task<JsonObject> ObjectAsync(string method, params JsonNode?[] parameters) => (await CallAsync(method, parameters))!.AsObject();

    public Block Grow(params Transaction[] transactions) => _chain.Grow(transactions);

    public void Dispose() => _chain.Dispose();

    private async Task<JsonNode?> SendAsync(string method, JsonNode? parameters)
    {
        var answer = await RpcTable.CallAsync(_context, method, parameters, CancellationToken.None);
        return answer is null ? null : JsonNode.Parse(answer.ToJsonString());
    }
}
