using Chain.Core.Consensus;
using Chain.Node.Explorer.Data;
using Chain.Node.Explorer.Html;
using Chain.State;

namespace Chain.Node.Explorer.Pages;

/// <summary>Blocks as rows of a table.</summary>
internal static class BlockRows
{
    private static readonly Column[] Columns = [new("Height"), new("Time"), new("Transactions", "number"), new("Size", "number"), new("Full", "full")];

    /// <summary>A table of blocks, the newest first.</summary>
    public static async Task<Fragment> TableAsync(ChainReader reader, IReadOnlyList<BlockNode> nodes)
    {
        var facts = await reader.FactsOfAsync(nodes).ConfigureAwait(false);
        return Table.Of("Blocks, the newest first", Columns, nodes.Zip(facts, (node, known) => Row(node, known, reader.Params, reader.Now)), Table.Slim);
    }

    private static Row Row(BlockNode node, BlockFacts? facts, ChainParams p, long now) => new(node.Hash.ToString(),
        Fragment.Of($"<a href=\"/block/{node.Hash.ToString()}\" title=\"{node.Hash.ToString()}\">{Show.Count(node.Height)}</a>"),
        Show.Age(node.Header.Time, now),
        Fragment.Of($"{Show.Count(facts?.Transactions ?? 0)}"),
        Fragment.Of($"{Show.Size(facts?.Size ?? 0)}"),
        Fragment.Of($"{Plot.Meter((facts?.Weight ?? 0) / (double)p.MaxBlockWeight)}<span class=\"sr\">{Show.Count((facts?.Weight ?? 0) * 100 / p.MaxBlockWeight)} %</span>"));
}
