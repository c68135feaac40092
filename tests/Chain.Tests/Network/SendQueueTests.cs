using Chain.Network;

namespace Chain.Tests.Network;

public class SendQueueTests
{
    [Fact]
    public async Task TryAdd_BeyondTheBounds_IsRefusedUntilSomethingWasSent()
    {
        var queue = new SendQueue(maxMessages: 3, maxBytes: 100);
        Assert.True(queue.TryAdd(Frame(60)));
        Assert.True(queue.TryAdd(Frame(40)));
        Assert.False(queue.TryAdd(Frame(1)));
        Assert.True(queue.TryAdd(Frame(0)));
        Assert.False(queue.TryAdd(Frame(0)));
        Assert.Equal(100, queue.Bytes);

        var sent = await queue.TakeAsync(CancellationToken.None);
        Assert.False(queue.TryAdd(Frame(1)));
        queue.Release(sent!);
        Assert.True(queue.TryAdd(Frame(60)));
        Assert.Equal(100, queue.Bytes);
    }

    [Fact]
    public void TryAdd_LargerThanTheBound_GoesAlone()
    {
        var queue = new SendQueue(maxMessages: 3, maxBytes: 100);
        Assert.True(queue.TryAdd(Frame(500)));
        Assert.False(queue.TryAdd(Frame(1)));
    }

    [Fact]
    public async Task AddAsync_HalfFull_WaitsForRoom()
    {
        var queue = new SendQueue(maxMessages: 100, maxBytes: 100);
        Assert.True(await queue.AddAsync(Frame(50), CancellationToken.None));
        var waiting = queue.AddAsync(Frame(10), CancellationToken.None).AsTask();
        Assert.False(waiting.IsCompleted);
        Assert.True(queue.TryAdd(Frame(50)));

        queue.Release((await queue.TakeAsync(CancellationToken.None))!);
        await Task.Delay(20);
        Assert.False(waiting.IsCompleted);
        queue.Release((await queue.TakeAsync(CancellationToken.None))!);
        Assert.True(await Eventually.ResultAsync(waiting));
    }

    [Fact]
    public async Task AddAsync_ManyAtOnce_LosesNothing()
    {
        var queue = new SendQueue(maxMessages: 8, maxBytes: 1000);
        var adding = Enumerable.Range(0, 8).Select(worker => Task.Run(async () =>
        {
            for (var i = 0; i < 2_000; i++) Assert.True(await queue.AddAsync(Frame((worker + i) % 400), CancellationToken.None));
        })).ToArray();

        var taken = 0;
        for (; taken < 16_000; taken++)
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            var frame = await queue.TakeAsync(deadline.Token);
            Assert.InRange(queue.Bytes, 0, 8 * 1000);
            queue.Release(frame!);
        }

        await Task.WhenAll(adding);
        Assert.Equal(0, queue.Bytes);
    }

    [Fact]
    public async Task Complete_EndsThoseWhoWait()
    {
        var queue = new SendQueue(maxMessages: 2, maxBytes: 100);
        Assert.True(queue.TryAdd(Frame(80)));
        var waiting = queue.AddAsync(Frame(80), CancellationToken.None).AsTask();

        queue.Complete();

        Assert.False(await Eventually.ResultAsync(waiting));
        Assert.False(queue.TryAdd(Frame(0)));
        Assert.Equal(80, (await queue.TakeAsync(CancellationToken.None))!.Payload.Length);
        Assert.Null(await queue.TakeAsync(CancellationToken.None));
    }

    private static OutgoingFrame Frame(int size) => new("test", new byte[size]);
}
