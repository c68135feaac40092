using Chain.State;

namespace Chain.Node.Rpc;

/// <summary>
/// Takes a moment of the chain for work that would hold the node's loop for seconds: it is done on another thread then, while
/// the node goes on.
/// </summary>
internal static class CoinMoments
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Does work on a moment of the chain, on another thread.</summary>
    public static async Task<T> LookAsync<T>(RpcContext context, Func<CoinMoment, T> look, CancellationToken cancellationToken)
    {
        using var moment = await HoldAsync(context, _ => { }, (_, held) => held, cancellationToken).ConfigureAwait(false);
        return await Task.Run(() => look(moment), cancellationToken).ConfigureAwait(false);
    }

    /// <summary>
    /// Holds a moment; what is prepared before is in it, and what is taken beside it belongs to the same moment. While a node
    /// catches up, several blocks are one transaction, which another connection does not see: then it is tried again.
    /// </summary>
    public static async Task<T> HoldAsync<T>(RpcContext context, Action<LoadedChain> prepare, Func<LoadedChain, CoinMoment, T> take, CancellationToken cancellationToken) where T : class
    {
        while (true)
        {
            if (await context.OnStateAsync(chain => TryHold(chain, prepare, take)).ConfigureAwait(false) is { } taken) return taken;
            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }

    private static T? TryHold<T>(LoadedChain chain, Action<LoadedChain> prepare, Func<LoadedChain, CoinMoment, T> take) where T : class
    {
        prepare(chain);
        CoinMoment? moment;
        try
        {
            moment = CoinMoment.TryHold(chain.Chainstate);
        }
        catch (IOException e)
        {
            throw new RpcException(RpcErrorCode.Misc, e.Message);
        }

        try
        {
            return moment is null ? null : take(chain, moment);
        }
        catch
        {
            moment?.Dispose();
            throw;
        }
    }
}
