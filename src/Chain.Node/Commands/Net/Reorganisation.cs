using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands.Net;

/// <summary>What a node's chain lost and gained between two looks at it.</summary>
/// <param name="Before">The node at the first look.</param>
/// <param name="After">Its tip now.</param>
/// <param name="AfterHeight">The height of that.</param>
/// <param name="ForkHeight">The height of the last block that both chains have.</param>
/// <param name="Left">The blocks that are no longer in its chain, highest first.</param>
/// <param name="Transactions">The transactions of these blocks but the rewards, and where each is now.</param>
internal sealed record Reorganisation(NodeView Before, string After, int AfterHeight, int ForkHeight, IReadOnlyList<string> Left, IReadOnlyList<(string Id, string Place)> Transactions)
{
    private const string InPool = "pool";
    private const string InChain = "chain";
    private const string Gone = "conflict";

    /// <summary>How many blocks came in the place of those that left.</summary>
    public int Came => AfterHeight - ForkHeight;

    /// <summary>Compares a node's chain with what was seen of it; null where nothing left it.</summary>
    public static async Task<Reorganisation?> FindAsync(CommandRun run, NodeView before, CancellationToken cancellationToken)
    {
        var client = await NetFolder.TryConnectAsync(NetFolder.SettingsOf(run.Settings, before.Id), run.Clock, cancellationToken).ConfigureAwait(false)
            ?? throw new CommandException($"Node {before.Id} does not answer any more. {NodeLogFile.LastWords(run.Settings, before.Id)}");
        await using (client.ConfigureAwait(false))
        {
            var (left, ids, fork) = (new List<string>(), new List<string>(), before.Height);
            for (var hash = before.Tip; ;)
            {
                var block = await client.GetAsync("getblock", cancellationToken, hash, 1).ConfigureAwait(false);
                fork = block["height"]!.GetValue<int>();
                if (block["confirmations"]!.GetValue<int>() >= 0) break;
                left.Add(hash);
                ids.AddRange(block["tx"]!.AsArray().Skip(1).Select(id => id!.GetValue<string>()));
                hash = block["previousblockhash"]!.GetValue<string>();
            }

            if (left.Count == 0) return null;
            var tip = await client.GetAsync("getblockchaininfo", cancellationToken).ConfigureAwait(false);
            var (after, height) = (tip["bestblockhash"]!.GetValue<string>(), tip["blocks"]!.GetValue<int>());
            var confirmed = await ConfirmedAboveAsync(client, after, fork, cancellationToken).ConfigureAwait(false);
            var waiting = (await client.GetAsync("getrawmempool", cancellationToken).ConfigureAwait(false)).AsArray().Select(id => id!.GetValue<string>()).ToHashSet();
            var places = ids.Select(id => (id, waiting.Contains(id) ? InPool : confirmed.Contains(id) ? InChain : Gone)).ToList();
            return new Reorganisation(before, after, height, fork, left, places);
        }
    }

    /// <summary>What happened, in words.</summary>
    public IEnumerable<string> Lines()
    {
        yield return $"Node {Before.Id} reorganised: {Blocks(Left.Count)} left and {Blocks(Came)} came above height {ForkHeight}, from {NetTable.Short(Before.Tip)} ({Before.Height}) to {NetTable.Short(After)} ({AfterHeight}).";
        foreach (var (id, place) in Transactions)
        {
            yield return place switch
            {
                InPool => $"  transaction {id} returned to the pool",
                InChain => $"  transaction {id} is in a block of this chain too",
                _ => $"  transaction {id} is gone: what it spent was spent by another here, or was a reward of a block that left",
            };
        }
    }

    /// <summary>What happened, with the names that stay.</summary>
    public JsonObject ToJson() => new()
    {
        ["node"] = Before.Id,
        ["from"] = new JsonObject { ["height"] = Before.Height, ["tip"] = Before.Tip },
        ["to"] = new JsonObject { ["height"] = AfterHeight, ["tip"] = After },
        ["fork"] = ForkHeight,
        ["left"] = new JsonArray([.. Left.Select(hash => JsonValue.Create(hash))]),
        ["came"] = Came,
        ["transactions"] = new JsonArray([.. Transactions.Select(transaction => new JsonObject { ["txid"] = transaction.Id, ["now"] = transaction.Place })]),
    };

    private static async Task<HashSet<string>> ConfirmedAboveAsync(INodeClient client, string tip, int height, CancellationToken cancellationToken)
    {
        var ids = new HashSet<string>();
        for (var hash = tip; ;)
        {
            var block = await client.GetAsync("getblock", cancellationToken, hash, 1).ConfigureAwait(false);
            if (block["height"]!.GetValue<int>() <= height) return ids;
            ids.UnionWith(block["tx"]!.AsArray().Select(id => id!.GetValue<string>()));
            hash = block["previousblockhash"]!.GetValue<string>();
        }
    }

    private static string Blocks(int count) => count == 1 ? "1 block" : $"{count} blocks";
}
