using System.Globalization;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.State;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.State;

/// <summary>
/// The published full-block cases through <see cref="Chainstate.ProcessBlock(Chain.Core.Primitives.Block)"/>: signature limits, sizes, duplicate
/// transactions, orphans and reorganisations, each with the answer that it asks for.
/// </summary>
public class FullBlockTests
{
    private readonly ITestOutputHelper _output;

    public FullBlockTests(ITestOutputHelper output) => _output = output;

    [VectorFact(FullBlockCase.File)]
    public void ProcessBlock_PublishedCases_AnswersAsTheyAsk()
    {
        var (cases, now) = FullBlockCase.Read();
        using var node = new StateNode(Profiles.Regtest);
        node.Time.SetTo(now);
        var run = new CaseRun(node.Chain, cases);
        foreach (var item in cases) run.Run(item);
        _output.WriteLine($"{run.Done} cases");
        Assert.True(run.Wrong.Count == 0, string.Join('\n', run.Wrong));
        Assert.Equal(FullBlockCase.Count, run.Done);
        Assert.Equal(FullBlockCase.Count, cases.Count);
    }

    /// <summary>The cases one after the other, with a pool of blocks that wait for their parents.</summary>
    private sealed class CaseRun
    {
        private readonly Chainstate _chain;
        private readonly List<Block> _orphans = [];
        private readonly List<FullBlockCase> _watched;

        public CaseRun(Chainstate chain, IEnumerable<FullBlockCase> cases)
        {
            _chain = chain;
            _watched = [.. cases.Where(c => c.Kind == FullBlockKind.UtxoAfterDisconnect)];
            chain.BlockDisconnected += (node, _) => Look(node);
        }

        public List<string> Wrong { get; } = [];

        public int Done { get; private set; }

        public void Run(FullBlockCase item)
        {
            switch (item.Kind)
            {
                case FullBlockKind.Accept:
                    var (outcome, reason) = Process(Decode(item));
                    var expected = item.IsOrphan ? BlockOutcome.Orphan : BlockOutcome.Accepted;
                    Expect(item, outcome == expected && reason is null, $"{outcome} {reason}");
                    if (!item.IsOrphan) Expect(item, _chain.Tip.Hash.ToString() == item.Hash == item.IsOnMainChain, $"the tip is {_chain.Tip}");
                    break;
                case FullBlockKind.Reject:
                    (outcome, reason) = Process(Decode(item));
                    Expect(item, item.Reasons.Contains(reason), $"{outcome} {reason} instead of {string.Join(" or ", item.Reasons)}");
                    break;
                case FullBlockKind.RejectNoncanonical:
                    Expect(item, Block.TryDecode(item.Raw) is null, "it decodes");
                    break;
                case FullBlockKind.OrphanOrReject:
                    (outcome, reason) = Process(Decode(item));
                    Expect(item, outcome is BlockOutcome.Orphan or BlockOutcome.Rejected, $"{outcome} {reason}");
                    break;
                case FullBlockKind.Tip:
                    Expect(item, _chain.Tip.Hash.ToString() == item.Hash, $"the tip is {_chain.Tip}");
                    break;
                default:
                    // It is looked at when the block is taken back, which a later case brings about.
                    return;
            }

            Done++;
        }

        private static Block Decode(FullBlockCase item)
        {
            var block = Block.TryDecode(item.Raw);
            Assert.True(block is not null, $"{item.Name} does not decode");
            Assert.Equal(item.Hash, block.Hash.ToString());
            return block;
        }

        /// <summary>Hands over a block and all that waited for it; the reason is that of the first that was refused.</summary>
        private (BlockOutcome Outcome, string? Reason) Process(Block block)
        {
            var result = _chain.ProcessBlock(block);
            if (result.Outcome == BlockOutcome.Orphan)
            {
                _orphans.Add(block);
                return (result.Outcome, null);
            }

            var reason = result.Violation?.RejectReason;
            foreach (var child in _orphans.Where(o => o.Header.PreviousBlockHash == block.Hash).ToList())
            {
                _orphans.Remove(child);
                reason = Process(child).Reason ?? reason;
            }

            return (result.Outcome, reason);
        }

        private void Look(BlockNode node)
        {
            foreach (var item in _watched.Where(w => w.Hash == node.Hash.ToString()))
            {
                var colon = item.Output.OutPoint.IndexOf(':', StringComparison.Ordinal);
                Assert.True(TxId.TryParse(item.Output.OutPoint[..colon], out var id));
                var index = uint.Parse(item.Output.OutPoint.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture);
                Expect(item, _chain.Coins.Find(new OutPoint(id, index)) is not null == item.Output.IsThere, $"not as it should be after {node}");
                Done++;
            }
        }

        private void Expect(FullBlockCase item, bool isMet, string found)
        {
            if (!isMet) Wrong.Add($"{item.Name}: {found}");
        }
    }
}
