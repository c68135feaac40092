using System.Text.Json.Nodes;
using Chain.State;

namespace Chain.Node.Rpc;

/// <summary>Methods that answer once the tip is what the caller waits for, or the time is over.</summary>
internal static class WaitMethods
{
    private const string Timeout = "timeout: how many milliseconds to wait at most; 0, the default, for as long as it takes.\nThe answer names the tip as it is then.";

    public static IEnumerable<RpcMethod> All =>
    [
        new("waitfornewblock", "timeout?:number current_tip?:hex", "waits until the tip is another than it is now, or than the one that is named", WaitForNewAsync) { Details = Timeout },
        new("waitforblock", "blockhash:hex timeout?:number", "waits until a block is the tip", WaitForBlockAsync) { Details = Timeout },
        new("waitforblockheight", "height:number timeout?:number", "waits until the tip has reached a height", WaitForHeightAsync) { Details = Timeout },
    ];

    private static async Task<JsonNode?> WaitForNewAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        var timeout = ReadTimeout(p, 0);
        var known = p.Has(1) ? p.BlockHash(1) : await context.OnStateAsync(chain => chain.Chainstate.Tip.Hash).ConfigureAwait(false);
        return await WaitAsync(context, tip => tip.Hash != known, timeout, cancellationToken).ConfigureAwait(false);
    }

    private static Task<JsonNode?> WaitForBlockAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        var hash = p.BlockHash(0);
        return WaitAsync(context, tip => tip.Hash == hash, ReadTimeout(p, 1), cancellationToken);
    }

    private static Task<JsonNode?> WaitForHeightAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        var height = p.Integer(0);
        return WaitAsync(context, tip => tip.Height >= height, ReadTimeout(p, 1), cancellationToken);
    }

    private static TimeSpan ReadTimeout(RpcParams p, int index) => p.Integer(index, fallback: 0) switch
    {
        < 0 => throw new RpcException(RpcErrorCode.Misc, "Negative timeout"),
        0 => System.Threading.Timeout.InfiniteTimeSpan,
        var milliseconds => TimeSpan.FromMilliseconds(milliseconds),
    };

    private static async Task<JsonNode?> WaitAsync(RpcContext context, Func<BlockNode, bool> isReached, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _ = await context.OnStateAsync(chain =>
        {
            chain.Chainstate.TipChanged += Look;
            Look(chain.Chainstate.Tip);
            return true;
        }).ConfigureAwait(false);
        try
        {
            await reached.Task.WaitAsync(timeout, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Then the tip is told as it is.
        }
        finally
        {
            _ = await context.OnStateAsync(chain =>
            {
                chain.Chainstate.TipChanged -= Look;
                return true;
            }).ConfigureAwait(false);
        }

        return await context.OnStateAsync<JsonNode?>(chain => new JsonObject
        {
            ["hash"] = chain.Chainstate.Tip.Hash.ToString(),
            ["height"] = chain.Chainstate.Tip.Height,
        }).ConfigureAwait(false);

        void Look(BlockNode tip)
        {
            if (isReached(tip)) reached.TrySetResult();
        }
    }
}
