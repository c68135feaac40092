using System.Text.Json.Nodes;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>Calls the methods on a database that the command opened itself, since no node runs.</summary>
public sealed class LocalNodeClient : INodeClient
{
    private readonly RpcContext _context;
    private readonly WalletSet _wallets;

    /// <summary>Takes over an open chain, and closes it in the end; <paramref name="wallet"/> is the wallet that is meant, "" the default one. Wallets are loaded when a method first asks for one.</summary>
    public LocalNodeClient(LoadedChain chain, string walletPath, string wallet, WalletSettings settings, TimeProvider clock)
    {
        Chain = chain;
        var owner = new DirectOwner();
        _wallets = new WalletSet(walletPath, chain, owner, clock, null) { Settings = settings };
        _context = new RpcContext(owner, chain, chain.Chainstate.ProcessBlock, null) { Wallets = settings.IsDisabled ? null : _wallets, WalletName = wallet };
    }

    /// <inheritdoc/>
    public bool IsRemote => false;

    /// <summary>The chain.</summary>
    public LoadedChain Chain { get; }

    /// <summary>Calls a method; parameters and answer go through text, so that both are the same to the letter as a node's.</summary>
    public Task<JsonNode?> CallAsync(string method, JsonNode? parameters, CancellationToken cancellationToken) => CallAsync(_context, method, parameters, cancellationToken);

    /// <inheritdoc/>
    public Task<JsonNode?> FollowAsync(string method, JsonNode? parameters, Action<double> tell, CancellationToken cancellationToken) =>
        Task.Run(() => CallAsync(_context with { Tell = tell }, method, parameters, cancellationToken), cancellationToken);

    private static async Task<JsonNode?> CallAsync(RpcContext context, string method, JsonNode? parameters, CancellationToken cancellationToken)
    {
        if (parameters is not null) parameters = JsonNode.Parse(parameters.ToJsonString());
        var result = await RpcTable.CallAsync(context, method, parameters, cancellationToken).ConfigureAwait(false);
        return result is null ? null : JsonNode.Parse(result.ToJsonString());
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        try
        {
            _wallets.Dispose();
        }
        finally
        {
            Chain.Dispose();
        }

        return ValueTask.CompletedTask;
    }
}
