using Chain.Core.Primitives;
using Chain.Network.Messages;

namespace Chain.Node;

/// <summary>
/// Tells peers which fee rate the pool asks for, of which <paramref name="least"/> is the least it ever does (BIP133), and tells them again when that has changed: each on a clock of its
/// own, about every ten minutes, sooner where it has changed much (Core: MaybeSendFeefilter). What is told is rounded by chance,
/// so that nobody can see by it which transactions came here. A machine without I/O.
/// </summary>
public sealed class FeeFilters(Func<long> minFeeRate, long least, TimeProvider clock, Random random, Action<long, Message> send)
{
    /// <summary>How long there is between two on the average (Core: AVG_FEEFILTER_BROADCAST_INTERVAL).</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    /// <summary>After a great change it is told within this time (Core: MAX_FEEFILTER_CHANGE_DELAY).</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromMinutes(5);

    private const double RoundedBy = 1.1;

    private readonly Dictionary<long, Told> _peers = [];

    /// <summary>A peer is ready that may send transactions: it is told at once where the pool asks for any fee.</summary>
    public void AddPeer(long id)
    {
        var peer = new Told();
        _peers.Add(id, peer);
        Tell(id, peer);
    }

    /// <summary>A peer is gone.</summary>
    public void RemovePeer(long id) => _peers.Remove(id);

    /// <summary>Time has passed.</summary>
    public void Tick()
    {
        foreach (var (id, peer) in _peers)
        {
            var left = peer.Next - clock.GetUtcNow();
            if (left <= TimeSpan.Zero) Tell(id, peer);
            else if (left > LongestDelay && HasChangedMuch(peer.Rate)) peer.Next = clock.GetUtcNow() + (random.NextDouble() * LongestDelay);
        }
    }

    private void Tell(long id, Told peer)
    {
        peer.Next = clock.GetUtcNow() - (Math.Log(1 - random.NextDouble()) * Interval);
        var rate = Round(minFeeRate());
        if (rate == peer.Rate) return;
        peer.Rate = rate;
        send(id, new FeeFilterMessage(rate));
    }

    private bool HasChangedMuch(long told) => minFeeRate() is var rate && (4 * (Int128)rate < 3 * (Int128)told || 3 * (Int128)rate > 4 * (Int128)told);

    /// <summary>One of the steps around it, never below what the pool always asks for; that itself is no secret (Core: FeeFilterRounder).</summary>
    private long Round(long rate)
    {
        if (rate <= least || rate > Amount.MaxMoney / RoundedBy) return rate;
        double step = Math.Max(1, least / 2);
        while (step < rate) step *= RoundedBy;
        if (random.Next(3) != 0) step /= RoundedBy;
        return Math.Max(least, (long)step);
    }

    private sealed class Told
    {
        /// <summary>What the peer was told last; 0 where nothing was.</summary>
        public long Rate { get; set; }

        public DateTimeOffset Next { get; set; }
    }
}
