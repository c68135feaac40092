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

    /// <inheritdoc/>
    public Task<JsonNode?> CallAsync(string method, JsonNode? parameters, CancellationToken cancellationToken) =>
        RpcTable.CallAsync(_context, method, parameters, cancellationToken);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        Chain.Dispose();
        return ValueTask.CompletedTask;
    }
}
