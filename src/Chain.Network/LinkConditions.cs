using System.Collections.Immutable;
using System.Net;

namespace Chain.Network;

/// <summary>
/// What a person does to a node's links to see how a network fares where they fail: nodes that it cannot reach and that cannot
/// reach it, and a time that what it sends is held back. A node is known by where it listens. Called from many threads.
/// </summary>
public sealed class LinkConditions
{
    /// <summary>The longest that a message may be held back: a peer that waits longer for an answer gives up.</summary>
    public static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(60);

    /// <summary>Why a connection ends, or does not come about.</summary>
    internal const string UnreachableReason = "it was made unreachable";

    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);

    private readonly TimeProvider _time;
    private readonly Lock _changing = new();
    private ImmutableHashSet<EndPoint> _unreachable = [];
    private Delays _delays = new(TimeSpan.Zero, ImmutableDictionary<EndPoint, TimeSpan>.Empty);
    private TaskCompletionSource _delaysChanged = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Links without fault.</summary>
    public LinkConditions(TimeProvider time) => _time = time;

    private sealed record Delays(TimeSpan ToAll, ImmutableDictionary<EndPoint, TimeSpan> ToSome);

    /// <summary>The nodes that cannot be reached, in order.</summary>
    public IReadOnlyList<EndPoint> Unreachable => [.. Volatile.Read(ref _unreachable).OrderBy(PeerEndPoint.Format, StringComparer.Ordinal)];

    /// <summary>How long what is sent to any node is held back.</summary>
    public TimeSpan DelayToAll => Volatile.Read(ref _delays).ToAll;

    /// <summary>How long what is sent to single nodes is held back, where that is longer than to all.</summary>
    public IReadOnlyList<(EndPoint EndPoint, TimeSpan Delay)> DelayToSome =>
        [.. Volatile.Read(ref _delays).ToSome.Select(pair => (pair.Key, pair.Value)).OrderBy(pair => PeerEndPoint.Format(pair.Key), StringComparer.Ordinal)];

    /// <summary>Whether a node can be reached; one that did not say where it listens can.</summary>
    public bool IsReachable(EndPoint? listening) => listening is null || !Volatile.Read(ref _unreachable).Contains(listening);

    /// <summary>How long what is sent to a node is held back.</summary>
    public TimeSpan DelayTo(EndPoint? listening)
    {
        var delays = Volatile.Read(ref _delays);
        return listening is not null && delays.ToSome.TryGetValue(listening, out var delay) && delay > delays.ToAll ? delay : delays.ToAll;
    }

    /// <summary>
    /// Holds back what is sent from now on, and what waits already, to some nodes, or to all where none is named; zero ends that,
    /// and to all it ends every one.
    /// </summary>
    public void SetDelay(TimeSpan delay, IReadOnlyList<EndPoint> to)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(delay, LongestDelay);
        lock (_changing)
        {
            var some = _delays.ToSome;
            if (to.Count == 0 && delay == TimeSpan.Zero) some = some.Clear();
            foreach (var endPoint in to.Select(PeerEndPoint.Normalize)) some = delay == TimeSpan.Zero ? some.Remove(endPoint) : some.SetItem(endPoint, delay);
            Volatile.Write(ref _delays, new Delays(to.Count == 0 ? delay : _delays.ToAll, some));
            var changed = _delaysChanged;
            Volatile.Write(ref _delaysChanged, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));
            changed.SetResult();
        }
    }

    /// <summary>Makes these nodes unreachable, and all others reachable; gives those that are so again.</summary>
    internal IReadOnlyList<EndPoint> SetUnreachable(IEnumerable<EndPoint> endPoints)
    {
        lock (_changing)
        {
            var before = _unreachable;
            Volatile.Write(ref _unreachable, [.. endPoints.Select(PeerEndPoint.Normalize)]);
            return [.. before.Except(_unreachable)];
        }
    }

    /// <summary>
    /// Waits until a message that was queued at a timestamp may be sent: who sends one after the other keeps their order, and
    /// none waits for the waiting of the one before.
    /// </summary>
    internal async ValueTask HoldAsync(Peer peer, long queuedAt, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Taken before the look: a change between the look and the wait completes this very source.
            var changed = Volatile.Read(ref _delaysChanged).Task;
            var delay = DelayTo(peer.ListenEndPoint);
            if (delay == TimeSpan.Zero) return;
            var rest = delay - _time.GetElapsedTime(queuedAt);
            if (rest <= TimeSpan.Zero) return;
            try
            {
                await changed.WaitAsync(rest < ShortestWait ? ShortestWait : rest, _time, cancellationToken).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                // The next look finds that it is over.
            }
        }
    }
}
