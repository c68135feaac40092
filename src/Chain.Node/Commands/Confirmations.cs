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

    /// <summary>Gives the hash of the block, in the chain with so many confirmations. A reorganisation begins the wait anew.</summary>
    public static async Task<string> WaitAsync(INodeClient client, string id, int count, CancellationToken cancellationToken)
    {
        var seen = new HashSet<string>();
        string? holder = null;
        while (true)
        {
            var tip = (await client.GetAsync("getbestblockhash", cancellationToken).ConfigureAwait(false)).GetValue<string>();
            holder ??= await FindAsync(client, tip, id, seen, cancellationToken).ConfigureAwait(false);
            if (holder is not null)
            {
                var confirmations = (await client.GetAsync("getblockheader", cancellationToken, holder).ConfigureAwait(false))["confirmations"]!.GetValue<int>();
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
