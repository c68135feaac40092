using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands;

/// <summary>Waits until a transaction that was sent just now is in the chain, deep enough.</summary>
internal static class Confirmations
{
    /// <summary>How long one question waits for a block: afterwards it is asked anew, so that a lost connection is noticed.</summary>
    private const int LongPoll = 5_000;

    /// <summary>How many blocks are looked through when the watch begins: the payment may be in one already.</summary>
    private const int BlocksBefore = 6;

    /// <summary>How many blocks are mined for a transaction that none of them takes.</summary>
    private const int MostWithout = 20;

    /// <summary>
    /// Gives the hash of the block, in the chain with so many confirmations. A reorganisation begins the wait anew. How many there are
    /// so far is told.
    /// </summary>
    public static async Task<string> WaitAsync(INodeClient client, string id, int count, Action<int> tell, CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>();
        string? holder = null;
        while (true)
        {
            var tip = (await client.GetAsync("getbestblockhash", cancellationToken).ConfigureAwait(false)).GetValue<string>();
            holder ??= await FindAsync(client, tip, id, seen, cancellationToken).ConfigureAwait(false);
            if (holder is not null)
            {
                var confirmations = await DepthAsync(client, holder, cancellationToken).ConfigureAwait(false);
                tell(Math.Max(0, confirmations));
                if (confirmations >= count) return holder;
                if (confirmations < 0)
                {
                    holder = null;
                    seen.Clear();
                }
            }

            _ = await client.CallAsync("waitfornewblock", new JsonArray(LongPoll, tip), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Mines until a transaction is in the chain, deep enough: where nobody else mines a wait would have no end. Gives the hash of its
    /// block, and how many were mined.
    /// </summary>
    public static async Task<(string Hash, int Mined)> MineAsync(INodeClient client, string miner, string id, int count, Action<int> tell, CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>();
        string? holder = null;
        for (var mined = 1; ; mined++)
        {
            var tip = (await MineCommand.MineAsync(client, 1, miner, _ => { }, cancellationToken).ConfigureAwait(false))[0]!.GetValue<string>();
            holder ??= await FindAsync(client, tip, id, seen, cancellationToken).ConfigureAwait(false);
            var confirmations = holder is null ? 0 : await DepthAsync(client, holder, cancellationToken).ConfigureAwait(false);
            tell(Math.Max(0, confirmations));
            if (holder is not null && confirmations >= count) return (holder, mined);
            if (holder is null && mined == MostWithout)
                throw new CommandException($"The payment {id} was sent, but none of the {mined} blocks that were mined took it: others that pay more fill them, or it pays less than the miner here asks. It waits in the pool. Do not send it again.");
        }
    }

    /// <summary>How a payment stands for which so many confirmations are waited, for whoever ends the wait.</summary>
    public static string Reached(string id, int confirmations, int wanted)
    {
        var stands = confirmations == 0 ? "is not confirmed as far as was seen" : $"had {confirmations} of {wanted} confirmations when it was last seen";
        return $"The payment {id} was sent, and {stands}: 'chain show tx {id}' shows how it stands.";
    }

    private static async Task<int> DepthAsync(INodeClient client, string block, CancellationToken cancellationToken) =>
        (await client.GetAsync("getblockheader", cancellationToken, block).ConfigureAwait(false))["confirmations"]!.GetValue<int>();

    private static async Task<string?> FindAsync(INodeClient client, string tip, string id, HashSet<string> seen, CancellationToken cancellationToken)
    {
        var isFirst = seen.Count == 0;
        var hash = tip;
        for (var i = 0; (!isFirst || i < BlocksBefore) && seen.Add(hash); i++)
        {
            var block = await client.GetAsync("getblock", cancellationToken, hash, 1).ConfigureAwait(false);
            if (block["tx"]!.AsArray().Any(txid => txid!.GetValue<string>() == id)) return hash;
            if (block["previousblockhash"] is not { } previous) return null;
            hash = previous.GetValue<string>();
        }

        return null;
    }
}
