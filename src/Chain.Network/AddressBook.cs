using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Chain.Network.Messages;

namespace Chain.Network;

/// <summary>
/// The nodes that others told of, bounded. No one source may fill more than a quarter of it, so that one liar
/// cannot crowd out what the others said.
/// </summary>
public sealed class AddressBook
{
    private const int MaxFailures = 3;
    private const long OldestPlausibleTime = 100_000_000;

    private static readonly TimeSpan MaxAhead = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan PenaltyForWrongTime = TimeSpan.FromDays(5);

    private readonly Lock _lock = new();
    private readonly Dictionary<IPEndPoint, Entry> _entries = [];
    private readonly List<IPEndPoint> _order = [];
    private readonly Dictionary<IPAddress, int> _perSource = [];
    private readonly int _capacity;
    private readonly TimeProvider _time;
    private readonly Func<ulong> _random;
    private long _version;

    /// <summary>Creates an empty book.</summary>
    public AddressBook(int capacity, TimeProvider time, Func<ulong> random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        _capacity = capacity;
        _time = time;
        _random = random;
    }

    /// <summary>Whether addresses that mean nothing beyond a machine or a house are kept too; Core keeps none.</summary>
    public bool KeepsLocal { get; init; } = true;

    /// <summary>How many addresses are known.</summary>
    public int Count
    {
        get
        {
            lock (_lock) return _entries.Count;
        }
    }

    /// <summary>A number that changes with every change.</summary>
    public long Version => Interlocked.Read(ref _version);

    /// <summary>All that is known, for the next run.</summary>
    public IReadOnlyList<KnownAddress> All
    {
        get
        {
            lock (_lock) return [.. _order.Select(endPoint => _entries[endPoint]).Select(entry => new KnownAddress(entry.Address, entry.Source, entry.Failures) { HasAnswered = entry.HasAnswered })];
        }
    }

    /// <summary>Whether the address is known.</summary>
    public bool Contains(IPEndPoint endPoint)
    {
        lock (_lock) return _entries.ContainsKey(endPoint);
    }

    /// <summary>
    /// Takes over an address that <paramref name="source"/> told of. False where it is known already, can be nobody's
    /// address, or the source has told enough.
    /// </summary>
    public bool Add(TimestampedAddress address, IPAddress source)
    {
        var endPoint = address.Address.ToEndPoint();
        if (!IsUsable(endPoint, source) || (!KeepsLocal && NetworkNames.Of(endPoint.Address) == NetworkNames.Unroutable)) return false;
        var sane = address with { Time = SaneTime(address.Time) };
        lock (_lock)
        {
            if (_entries.TryGetValue(endPoint, out var known))
            {
                if (sane.Time > known.Address.Time)
                {
                    known.Address = sane;
                    Interlocked.Increment(ref _version);
                }

                return false;
            }

            if (_perSource.GetValueOrDefault(source) >= Math.Max(1, _capacity / 4)) return false;
            if (_entries.Count >= _capacity) RemoveLocked(_order[Index(_order.Count)]);
            _entries.Add(endPoint, new Entry(sane, source) { Position = _order.Count });
            _order.Add(endPoint);
            _perSource[source] = _perSource.GetValueOrDefault(source) + 1;
            Interlocked.Increment(ref _version);
            return true;
        }
    }

    /// <summary>Takes over what an earlier run left, within the same bounds.</summary>
    public void Load(IEnumerable<KnownAddress> known)
    {
        foreach (var address in known)
        {
            if (!Add(address.Address, address.Source)) continue;
            lock (_lock)
            {
                if (_entries.TryGetValue(address.Address.Address.ToEndPoint(), out var entry)) entry.Failures = Math.Clamp(address.Failures, 0, MaxFailures - 1);
            }
        }
    }

    /// <summary>Forgets an address.</summary>
    public void Remove(IPEndPoint endPoint)
    {
        lock (_lock) RemoveLocked(endPoint);
    }

    /// <summary>Somebody answered there.</summary>
    public void MarkGood(IPEndPoint endPoint)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(endPoint, out var entry)) return;
            entry.Failures = 0;
            entry.HasAnswered = true;
            entry.Address = entry.Address with { Time = (uint)Math.Min(uint.MaxValue, _time.GetUtcNow().ToUnixTimeSeconds()) };
            Interlocked.Increment(ref _version);
        }
    }

    /// <summary>Nobody answered there; after the third time the address is forgotten.</summary>
    public void MarkFailed(IPEndPoint endPoint)
    {
        lock (_lock)
        {
            if (!_entries.TryGetValue(endPoint, out var entry)) return;
            Interlocked.Increment(ref _version);
            if (++entry.Failures >= MaxFailures) RemoveLocked(endPoint);
        }
    }

    /// <summary>At most <paramref name="max"/> addresses, chosen by chance among those that the filter lets through.</summary>
    public ImmutableArray<TimestampedAddress> Sample(int max, Func<IPAddress, bool>? filter = null)
    {
        lock (_lock)
        {
            var shuffled = _order.Where(endPoint => filter is null || filter(endPoint.Address)).ToArray();
            var count = Math.Min(max, shuffled.Length);
            var result = ImmutableArray.CreateBuilder<TimestampedAddress>(count);
            for (var i = 0; i < count; i++)
            {
                var other = i + Index(shuffled.Length - i);
                (shuffled[i], shuffled[other]) = (shuffled[other], shuffled[i]);
                result.Add(_entries[shuffled[i]].Address);
            }

            return result.MoveToImmutable();
        }
    }

    private static bool IsUsable(IPEndPoint endPoint, IPAddress source)
    {
        var address = endPoint.Address;
        if (endPoint.Port == 0 || address.Equals(IPAddress.Any) || address.Equals(IPAddress.Broadcast) || address.Equals(IPAddress.IPv6Any)) return false;
        if (address.AddressFamily == AddressFamily.InterNetwork ? address.GetAddressBytes()[0] is 0 or >= 224 : address.IsIPv6Multicast || address.IsIPv6LinkLocal) return false;
        // A stranger elsewhere has nothing to say about this machine's own services.
        return !IPAddress.IsLoopback(address) || IPAddress.IsLoopback(source);
    }

    /// <summary>A time in the future, or before there was anything, says that the clock or the teller is wrong (as Core does).</summary>
    private uint SaneTime(uint time)
    {
        var now = _time.GetUtcNow();
        return time >= OldestPlausibleTime && time <= (now + MaxAhead).ToUnixTimeSeconds()
            ? time
            : (uint)Math.Clamp((now - PenaltyForWrongTime).ToUnixTimeSeconds(), 0, uint.MaxValue);
    }

    private void RemoveLocked(IPEndPoint endPoint)
    {
        if (!_entries.Remove(endPoint, out var entry)) return;
        var last = _order[^1];
        _order[entry.Position] = last;
        if (!last.Equals(endPoint)) _entries[last].Position = entry.Position;
        _order.RemoveAt(_order.Count - 1);
        if (--_perSource[entry.Source] == 0) _perSource.Remove(entry.Source);
        Interlocked.Increment(ref _version);
    }

    private int Index(int count) => (int)(_random() % (ulong)count);

    private sealed class Entry(TimestampedAddress address, IPAddress source)
    {
        public TimestampedAddress Address { get; set; } = address;

        public IPAddress Source { get; } = source;

        public int Position { get; set; }

        public int Failures { get; set; }

        public bool HasAnswered { get; set; }
    }
}
