using Chain.Node.Explorer;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Explorer;

/// <summary>So many at once, so many that wait, and nobody more.</summary>
public sealed class RequestGateTests
{
    private readonly RequestGate _gate = new(atOnce: 2, mostWaiting: 3, Eventually.Patience);
    private readonly List<TaskCompletionSource> _begun = [];

    [Fact]
    public async Task Run_MoreThanMayWait_TheRestAreTurnedAway()
    {
        var all = Enumerable.Range(0, 7).Select(_ => Begin()).ToList();
        Assert.Equal((2, 3), (_begun.Count, _gate.Waiting));
        Assert.Null(await all[5]);
        Assert.Null(await all[6]);
        for (var i = 0; i < 5; i++)
        {
            var number = i;
            await Eventually.TrueAsync(() => Begun > number, () => $"turn {number} begins");
            Assert.InRange(Begun, number + 1, number + 2);
            End(number);
            Assert.Equal("done", await all[i]);
        }

        Assert.Equal("done", await Ended(Begin(), 5));
    }

    [Fact]
    public async Task Run_WhoGoesAwayWhileHeWaits_LeavesHisPlaceToOthers()
    {
        var first = new[] { Begin(), Begin() };
        using var patience = new CancellationTokenSource();
        var waiting = Enumerable.Range(0, 3).Select(_ => Begin(patience.Token)).ToList();
        Assert.Null(await Begin());
        await patience.CancelAsync();
        foreach (var gone in waiting) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);
        Assert.Equal(0, _gate.Waiting);
        var next = Begin();
        End(0);
        End(1);
        await Task.WhenAll(first);
        Assert.Equal("done", await Ended(next, 2));
    }

    [Fact]
    public async Task Run_WhereNoTurnComesInTime_IsTurnedAwayAndLeavesThePlaceToOthers()
    {
        var gate = new RequestGate(atOnce: 1, mostWaiting: 1, TimeSpan.FromMilliseconds(20));
        var end = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        var first = gate.RunAsync(() => end.Task, CancellationToken.None);
        for (var i = 0; i < 3; i++) Assert.Null(await gate.RunAsync(() => Task.FromResult("done"), CancellationToken.None).WaitAsync(Eventually.Patience));
        Assert.Equal(0, gate.Waiting);
        end.SetResult("done");
        Assert.Equal("done", await first);
        Assert.Equal("done", await gate.RunAsync(() => Task.FromResult("done"), CancellationToken.None));
    }

    [Fact]
    public async Task Run_WorkThatFails_EndsItsTurn()
    {
        for (var i = 0; i < 10; i++) await Assert.ThrowsAsync<InvalidOperationException>(() => _gate.RunAsync<string>(() => throw new InvalidOperationException(), CancellationToken.None));
        Assert.Equal("done", await Ended(Begin(), 0));
    }

    private int Begun
    {
        get
        {
            lock (_begun) return _begun.Count;
        }
    }

    private Task<string?> Begin(CancellationToken cancellationToken = default) => _gate.RunAsync(async () =>
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_begun) _begun.Add(end);
        await end.Task;
        return "done";
    }, cancellationToken);

    private void End(int number)
    {
        lock (_begun) _begun[number].SetResult();
    }

    private async Task<string?> Ended(Task<string?> work, int number)
    {
        await Eventually.TrueAsync(() => Begun > number, () => $"turn {number} begins");
        End(number);
        return await work;
    }
}
