using Chain.Core.Primitives;
using Chain.Network.Messages;
using Chain.Node;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Node;

/// <summary>
/// One honest peer among others that lie, stall, answer in any order, repeat themselves and go away: whatever they do, the
/// node has the whole chain in the end, and in a time that does not depend on how long they go on.
/// </summary>
public sealed class BlockSyncSimulation
{
    private const long Honest = 0;
    private const int Blocks = 120;

    private readonly ITestOutputHelper _output;

    public BlockSyncSimulation(ITestOutputHelper output) => _output = output;

    [Fact]
    public void Sync_AmongLiars_GetsTheWholeChain() => Property.Check(_output, 30, generate =>
    {
        using var chain = new OpenChain();
        var blocks = chain.Builder.NextBlocks("b", Blocks).Select(b => b.Block).ToList();
        new Run(chain, blocks, generate).ToTheEnd();
    });

    private sealed class Run
    {
        private readonly OpenChain _chain;
        private readonly List<Block> _blocks;
        private readonly Dictionary<BlockHash, int> _heights;
        private readonly Generate _generate;
        private readonly Outbox _outbox = new();
        private readonly BlockSync _sync;
        private readonly HashSet<long> _liars = [];
        private readonly List<(long Peer, Action Act)> _pending = [];
        private long _nextId = 1;

        public Run(OpenChain chain, List<Block> blocks, Generate generate)
        {
            _chain = chain;
            _blocks = blocks;
            _generate = generate;
            _heights = blocks.Select((block, i) => (block.Hash, Height: i + 1)).ToDictionary(pair => pair.Hash, pair => pair.Height);
            _sync = new BlockSync(chain.Loaded.Chainstate, chain.Loaded.Headers, chain.Clock, _outbox.Send, _outbox.Disconnect);
        }

        public void ToTheEnd()
        {
            var start = _chain.Clock.GetUtcNow();
            _sync.AddPeer(Honest);
            for (var step = 0; _chain.Height < Blocks; step++)
            {
                Assert.True(step < 100_000, $"height {_chain.Height} after {_chain.Clock.GetUtcNow() - start}");
                if (_liars.Count < 4 && _generate.Between(0, 20) == 0) Join();
                if (_liars.Count > 0 && _generate.Between(0, 30) == 0) Leave(_generate.OneOf([.. _liars]));
                if (_liars.Count > 0 && _generate.Between(0, 5) == 0) Talk(_generate.OneOf([.. _liars]));
                Answer();
                if (_pending.Count > 0) ActOnce();
                if (_pending.Count == 0 || _generate.Between(0, 10) == 0)
                {
                    _chain.Clock.Advance(TimeSpan.FromMilliseconds(500));
                    _sync.Tick();
                    foreach (var (peer, _) in _outbox.Disconnected.ToList()) Leave(peer);
                }
            }

            Assert.InRange(_chain.Clock.GetUtcNow() - start, TimeSpan.Zero, TimeSpan.FromMinutes(30));
        }

        private void Join()
        {
            _liars.Add(_nextId);
            _sync.AddPeer(_nextId++);
        }

        private void Leave(long peer)
        {
            Assert.NotEqual(Honest, peer);
            _outbox.Disconnected.RemoveAll(left => left.Peer == peer);
            _pending.RemoveAll(pending => pending.Peer == peer);
            _liars.Remove(peer);
            _sync.RemovePeer(peer);
        }

        /// <summary>A liar says something that nobody asked for.</summary>
        private void Talk(long liar)
        {
            switch (_generate.Between(0, 4))
            {
                case 0:
                    _sync.OnInventory(liar, [.. Enumerable.Range(0, _generate.OneOf(1, 2, 3, 500, 3000)).Select(_ => _generate.BlockHash())]);
                    break;
                case 1:
                    _sync.OnInventory(liar, [.. _blocks.Skip(_generate.Between(0, Blocks)).Select(b => b.Hash)]);
                    break;
                case 2:
                    SyncDriver.Deliver(_chain.Loaded.Chainstate, _sync, liar, _generate.OneOf([.. _blocks]));
                    break;
                case 3:
                    _sync.OnNotFound(liar, [_generate.OneOf([.. _blocks]).Hash, _generate.BlockHash()]);
                    break;
                default:
                    _sync.OnInventory(liar, [_blocks[^1].Hash]);
                    break;
            }
        }

        /// <summary>What the node asked becomes what the peers will do.</summary>
        private void Answer()
        {
            foreach (var (peer, message) in _outbox.TakeAll())
            {
                if (peer == Honest) AnswerHonestly(message);
                else if (_liars.Contains(peer)) AnswerSomehow(peer, message);
            }
        }

        private void AnswerHonestly(Message message)
        {
            switch (message)
            {
                case GetBlocksMessage request:
                    var known = request.Locator.Hashes.Select(hash => _heights.GetValueOrDefault(hash)).Max();
                    var answer = _blocks.Skip(known).Take(BlockSync.FullInventory).Select(b => b.Hash).ToList();
                    if (answer.Count > 0) _pending.Add((Honest, () => _sync.OnInventory(Honest, answer)));
                    break;
                case GetDataMessage request:
                    foreach (var item in request.Items)
                    {
                        if (_heights.TryGetValue(new BlockHash(item.Hash), out var height)) _pending.Add((Honest, () => Send(Honest, height)));
                        else _pending.Add((Honest, () => _sync.OnNotFound(Honest, [new BlockHash(item.Hash)])));
                    }

                    break;
            }
        }

        private void AnswerSomehow(long liar, Message message)
        {
            if (message is not GetDataMessage request) return;
            switch (_generate.Between(0, 3))
            {
                case 0:
                    _pending.Add((liar, () => _sync.OnNotFound(liar, [.. request.Items.Select(item => new BlockHash(item.Hash))])));
                    break;
                case 1:
                    foreach (var item in request.Items)
                    {
                        if (_heights.TryGetValue(new BlockHash(item.Hash), out var height) && _generate.Bool()) _pending.Add((liar, () => Send(liar, height)));
                    }

                    break;
            }
        }

        private void Send(long peer, int height) => SyncDriver.Deliver(_chain.Loaded.Chainstate, _sync, peer, _blocks[height - 1]);

        /// <summary>One of the things that are about to happen happens; what one peer sends comes in its order.</summary>
        private void ActOnce()
        {
            var peer = _generate.OneOf([.. _pending.Select(pending => pending.Peer).Distinct()]);
            var next = _pending.FindIndex(pending => pending.Peer == peer);
            var act = _pending[next].Act;
            _pending.RemoveAt(next);
            act();
        }
    }
}
