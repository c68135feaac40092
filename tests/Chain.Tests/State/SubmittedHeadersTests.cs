using System.Collections;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.State;
using Chain.Tests.Kit;

namespace Chain.Tests.State;

/// <summary>Headers without blocks stay few, however many come and however they hang together.</summary>
public sealed class SubmittedHeadersTests : IDisposable
{
    private const int Most = 12;

    /// <summary>Peers, and the sender of what comes one by one.</summary>
    private const long Alone = -1, Honest = 1, Greedy = 2, Other = 3;

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
        Assert.Null(_headers.Submit(strong, Alone));
        Assert.Equal(strong[^1].Hash, Assert.Single(_headers.Tips).Header.Hash);
        AssertBounded();
    }

    /// <summary>Of one sender: another's may be the beginning of an honest chain.</summary>
    [Fact]
    public void Submit_AWeakerBranchOfWhoFilledTheRoom_IsNotKept()
    {
        GrowChain();
        Assert.Null(_headers.Submit(Branch("strong", "genesis", Most), Greedy));
        var weak = Branch("weak", "genesis", 1);
        Assert.Equal((weak[0], RuleError.ParentMissing), _headers.Submit(weak, Greedy) is var (header, violation) ? (header, violation.Error) : default);
        Assert.Null(_headers.Find(weak[0].Hash));
    }

    /// <summary>Whoever fills the room keeps no honest chain out, which begins with less work than all that is there and than the tip.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Submit_AWeakerBranchOfAnother_GetsItsShare(bool hasLeft)
    {
        GrowChain();
        Assert.Null(_headers.Submit(Branch("greedy", "genesis", Most), Greedy));
        if (hasLeft) _headers.Leave(Greedy);
        var honest = Branch("honest", "genesis", Most);
        Assert.Null(_headers.Submit(honest[..(Most / 2)], Honest));
        AssertBounded();
        Assert.Equal(hasLeft, _headers.Submit(honest[(Most / 2)..], Honest) is null);
        Assert.NotNull(_headers.Find(honest[(Most / 2) - 1].Hash));
        AssertBounded();
    }

    /// <summary>A header of another sender on top of a branch does not keep it from being given up.</summary>
    [Fact]
    public void Submit_ABranchThatAnotherWentOnWith_IsGivenUpAsWell()
    {
        GrowChain();
        var greedy = Branch("greedy", "genesis", Most);
        Assert.Null(_headers.Submit(greedy[..^1], Greedy));
        Assert.Null(_headers.Submit(greedy[^1..], Other));
        var honest = Branch("honest", "genesis", Most / 2);
        Assert.Null(_headers.Submit(honest, Honest));
        AssertBounded();
    }

    /// <summary>What many senders bring stays bounded, and hangs together; who comes last gets in.</summary>
    [Fact]
    public void Submit_ManySendersThatComeAndGo_StayBounded()
    {
        GrowChain();
        for (var i = 0; i < 4 * Most; i++)
        {
            var branch = Branch($"m{i}", "genesis", 1 + (i % 3));
            _ = _headers.Submit(branch, i);
            Assert.NotNull(_headers.Find(branch[0].Hash));
            AssertBounded();
            if (i % 3 == 0) _headers.Leave(i - 1);
        }
    }

    /// <summary>Each header of a message is weighed by all that follow it: that must not take a step for each pair of them.</summary>
    [Fact]
    public void Submit_ALongMessageWhereItIsFull_CountsTheWorkOnce()
    {
        const int Long = 2_000;
        var headers = new SubmittedHeaders(_node.Chain, Long);
        Assert.Null(headers.Submit(Branch("full", "genesis", Long), Greedy));
        var counted = new CountedHeaders(Branch("long", "genesis", Long));
        Assert.Null(headers.Submit(counted, Honest));
        Assert.InRange(counted.Reads, Long, 3 * Long);
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

    /// <summary>Makes the tip heavier than all that is kept.</summary>
    private void GrowChain()
    {
        foreach (var block in _builder.NextBlocks("tip", 2 * Most)) Assert.Equal(BlockOutcome.Accepted, _node.Chain.ProcessBlock(block.Block).Outcome);
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

    /// <summary>Counts how often one of them is read.</summary>
    private sealed class CountedHeaders(BlockHeader[] headers) : IReadOnlyList<BlockHeader>
    {
        public int Reads { get; private set; }

        public int Count => headers.Length;

        public BlockHeader this[int index]
        {
            get
            {
                Reads++;
                return headers[index];
            }
        }

        public IEnumerator<BlockHeader> GetEnumerator() => Enumerable.Range(0, Count).Select(i => this[i]).GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
    }
}
