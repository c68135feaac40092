using System.Collections.Immutable;
using Chain.Core.Primitives;
using Chain.State;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.State;

/// <summary>Links, sums and the order of worth, against a naive reckoning after each of many random changes.</summary>
public class MempoolGraphTests(ITestOutputHelper output)
{
    [Fact]
    public void AddAndRemove_RandomSequences_SumsEqualANaiveClosure() => Property.Check(output, 20, random =>
    {
        var graph = new MempoolGraph();
        for (var step = 0; step < 80; step++)
        {
            if (graph.Count > 0 && random.Between(0, 3) == 0) graph.Remove(PickRemovable(random, graph));
            else if (graph.Count > 0 && random.Between(0, 3) == 0) graph.Prioritise(Pick(random, graph), random.Between(-2_000, 2_000));
            else Add(random, graph, step);
            Assert.Null(MempoolInvariants.CheckSums(graph.Entries));
            Assert.Equal(graph.Entries.Sum(entry => (long)entry.Transaction.Size), graph.Bytes);
            Assert.Same(NaiveWorst(graph), graph.Worst);
        }

        while (graph.Worst is { } worst)
        {
            Assert.Same(NaiveWorst(graph), worst);
            foreach (var entry in MempoolGraph.WithDescendants(worst).OrderByDescending(entry => entry.Sequence)) graph.Remove(entry);
        }

        Assert.Equal((0, 0L), (graph.Count, graph.Bytes));
    });

    [Fact]
    public void Worst_ParentWithARichChild_IsWorthWhatBothPay()
    {
        var graph = new MempoolGraph();
        var parent = Add(graph, fee: 0, sequence: 0);
        var lone = Add(graph, fee: 100, sequence: 1);
        Assert.Same(parent, graph.Worst);
        var child = Add(graph, fee: 1_000, sequence: 2, parent);
        Assert.Same(lone, graph.Worst);
        graph.Remove(child);
        Assert.Same(parent, graph.Worst);
    }

    [Fact]
    public void Worst_RichParentWithAPoorChild_IsWorthItsOwn()
    {
        var graph = new MempoolGraph();
        var parent = Add(graph, fee: 1_000, sequence: 0);
        var lone = Add(graph, fee: 600, sequence: 1);
        var child = Add(graph, fee: 0, sequence: 2, parent);
        Assert.Same(child, graph.Worst);
        graph.Remove(child);
        Assert.Same(lone, graph.Worst);
    }

    [Fact]
    public void Worst_OfEquals_TheNewest()
    {
        var graph = new MempoolGraph();
        Add(graph, fee: 5, sequence: 0);
        Add(graph, fee: 5, sequence: 1);
        var newest = Add(graph, fee: 5, sequence: 2);
        Assert.Same(newest, graph.Worst);
    }

    [Theory]
    [InlineData(1, 1, 2, 1, -1)]
    [InlineData(1, 3, 1, 2, -1)]
    [InlineData(2, 2, 1, 1, 0)]
    [InlineData(0, 5, 0, 7, 0)]
    [InlineData(Amount.MaxMoney, 1, Amount.MaxMoney, 2, 1)]
    [InlineData(long.MaxValue, long.MaxValue, long.MaxValue - 1, long.MaxValue, 1)]
    public void CompareFeeRate_IsExact(long fees, long size, long otherFees, long otherSize, int expected) =>
        Assert.Equal(expected, Math.Sign(new PackageSum(1, size, fees).CompareFeeRate(new PackageSum(1, otherSize, otherFees))));

    private static void Add(Generate random, MempoolGraph graph, int sequence)
    {
        var spent = ImmutableArray.CreateBuilder<OutPoint>();
        for (var i = random.Between(0, Math.Min(3, graph.Count)); i > 0; i--)
        {
            var parent = Pick(random, graph).Transaction;
            var place = PoolNode.Output(parent, random.Between(0, parent.Outputs.Length - 1));
            if (graph.FindSpender(place) is null && !spent.Contains(place)) spent.Add(place);
        }

        if (spent.Count == 0) spent.Add(new OutPoint(new TxId(random.Hash()), 0));
        Add(graph, Build(spent.ToImmutable(), random.Between(1, 4), random.Between(0, 60)), random.Between(0, 5) * 100L, sequence);
    }

    private static MempoolEntry Add(MempoolGraph graph, long fee, int sequence, params MempoolEntry[] parents)
    {
        ImmutableArray<OutPoint> spent = parents.Length > 0
            ? [.. parents.Select(parent => PoolNode.Output(parent.Transaction))]
            : [new OutPoint(new TxId(new Generate(sequence).Hash()), 0)];
        return Add(graph, Build(spent, outputs: 1, padding: 0), fee, sequence);
    }

    private static MempoolEntry Add(MempoolGraph graph, Transaction transaction, long fee, int sequence)
    {
        var candidate = new MempoolCandidate(transaction) { Fee = Amount.FromSatoshis(fee), VirtualSize = transaction.VirtualSize };
        var entry = new MempoolEntry(candidate, default, sequence);
        var parents = graph.FindParents(transaction);
        graph.Add(entry, parents, MempoolGraph.WithAncestors(parents));
        return entry;
    }

    private static Transaction Build(ImmutableArray<OutPoint> spent, int outputs, int padding) =>
        new(2, [.. spent.Select(place => new TxIn(place, new byte[padding]))], [.. Enumerable.Repeat(new TxOut(1, default), outputs)], lockTime: 0);

    private static MempoolEntry Pick(Generate random, MempoolGraph graph) =>
        graph.Entries.OrderBy(entry => entry.Sequence).ElementAt(random.Between(0, graph.Count - 1));

    /// <summary>One that a block can confirm, or one that can be given up: nothing waits above it, or nothing below.</summary>
    private static MempoolEntry PickRemovable(Generate random, MempoolGraph graph)
    {
        var removable = graph.Entries.Where(entry => entry.Parents.Count == 0 || entry.Children.Count == 0).OrderBy(entry => entry.Sequence).ToList();
        return removable[random.Between(0, removable.Count - 1)];
    }

    /// <summary>The least of the greater of both rates, its own and that with all that depends on it; of equals the newest.</summary>
    private static MempoolEntry? NaiveWorst(MempoolGraph graph)
    {
        MempoolEntry? worst = null;
        foreach (var entry in graph.Entries.OrderByDescending(entry => entry.Sequence))
        {
            if (worst is null || Worth(entry).CompareFeeRate(Worth(worst)) < 0) worst = entry;
        }

        return worst;
    }

    private static PackageSum Worth(MempoolEntry entry)
    {
        var own = MempoolInvariants.Sum([entry]);
        var all = MempoolInvariants.Sum(MempoolInvariants.Closure(entry, e => e.Children));
        return own.CompareFeeRate(all) > 0 ? own : all;
    }
}
