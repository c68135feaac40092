using Chain.Node.Explorer.Data;
using Chain.Node.Explorer.Html;
using Chain.Node.Rpc;
using Chain.State;

namespace Chain.Node.Explorer.Pages;

/// <summary>/: the state of the chain, the pool and the connections at a glance.</summary>
internal sealed class HomePage(ChainReader reader)
{
    private const int RateBlocks = 120;
    private const int StripBlocks = 8, TableBlocks = 10, Transactions = 10;

    /// <summary>In how many blocks transactions are looked for.</summary>
    private const int SearchedBlocks = 10;

    /// <summary>The page.</summary>
    public async Task<Page> ShowAsync(CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var state = await reader.OnStateAsync(Look).ConfigureAwait(false);
        var recent = new List<BlockNode>();
        for (BlockNode? node = state.Tip; node is not null && recent.Count < Math.Max(TableBlocks, StripBlocks); node = node.Parent) recent.Add(node);
        var facts = await reader.FactsOfAsync(recent).ConfigureAwait(false);
        var latest = await LatestAsync(state, recent, facts).ConfigureAwait(false);
        var table = await BlockRows.TableAsync(reader, [.. recent.Take(TableBlocks)]).ConfigureAwait(false);
        return new Page("", Fragment.Of($"""
            <h1 class="sr">Overview</h1>
            <div class="hero" id="state" data-live>
            <section class="card tip"><span class="label">Tip of the chain</span><a class="height" href="/block/{state.Tip.Hash.ToString()}">{Show.Count(state.Tip.Height)}</a>
            <span>{Show.Block(state.Tip.Hash)}</span><span class="soft">{Show.Age(state.Tip.Header.Time, reader.Now)}</span></section>
            <section class="card">{Tiles(state)}</section>
            </div>
            <ol class="strip" id="strip" data-live aria-label="The last blocks">{Strip(state, recent, facts)}</ol>
            <div class="columns" id="plots" data-live><section class="card">{ChainPlots.HashRate(state.Tip)}</section><section class="card">{ChainPlots.BlockTimes(state.Tip, reader.Params)}</section></div>
            <div class="columns">
            <section class="card" id="blocks" data-live><h2>Blocks <a href="/blocks">All blocks</a></h2>{table}</section>
            <section class="card" id="transactions" data-live><h2>Transactions <a href="/mempool">All that wait</a></h2>{(latest.Count == 0 ? Fragment.Of($"<p class=\"empty\">Nobody has paid anybody yet.</p>") : TransactionRows.Latest(latest, reader.Now))}</section>
            </div>
            """)) { Menu = "Overview", Events = "block transaction peer" };
    }

    private static Glance Look(LoadedChain chain)
    {
        var tip = chain.Chainstate.Tip;
        var pool = chain.Mempool;
        return new Glance(tip, MiningMethods.HashRate(chain.Chainstate, RateBlocks, tip), pool.Count, pool.Total.Size, pool.Total.Fees,
            [.. pool.Entries.OrderByDescending(entry => entry.Sequence).Take(Transactions).Select(ListedTransaction.Of)], chain.Assembler.NextReward(0).Satoshis);
    }

    private Fragment Tiles(Glance state)
    {
        var peers = reader.Node.Peers.Peers;
        var inbound = peers.Count(peer => peer.IsInbound);
        return new Facts()
            .Add("Hash rate", Show.HashRate(state.HashRate))
            .Add("Difficulty", Show.Difficulty(RpcJson.Difficulty(state.Tip.Header.Bits)))
            .Add("Reward of a block", Show.Amount(state.NextReward))
            .Add("Waiting", Fragment.Of($"<a href=\"/mempool\">{Show.Count(state.Waiting)}</a><small>{Show.Power(state.WaitingSize, "vB")}</small>"))
            .Add("Fees waiting", Show.Amount(state.WaitingFees))
            .Add("Peers", Fragment.Of($"<a href=\"/peers\">{Show.Count(peers.Count)}</a><small>{inbound} in, {peers.Count - inbound} out</small>"))
            .ToTiles();
    }

    private Fragment Strip(Glance state, List<BlockNode> recent, IReadOnlyList<BlockFacts?> facts)
    {
        var html = new HtmlWriter();
        html.Write($"""
            <li class="next" data-key="next"><a href="/mempool"><b>Next</b><span>{Show.Count(state.Waiting)} waiting</span><span>&nbsp;</span>{Plot.Meter(4.0 * state.WaitingSize / reader.Params.MaxBlockWeight, "fill")}</a></li>
            """);
        for (var i = 0; i < Math.Min(StripBlocks, recent.Count); i++)
        {
            var node = recent[i];
            html.Write($"""
                <li data-key="{node.Hash.ToString()}"><a href="/block/{node.Hash.ToString()}"><b>{Show.Count(node.Height)}</b><span>{Show.Count(facts[i]?.Transactions ?? 0, "transaction", "transactions")}</span><span>{Show.Age(node.Header.Time, reader.Now)}</span>{Plot.Meter((facts[i]?.Weight ?? 0) / (double)reader.Params.MaxBlockWeight, "fill")}</a></li>
                """);
        }

        return html.ToFragment();
    }

    /// <summary>What waits, then what the last blocks hold.</summary>
    private async Task<List<ListedTransaction>> LatestAsync(Glance state, List<BlockNode> recent, IReadOnlyList<BlockFacts?> facts)
    {
        var result = state.Newest.ToList();
        for (var i = 0; i < Math.Min(SearchedBlocks, recent.Count) && result.Count < Transactions; i++)
        {
            if (facts[i] is not { Transactions: > 1 } || await reader.FindBlockAsync(recent[i]).ConfigureAwait(false) is not { } stored) continue;
            for (var t = stored.Block.Transactions.Length - 1; t > 0 && result.Count < Transactions; t--)
            {
                var transaction = stored.Block.Transactions[t];
                result.Add(new ListedTransaction(transaction.Id, transaction.Outputs.Sum(output => output.Value), null, transaction.VirtualSize, recent[i].Header.Time, recent[i]));
            }
        }

        return result;
    }

    private sealed record Glance(BlockNode Tip, double HashRate, int Waiting, long WaitingSize, long WaitingFees, IReadOnlyList<ListedTransaction> Newest, long NextReward);
}
