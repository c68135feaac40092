using Chain.Node;

namespace Chain.Tests.Node;

public class ByteGateTests
{
    private readonly ByteGate _gate = new(limit: 100);

    [Fact]
    public async Task EnterAsync_NoRoom_WaitsInOrder()
    {
        await _gate.EnterAsync(60, default);
        var second = _gate.EnterAsync(50, default);
        var third = _gate.EnterAsync(10, default);
        Assert.False(second.IsCompleted);
        Assert.False(third.IsCompleted);
        _gate.Leave(60);
        await second;
        await third;
        Assert.Equal(60, _gate.Inside);
    }

    [Fact]
    public async Task EnterAsync_MoreThanTheLimit_PassesAlone()
    {
        var large = _gate.EnterAsync(1_000, default);
        Assert.True(large.IsCompletedSuccessfully);
        var next = _gate.EnterAsync(1, default);
        Assert.False(next.IsCompleted);
        _gate.Leave(1_000);
        await next;
    }

    [Fact]
    public async Task EnterAsync_Cancelled_TakesNothingAndLetsTheNextIn()
    {
        using var cancel = new CancellationTokenSource();
        await _gate.EnterAsync(60, default);
        var tooMuch = _gate.EnterAsync(50, cancel.Token);
        var small = _gate.EnterAsync(40, default);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => tooMuch);
        await small;
        Assert.Equal(100, _gate.Inside);
        _gate.Leave(100);
        Assert.Equal(0, _gate.Inside);
    }

    [Fact]
    public async Task EnterAndLeave_FromManyTasks_NeverBeyondTheLimitAndEmptyInTheEnd()
    {
        var most = 0L;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(task => Task.Run(async () =>
        {
            var random = new Random(task);
            for (var i = 0; i < 500; i++)
            {
                var bytes = random.Next(1, 60);
                using var cancel = new CancellationTokenSource();
                if (random.Next(4) == 0) await cancel.CancelAsync();
                try
                {
                    await _gate.EnterAsync(bytes, cancel.Token);
                }
                catch (OperationCanceledException)
                {
                    continue;
                }

                InterlockedMax(ref most, _gate.Inside);
                await Task.Yield();
                _gate.Leave(bytes);
            }
        })));
        Assert.Equal(0, _gate.Inside);
        Assert.InRange(most, 1, 100);
    }

    private static void InterlockedMax(ref long most, long value)
    {
        for (var seen = Interlocked.Read(ref most); value > seen; seen = Interlocked.Read(ref most)) Interlocked.CompareExchange(ref most, value, seen);
    }
}
