using Chain.Core.Consensus;
using Chain.Node.Explorer.Html;
using Chain.State;

namespace Chain.Node.Explorer.Pages;

/// <summary>The plots of the overview, over the last blocks below a tip.</summary>
internal static class ChainPlots
{
    private const int Blocks = 72;

    /// <summary>Over how many blocks the rate is taken, since the time of a single one is mostly chance.</summary>
    private const int Window = 12;

    /// <summary>Hashes a second, from the work and the times of blocks.</summary>
    public static Fragment HashRate(BlockNode tip)
    {
        var nodes = Last(tip);
        var points = new List<Plot.Point>();
        foreach (var node in nodes)
        {
            var rate = RateAt(node) ?? (points.Count > 0 ? points[^1].Value : 0);
            points.Add(new Plot.Point(rate, $"Block {Show.Count(node.Height)}: {Show.HashRate(rate)}"));
        }

        return Plot.Line($"Hash rate over {Window} blocks", points.Count == 0 ? "unknown" : Show.HashRate(points[^1].Value), points, Show.HashRate, Name(nodes, 0), Name(nodes, ^1));
    }

    /// <summary>The time between each block and the one before it; the dashed line is what the chain aims at.</summary>
    public static Fragment BlockTimes(BlockNode tip, ChainParams p)
    {
        var nodes = Last(tip);
        var points = nodes.Select(node => (node, Seconds: Math.Max(0L, (long)node.Header.Time - node.Parent!.Header.Time)))
            .Select(pair => new Plot.Point(pair.Seconds, $"Block {Show.Count(pair.node.Height)}: {Show.Duration(pair.Seconds)}")).ToList();
        var mean = points.Count == 0 ? "unknown" : $"mean {Show.Duration(points.Average(point => point.Value))}";
        return Plot.Bars("Time between blocks", mean, points, Show.Duration, Name(nodes, 0), Name(nodes, ^1), p.TargetSpacing);
    }

    /// <summary>The last blocks but genesis, which nothing comes before, the oldest first.</summary>
    private static List<BlockNode> Last(BlockNode tip)
    {
        var nodes = new List<BlockNode>();
        for (var node = tip; node.Parent is { } parent && nodes.Count < Blocks; node = parent) nodes.Add(node);
        nodes.Reverse();
        return nodes;
    }

    private static string Name(List<BlockNode> nodes, Index index) => nodes.Count == 0 ? "no block yet" : $"block {Show.Count(nodes[index].Height)}";

    /// <summary>Null where the blocks have all the same time.</summary>
    private static double? RateAt(BlockNode last)
    {
        var (first, earliest, latest) = (last, last.Header.Time, last.Header.Time);
        for (var i = 0; i < Window && first.Parent is { } parent; i++)
        {
            first = parent;
            earliest = Math.Min(earliest, first.Header.Time);
            latest = Math.Max(latest, first.Header.Time);
        }

        return earliest == latest ? null : (double)(last.TotalWork - first.TotalWork) / (latest - earliest);
    }
}
