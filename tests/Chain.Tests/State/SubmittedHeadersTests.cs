using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.State;
using Chain.Tests.Kit;

namespace Chain.Tests.State;

/// <summary>Headers without blocks stay few, however many come and however they hang together.</summary>
public sealed class SubmittedHeadersTests : IDisposable
{
    private const int Most = 12;

    private readonly StateNode _node = new(Profiles.Regtest);
    private readonly ChainBuilder _builder = new(Profiles.Regtest);
    private readonly SubmittedHeaders _headers;

    public SubmittedHeadersTests() => _headers = new SubmittedHeaders(_node.Chain, Most);

    public void Dispose() => _node.Dispose();

    [Fact]
    public void Submit_AnEndlessBranch_EndsAtTheBound()
    {
        var branch = Branch("endless", "genesis", 5 * Most);
        Assert.All(branch[..Most], header => Assert.Null(_headers.Submit(header)));
        Assert.All(branch[Most..], header => Assert.Equal(RuleError.ParentMissing, _headers.Submit(header)!.Error));
        Assert.Equal(branch[Most - 1].Hash, Assert.Single(_headers.Tips).Header.Hash);
        AssertBounded();
    }

    [Fact]
    public void Submit_EndlesslyManyBranches_StayBounded()
    {
        for (var i = 0; i < 5 * Most; i++)
        {
            foreach (var header in Branch($"b{i}", "genesis", 1 + (i % 4))) _ = _headers.Submit(header);
            AssertBounded();
        }
    }

    /// <summary>Who has filled the room with weak branches does not keep a strong one out.</summary>
    [Fact]
    public void Submit_AStrongerBranch_TakesThePlaceOfWeakOnes()
    {
        for (var i = 0; i < Most; i++) Assert.Null(_headers.Submit(Assert.Single(Branch($"weak{i}", "genesis", 1))));
        var strong = Branch("strong", "genesis", Most);
        Assert.All(strong, header => Assert.Null(_headers.Submit(header)));
        Assert.Equal(strong[^1].Hash, Assert.Single(_headers.Tips).Header.Hash);
        AssertBounded();
    }

    /// <summary>The first of many is as weak as any first one: they are weighed by their last.</summary>
    [Fact]
    public void Submit_SeveralThatAreStrongTogether_AreKept()
    {
        for (var i = 0; i < Most / 3; i++) Assert.All(Branch($"weak{i}", "genesis", 3), header => Assert.Null(_headers.Submit(header)));
        var strong = Branch("strong", "genesis", Most);
        Assert.Equal(RuleError.ParentMissing, _headers.Submit(strong[0])!.Error);
        for (var i = 0; i < strong.Length; i++) Assert.Null(_headers.Submit(strong, i));
        Assert.Equal(strong[^1].Hash, Assert.Single(_headers.Tips).Header.Hash);
        AssertBounded();
    }

    [Fact]
    public void Submit_AWeakerBranchWhereItIsFull_IsNotKept()
    {
        foreach (var header in Branch("strong", "genesis", Most)) Assert.Null(_headers.Submit(header));
        var weak = Assert.Single(Branch("weak", "genesis", 1));
        Assert.Equal(RuleError.ParentMissing, _headers.Submit(weak)!.Error);
        Assert.Null(_headers.Find(weak.Hash));
    }

    /// <summary>Headers whose blocks came make room for those that follow.</summary>
    [Fact]
    public void Submit_BlocksCome_TheBranchGoesOn()
    {
        var built = _builder.NextBlocks("long", 4 * Most);
        for (var from = 0; from < built.Count; from += Most)
        {
            foreach (var block in built.Skip(from).Take(Most)) Assert.Null(_headers.Submit(block.Block.Header));
            AssertBounded();
            foreach (var block in built.Skip(from).Take(Most)) Assert.Equal(BlockOutcome.Accepted, _node.Chain.ProcessBlock(block.Block).Outcome);
        }

        Assert.Empty(_headers.Tips);
    }

    /// <summary>Looking for an ancestor must not take a frame of the stack for each header.</summary>
    [Fact]
    public void Ancestor_OfADeepBranch_IsFound()
    {
        const int Deep = 3_000;
        var headers = new SubmittedHeaders(_node.Chain);
        var branch = Branch("deep", "genesis", Deep);
        foreach (var header in branch) Assert.Null(headers.Submit(header));
        var tip = headers.Find(branch[^1].Hash)!;
        Assert.Equal(branch[0].Hash, tip.GetAncestor(1).Header.Hash);
        Assert.Equal(branch[Deep / 2].Hash, tip.GetAncestor((Deep / 2) + 1).Header.Hash);
        Assert.Equal(_node.Chain.Tip, tip.GetAncestor(0));
        Assert.Equal(Deep, headers.BestHeight);
    }

    private BlockHeader[] Branch(string name, string on, int length)
    {
        _builder.SetTip(on);
        return [.. Enumerable.Range(0, length).Select(i => _builder.NextBlock($"{name} {i}").Block.Header)];
    }

    /// <summary>What is kept is few, and nothing else hangs on it: a header that is gone would stay in memory for one that is not.</summary>
    private void AssertBounded()
    {
        Assert.InRange(_headers.Count, 0, Most);
        var reachable = new HashSet<HeaderOnly>();
        foreach (var tip in _headers.Tips)
        {
            for (var header = tip; header is not null; header = header.Parent as HeaderOnly) reachable.Add(header);
        }

        Assert.InRange(reachable.Count, 0, _headers.Count);
        Assert.All(reachable, header => Assert.Same(header, _headers.Find(header.Header.Hash)));
    }
}
