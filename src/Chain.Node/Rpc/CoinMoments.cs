using Chain.State;

namespace Chain.Node.Rpc;

/// <summary>
/// Takes a moment of the chain for work that would hold the node's loop for seconds: it is done on another thread then, while
/// the node goes on.
/// </summary>
internal static class CoinMoments
{
    /// <summary>Does work on a moment of the chain, on another thread.</summary>
    public static async Task<T> LookAsync<T>(RpcContext context, Func<CoinMoment, T> look, CancellationToken cancellationToken)
    {
        using var moment = await HoldAsync(context, _ => { }, (_, held) => held).ConfigureAwait(false);
        return await Task.Run(() => look(moment), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Holds a moment; what is prepared before is in it, and what is taken beside it belongs to the same moment. While a node
    /// catches up, several blocks are one transaction, which another connection does not see: this runs between two of them.
    /// </summary>
    public static Task<T> HoldAsync<T>(RpcContext context, Action<LoadedChain> prepare, Func<LoadedChain, CoinMoment, T> take) =>
        context.Owner.InvokeAloneAsync(() => Hold(context.Chain, prepare, take));

    /// <summary>Holds a moment where the chain may be touched; that none can be had is told to who asks.</summary>
    public static CoinMoment Hold(Func<CoinMoment> hold)
    {
        try
        {
            return hold();
        }
        catch (IOException e)
        {
            throw new RpcException(RpcErrorCode.Misc, e.Message);
        }
    }

    private static T Hold<T>(LoadedChain chain, Action<LoadedChain> prepare, Func<LoadedChain, CoinMoment, T> take)
    {
        prepare(chain);
        var moment = Hold(() => CoinMoment.Hold(chain.Chainstate));
        try
        {
            return take(chain, moment);
        }
        catch
        {
            moment.Dispose();
            throw;
        }
    }
}
