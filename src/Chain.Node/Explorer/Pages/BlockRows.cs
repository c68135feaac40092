using Chain.Core.Consensus;
using Chain.Node.Explorer.Data;
using Chain.Node.Explorer.Html;
using Chain.State;

namespace Chain.Node.Explorer.Pages;

/// <summary>Blocks as rows of a table.</summary>
internal static class BlockRows
{
    private static readonly Column[] Columns = [new("Height"), new("Time"), new("Transactions", "number"), new("Size", "number"), new("Full", "full")];

    /// <summary>A table of blocks, the newest first; <paramref name="withHashes"/> where there is room.</summary>
    public static async Task<Fragment> TableAsync(ChainReader reader, IReadOnlyList<BlockNode> nodes, bool withHashes = false)
    {
        var facts = await reader.FactsOfAsync(nodes).ConfigureAwait(false);
        Column[] columns = withHashes ? [Columns[0], new("Hash", "full"), .. Columns[1..]] : Columns;
        return Table.Of("Blocks, the newest first", columns, nodes.Zip(facts, (node, known) => new Row($"{node.Hash}", [.. Cells(node, known, withHashes, reader.Params, reader.Now)])), Table.Slim);
    }

    private static IEnumerable<Fragment> Cells(BlockNode node, BlockFacts? facts, bool withHashes, ChainParams p, long now)
    {
        yield return Fragment.Of($"<a href=\"/block/{node.Hash.ToString()}\" title=\"{node.Hash.ToString()}\">{Show.Count(node.Height)}</a>");
        if (withHashes) yield return Show.Block(node.Hash);
        yield return Show.Age(node.Header.Time, now);
        yield return Fragment.Of($"{Show.Count(facts?.Transactions ?? 0)}");
        yield return Fragment.Of($"{Show.Size(facts?.Size ?? 0)}");
        yield return Fragment.Of($"{Plot.Meter((facts?.Weight ?? 0) / (double)p.MaxBlockWeight)}<span class=\"sr\">{Show.Count((facts?.Weight ?? 0) * 100 / p.MaxBlockWeight)} %</span>");
    }
}
