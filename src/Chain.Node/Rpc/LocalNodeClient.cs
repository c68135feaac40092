using System.Text.Json.Nodes;

namespace Chain.Node.Rpc;

/// <summary>Calls the methods on a database that the command opened itself, since no node runs.</summary>
public sealed class LocalNodeClient : INodeClient
{
    private readonly RpcContext _context;

    /// <summary>Takes over an open chain, and closes it in the end.</summary>
    public LocalNodeClient(LoadedChain chain)
    {
        Chain = chain;
        _context = new RpcContext(new DirectOwner(), chain, chain.Chainstate.ProcessBlock, null);
    }

    /// <inheritdoc/>
    public bool IsRemote => false;

    /// <summary>The chain.</summary>
    public LoadedChain Chain { get; }

    /// <summary>Calls a method; parameters and answer go through text, so that both are the same to the letter as a node's.</summary>
    public async Task<JsonNode?> CallAsync(string method, JsonNode? parameters, CancellationToken cancellationToken)
    {
        if (parameters is not null) parameters = JsonNode.Parse(parameters.ToJsonString());
        var result = await RpcTable.CallAsync(_context, method, parameters, cancellationToken).ConfigureAwait(false);
        return result is null ? null : JsonNode.Parse(result.ToJsonString());
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Chain.Dispose();
        return ValueTask.CompletedTask;
    }
}
