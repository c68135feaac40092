using Chain.Core.Primitives;
using Chain.Node.Wallet;
using Chain.State;

namespace Chain.Node.Rpc;

/// <summary>
/// What methods work on: the chain, who may touch it, the door for new blocks, and the running node; null where a command
/// opened the database itself.
/// </summary>
public sealed record RpcContext(IStateOwner Owner, LoadedChain Chain, Func<Block, ProcessBlockResult> Submit, INodeControl? Node)
{
    /// <summary>The wallet that the path of the request names (/wallet/NAME); null for a request to /.</summary>
    public string? WalletName { get; init; }

    /// <summary>The name of the method that is called.</summary>
    public string Method { get; init; } = "";

    /// <summary>The name that the caller was let in by; empty where nobody had to be.</summary>
    public string User { get; init; } = "";

    /// <summary>The calls that the server is answering; null where no server runs.</summary>
    public RpcActivity? Activity { get; init; }

    /// <summary>Where a method that takes long says how far it is, from 0 to 1, from any thread.</summary>
    public Action<double> Tell { get; init; } = _ => { };

    /// <summary>The wallets; null where none can be had.</summary>
    public WalletSet? Wallets { get; init; }

    /// <summary>The scan of all coins that is under way, one for all who ask.</summary>
    public CoinScan Scan { get; init; } = new();

    /// <summary>The rebuilding of the coins that is under way, one for all who ask.</summary>
    public CoinScan Reindex { get; init; } = new();

    /// <summary>The running node, which the method needs.</summary>
    public INodeControl RequireNode() =>
        Node ?? throw new RpcException(RpcErrorCode.ClientNotConnected, "No node is running here. Start one with 'chain startnode'.");

    /// <summary>Runs work on the chain and the pool.</summary>
    public Task<T> OnStateAsync<T>(Func<LoadedChain, T> work) => Owner.InvokeAsync(() => work(Chain));
}
