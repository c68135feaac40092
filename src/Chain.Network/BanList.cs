using System.Net;

namespace Chain.Network;

/// <summary>
/// Whom this node's owner does not want to talk to (Core: BanMan). A ban ends by itself. Called from many threads.
/// </summary>
public sealed class BanList
{
    /// <summary>How long a ban lasts where nobody says otherwise, in seconds (Core: DEFAULT_MISBEHAVING_BANTIME).</summary>
    public const long DefaultBanTime = 24 * 60 * 60;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<IPSubnet, BannedNet> _bans = [];
    private readonly TimeProvider _time;

    /// <summary>Creates an empty list that goes by a clock.</summary>
    public BanList(TimeProvider time) => _time = time;

    /// <summary>Bans were made or taken back. Raised on the thread that did it, after it is done.</summary>
    public event Action? Changed;

    /// <summary>The bans that have not ended, in order.</summary>
    public IReadOnlyList<BannedNet> All
    {
        get
        {
            lock (_lock)
            {
                foreach (var ended in _bans.Values.Where(ban => ban.Until <= Now).ToList()) _bans.Remove(ended.Subnet);
                return [.. _bans.Values];
            }
        }
    }

    private long Now => _time.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Whether an address is banned, be it in a subnet.</summary>
    public bool IsBanned(IPAddress address)
    {
        lock (_lock) return _bans.Count > 0 && _bans.Values.Any(ban => ban.Until > Now && ban.Subnet.Contains(address));
    }

    /// <summary>Whether just this subnet is banned: one inside of it, or around it, does not count.</summary>
    public bool IsBanned(IPSubnet subnet)
    {
        lock (_lock) return _bans.TryGetValue(subnet, out var ban) && ban.Until > Now;
    }

    /// <summary>Bans until a time in Unix seconds. A ban that lasts longer stays.</summary>
    public void Add(IPSubnet subnet, long until)
    {
        lock (_lock)
        {
            if (_bans.TryGetValue(subnet, out var ban) && ban.Until >= until) return;
            _bans[subnet] = new BannedNet(subnet, Now, until);
        }

        Changed?.Invoke();
    }

    /// <summary>Takes a ban back; false where just this subnet is not banned.</summary>
    public bool Remove(IPSubnet subnet)
    {
        lock (_lock)
        {
            if (!_bans.Remove(subnet)) return false;
        }

        Changed?.Invoke();
        return true;
    }

    /// <summary>Takes all bans back.</summary>
    public void Clear()
    {
        lock (_lock) _bans.Clear();
        Changed?.Invoke();
    }

    /// <summary>Takes over what an earlier run left; nobody is told.</summary>
    public void Load(IEnumerable<BannedNet> bans)
    {
        lock (_lock)
        {
            foreach (var ban in bans) _bans[ban.Subnet] = ban;
        }
    }
}
