using Chain.Node.Explorer.Data;
using Chain.Node.Explorer.Html;
using Chain.State;

namespace Chain.Node.Explorer.Pages;

/// <summary>/blocks: the blocks of the chain, the newest first, and the branches beside it.</summary>
internal sealed class BlocksPage(ChainReader reader)
{
    private const int BlocksAPage = 30;
    private const int MostStale = 20;

    /// <summary>The page that begins at the tip, or at the height that is asked for (from).</summary>
    public async Task<Page> ShowAsync(PageQuery query)
    {
        var wanted = query["from"].Length > 0 ? query.Number("from") : int.MaxValue;
        var (tip, nodes, stale) = await reader.OnStateAsync(chain =>
        {
            var tree = chain.Chainstate.Tree;
            var first = Math.Min(wanted, chain.Chainstate.Tip.Height);
            var shown = Enumerable.Range(0, BlocksAPage).Select(i => tree.FindActive(first - i)).OfType<BlockNode>().ToList();
            var beside = wanted == int.MaxValue ? tree.Nodes.Where(node => !tree.IsActive(node)).OrderByDescending(node => node.Height).ThenByDescending(node => node.Sequence).Take(MostStale).ToList() : [];
            return (chain.Chainstate.Tip, shown, beside);
        }).ConfigureAwait(false);
        var first = nodes.Count > 0 ? nodes[0].Height : 0;
        var last = nodes.Count > 0 ? nodes[^1].Height : 0;
        var newer = first < tip.Height ? Fragment.Of($"<a class=\"button\" href=\"/blocks?from={Math.Min(tip.Height, first + BlocksAPage)}\">← Newer</a>") : Fragment.Empty;
        var older = last > 0 ? Fragment.Of($"<a class=\"button\" href=\"/blocks?from={last - 1}\">Older →</a>") : Fragment.Empty;
        var table = await BlockRows.TableAsync(reader, nodes, withHashes: true).ConfigureAwait(false);
        return new Page("Blocks", Fragment.Of($"""
            <div class="head"><h1>Blocks</h1></div>
            <section class="card" id="blocks" data-live>{table}<p class="pages">{newer}<span>{Show.Count(last)} to {Show.Count(first)} of {Show.Count(tip.Height)}</span>{older}</p></section>
            <div id="stale" data-live>{Stale(stale)}</div>
            """)) { Menu = "Blocks", Events = "block" };
    }

    private Fragment Stale(List<BlockNode> stale) => stale.Count == 0 ? Fragment.Empty : Fragment.Of($"""
        <section class="card"><h2>Beside the chain</h2>
        {Table.Of("Blocks that are not part of the chain", [new("Height"), new("Hash"), new("Time"), new("State")], stale.Select(node => new Row(node.Hash.ToString(),
            Fragment.Of($"{Show.Count(node.Height)}"), Show.Block(node.Hash), Show.Age(node.Header.Time, reader.Now), BlockPage.StateOf(node))))}</section>
        """);
}
