using Chain.Network.Messages;
using Chain.Node;
using Chain.Tests.Network;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>When peers are told of the least fee rate (BIP133), on a clock that the test moves.</summary>
public sealed class FeeFiltersTests
{
    private const long Least = 1_000;

    private readonly ManualTimeProvider _clock = new();
    private readonly Outbox _outbox = new();
    private readonly FeeFilters _filters;
    private long _rate = Least;

    public FeeFiltersTests() => _filters = new FeeFilters(() => _rate, Least, _clock, new Random(1), _outbox.Send);

    [Fact]
    public void AddPeer_IsToldAtOnce_UnlessNothingIsAsked()
    {
        _filters.AddPeer(1);
        Assert.Equal([Least], Told(1));
        _rate = 0;
        _filters.AddPeer(2);
        Assert.Empty(Told(2));
    }

    [Fact]
    public void Tick_NothingHasChanged_NothingIsToldAgain()
    {
        _filters.AddPeer(1);
        _ = Told(1);
        Pass(TimeSpan.FromHours(5));
        Assert.Empty(Told(1));
    }

    [Fact]
    public void Tick_AGreatChange_IsToldWithinFiveMinutes()
    {
        _filters.AddPeer(1);
        _ = Told(1);
        _rate = 20 * Least;
        Pass(FeeFilters.LongestDelay + TimeSpan.FromSeconds(1));
        Assert.InRange(Assert.Single(Told(1)), _rate / 1.11, _rate * 1.11);
        _rate = Least;
        Pass(FeeFilters.LongestDelay + TimeSpan.FromSeconds(1));
        Assert.Equal([Least], Told(1));
    }

    /// <summary>A pool that asked for nothing at first was full meanwhile.</summary>
    [Fact]
    public void Tick_FromNothingToSomething_IsTold()
    {
        _rate = 0;
        _filters.AddPeer(1);
        _rate = 5 * Least;
        Pass(FeeFilters.LongestDelay + TimeSpan.FromSeconds(1));
        Assert.InRange(Assert.Single(Told(1)), _rate / 1.11, _rate * 1.11);
    }

    /// <summary>Each peer has a clock of its own, about ten minutes on the average: many are told of a small change at many times.</summary>
    [Fact]
    public void Tick_ASmallChange_IsToldAtIntervals()
    {
        const int Peers = 400;
        for (var id = 1; id <= Peers; id++) _filters.AddPeer(id);
        _outbox.TakeAll();
        _rate = 1_300;
        var first = new Dictionary<int, int>();
        for (var minute = 1; minute <= 120; minute++)
        {
            Pass(TimeSpan.FromMinutes(1));
            foreach (var id in Enumerable.Range(1, Peers).Where(id => Told(id).Count > 0)) first.TryAdd(id, minute);
        }

        Assert.Equal(Peers, first.Count);
        Assert.InRange(first.Values.Average(), FeeFilters.Interval.TotalMinutes * 0.8, FeeFilters.Interval.TotalMinutes * 1.3);
        Assert.True(first.Values.Distinct().Count() > 20);
    }

    /// <summary>A peer's figure is one of few steps: what exactly the pool asks for would tell which transactions it holds.</summary>
    [Fact]
    public void Tell_IsRoundedByChance()
    {
        _rate = 123_456;
        for (var id = 1; id <= 50; id++) _filters.AddPeer(id);
        var told = Enumerable.Range(1, 50).Select(id => Assert.Single(Told(id))).ToList();
        Assert.Equal(2, told.Distinct().Count());
        Assert.All(told, rate => Assert.InRange(rate, _rate / 1.11, _rate * 1.11));
        Assert.DoesNotContain(_rate, told);
    }

    [Fact]
    public void RemovePeer_IsToldNoMore()
    {
        _filters.AddPeer(1);
        _ = Told(1);
        _filters.RemovePeer(1);
        _rate = 20 * Least;
        Pass(TimeSpan.FromHours(2));
        Assert.Empty(Told(1));
    }

    private void Pass(TimeSpan time)
    {
        for (var left = time; left > TimeSpan.Zero; left -= TimeSpan.FromSeconds(1))
        {
            _clock.Advance(TimeSpan.FromSeconds(1));
            _filters.Tick();
        }
    }

    private List<long> Told(long id) => [.. _outbox.Take<FeeFilterMessage>(id).Select(message => message.FeeRate)];
}
