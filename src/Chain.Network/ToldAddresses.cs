using System.Net;

namespace Chain.Network;

/// <summary>
/// The addresses that a peer told of, or was told of, lately: none is told it twice, so that an address does not go round for
/// ever among nodes that know each other (Core: m_addr_known). Bounded; the oldest leave first. Called from many threads.
/// </summary>
internal sealed class ToldAddresses
{
    /// <summary>The most that are remembered.</summary>
    public const int Most = 1_000;

    private readonly Lock _lock = new();
    private readonly HashSet<IPEndPoint> _told = [];
    private readonly Queue<IPEndPoint> _order = [];

    /// <summary>Notes an address; false where it was noted before.</summary>
    public bool Add(IPEndPoint endPoint)
    {
        lock (_lock)
        {
            if (!_told.Add(endPoint)) return false;
            _order.Enqueue(endPoint);
            if (_order.Count > Most) _told.Remove(_order.Dequeue());
            return true;
        }
    }
}
