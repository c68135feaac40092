using Chain.Core.Primitives;
using Chain.Node;
using Chain.State;

namespace Chain.Tests.Node.Kit;

/// <summary>What <see cref="MessageHandler"/> does with a block, for tests that have no connections.</summary>
internal static class SyncDriver
{
    public static void Deliver(Chainstate chainstate, BlockSync sync, long peer, Block block)
    {
        sync.OnBlock(peer, block.Hash);
        var outcome = chainstate.ProcessBlock(block).Outcome;
        if (outcome == BlockOutcome.Orphan)
        {
            sync.Orphans.Add(block, peer);
            sync.OnOrphan(peer);
        }
        else if (outcome == BlockOutcome.Accepted)
        {
            var open = new Queue<BlockHash>([block.Hash]);
            while (open.TryDequeue(out var parent))
            {
                foreach (var (orphan, _) in sync.Orphans.TakeChildren(parent))
                {
                    if (chainstate.ProcessBlock(orphan).Outcome == BlockOutcome.Accepted) open.Enqueue(orphan.Hash);
                }
            }
        }

        sync.Continue(peer);
    }
}
