using Chain.Node;
using Chain.Tests.Network;

namespace Chain.Tests.Node;

/// <summary>When it is told how far a chain is fetched, on a clock that the test moves.</summary>
public sealed class SyncWatchTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly List<SyncProgress> _told = [];
    private readonly SyncWatch _watch;

    public SyncWatchTests() => _watch = new SyncWatch(_clock, _told.Add);

    [Fact]
    public void Look_AFewBlocksOrNothingOnItsWay_NothingIsTold()
    {
        Look(true, 100, 100 + SyncWatch.FewestBlocks - 1);
        Look(false, 100, 1_000);
        Assert.Empty(_told);
    }

    [Fact]
    public void Look_WhileItIsFetched_TellsHeightRateAndWhatIsLeft()
    {
        Look(true, 0, 1_000);
        for (var i = 1; i <= 5; i++) Look(true, 20 * i, 1_000, headers: 500);
        var last = _told[^1];
        Assert.Equal((100, 500, 1_000, 0.1), (last.Height, last.Headers, last.Target, last.Part));
        Assert.Equal(100 / (5 * SyncWatch.Pause.TotalSeconds), last.Rate, 3);
        Assert.Equal(TimeSpan.FromSeconds(900 / last.Rate), last.Left);
        Assert.Null(_told[0].Left);
    }

    [Fact]
    public void Look_TooSoon_DoesNotEvenAsk()
    {
        _watch.Look(() => new SyncState(true, 0, 0, 1_000));
        _clock.Advance(SyncWatch.Pause / 2);
        var asked = 0;
        _watch.Look(() => new SyncState(true, ++asked, asked, 1_000));
        Assert.Equal(0, asked);
    }

    /// <summary>Between two answers of a peer nothing is on its way, and the bar must not come and go.</summary>
    [Fact]
    public void Look_AShortGap_IsNotTheEnd_AndALongOneIs()
    {
        Look(true, 0, 1_000);
        Look(false, 500, 1_000);
        Assert.Equal(500, _told[^1].Height);
        _clock.Advance(SyncWatch.LongestGap);
        Look(false, 500, 1_000);
        Assert.True(_told[^1].IsOver);
        Assert.Equal((500, 1_000), (_told[^1].Height, _told[^1].Target));
        var count = _told.Count;
        Look(false, 500, 1_000);
        Assert.Equal(count, _told.Count);
    }

    [Fact]
    public void Look_AtTheTarget_TheEndIsToldOnce()
    {
        Look(true, 0, 1_000);
        Look(true, 1_000, 1_000);
        Look(true, 1_000, 1_000);
        Assert.Equal([(0, 1_000, false), (1_000, 1_000, true)], _told.Select(progress => (progress.Height, progress.Target, progress.IsOver)));
    }

    /// <summary>With the peer its height is gone; where it was to go to is told nevertheless.</summary>
    [Fact]
    public void Look_ThePeerLeaves_TheEndIsNotTheTarget()
    {
        Look(true, 0, 10_000);
        Look(false, 500, 500);
        Assert.Equal((500, 10_000, true), (_told[^1].Height, _told[^1].Target, _told[^1].IsOver));
    }

    /// <summary>What a peer says of itself may be any number.</summary>
    [Fact]
    public void Look_ATargetOutOfAllReason_NoFigureOverflows()
    {
        Look(true, 0, int.MaxValue);
        Look(true, 1, int.MaxValue);
        Assert.Equal(0, (int)(100 * _told[^1].Part));
        Assert.True(_told[^1].Left > TimeSpan.FromDays(365));
    }

    private void Look(bool isCatchingUp, int height, int target, int headers = 0)
    {
        _watch.Look(() => new SyncState(isCatchingUp, height, Math.Max(height, headers), target));
        _clock.Advance(SyncWatch.Pause);
    }
}
