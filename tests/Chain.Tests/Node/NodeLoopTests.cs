using System.Threading.Channels;
using Chain.Node;
using Chain.State.Storage;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>The one owner: runs what is brought alone and in order, and leaves nobody waiting at its end.</summary>
public sealed class NodeLoopTests
{
    private readonly NodeLoop _loop = new();

    [Fact]
    public async Task InvokeAsync_GivesTheResult()
    {
        var running = _loop.RunAsync();
        Assert.Equal(7, await _loop.InvokeAsync(() => 7));
        _loop.Complete();
        await running;
    }

    [Fact]
    public async Task InvokeAsync_FromManyAtOnce_RunsOneAfterTheOther()
    {
        var running = Task.Run(_loop.RunAsync);
        var count = 0;
        var afterwards = 0;
        _loop.AfterWork += () => afterwards++;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 1_000; i++) await _loop.InvokeAsync(() => { count++; });
        })));
        _loop.Complete();
        await running;
        Assert.Equal(8_000, count);
        Assert.Equal(8_000, afterwards);
    }

    [Fact]
    public async Task InvokeAsync_WorkThatThrows_ConcernsOnlyWhoBroughtIt()
    {
        var running = _loop.RunAsync();
        await Assert.ThrowsAsync<InvalidOperationException>(() => _loop.InvokeAsync(() => throw new InvalidOperationException("mine")));
        Assert.Equal(1, await _loop.InvokeAsync(() => 1));
        _loop.Complete();
        await running;
    }

    /// <summary>What waits is run as one, and nobody hears of it before its end.</summary>
    [Fact]
    public async Task Together_SeveralWait_AnswersComeAfterTheEnd()
    {
        var ended = false;
        var groups = 0;
        _loop.Together = () => new GroupCommit(work =>
        {
            groups++;
            work();
            ended = true;
        }, () => Task.CompletedTask);
        var answers = Enumerable.Range(0, 10).Select(i => _loop.InvokeAsync(() => (i, ended))).ToList();
        var failing = _loop.InvokeAsync(() => throw new InvalidOperationException("mine"));
        _loop.Complete();
        await _loop.RunAsync();
        Assert.Equal(1, groups);
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (i, false)), await Task.WhenAll(answers));
        Assert.Equal("mine", (await Assert.ThrowsAsync<InvalidOperationException>(() => failing)).Message);
        Assert.True(ended);
    }

    /// <summary>Who needs another connection to see all that ran is in no transaction of several, wherever it waits.</summary>
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public async Task InvokeAlone_BetweenOthers_RunsInNoGroup(int before)
    {
        var (isInGroup, onDisk, ran) = (false, 0, 0);
        _loop.Together = () => new GroupCommit(work =>
        {
            isInGroup = true;
            work();
            isInGroup = false;
        }, () => Task.Run(() => onDisk = Volatile.Read(ref ran)));
        for (var i = 0; i < before; i++) _ = _loop.InvokeAsync(() => { ran++; });
        var alone = _loop.InvokeAloneAsync(() => (isInGroup, onDisk, ran));
        for (var i = 0; i < 3; i++) _ = _loop.InvokeAsync(() => { ran++; });
        _loop.Complete();
        await _loop.RunAsync();
        Assert.Equal((false, before > 1 ? before : 0, before), await alone);
        Assert.Equal(before + 3, ran);
    }

    [Fact]
    public async Task Together_TheEndFails_NobodyIsToldOfSuccess()
    {
        _loop.Together = () => new GroupCommit(work =>
        {
            work();
            throw new DatabaseException("the disk is gone");
        }, () => Task.CompletedTask);
        var answers = Enumerable.Range(0, 3).Select(i => _loop.InvokeAsync(() => i)).ToList();
        await Assert.ThrowsAsync<DatabaseException>(_loop.RunAsync);
        foreach (var answer in answers) await Assert.ThrowsAsync<DatabaseException>(() => answer);
    }

    [Fact]
    public async Task Together_TheBeginningFails_NobodyWaitsForEver()
    {
        _loop.Together = () => new GroupCommit(_ => throw new DatabaseException("the disk is gone"), () => Task.CompletedTask);
        var first = _loop.InvokeAsync(() => 1);
        var second = _loop.InvokeAsync(() => 2);
        await Assert.ThrowsAsync<DatabaseException>(_loop.RunAsync);
        await Assert.ThrowsAsync<DatabaseException>(() => first.WaitAsync(TimeSpan.FromSeconds(10)));
        await Assert.ThrowsAsync<TaskCanceledException>(() => second.WaitAsync(TimeSpan.FromSeconds(10)));
    }

    /// <summary>The disk works behind: the next ones run meanwhile, and nobody is told before it is done with theirs.</summary>
    [Fact]
    public async Task Together_NotYetDurable_TheNextRunAndTheAnswersWait()
    {
        var disk = Channel.CreateUnbounded<TaskCompletionSource>();
        var told = 0;
        _loop.AfterWork += () => told++;
        _loop.Together = () => new GroupCommit(work => work(), () =>
        {
            var durable = new TaskCompletionSource();
            disk.Writer.TryWrite(durable);
            return durable.Task;
        });
        var hasRun = new TaskCompletionSource();
        var first = Enumerable.Range(0, 64).Select(i => _loop.InvokeAsync(() => i)).ToList();
        var second = Enumerable.Range(0, 2).Select(i => _loop.InvokeAsync(() =>
        {
            if (i == 1) hasRun.SetResult();
            return i;
        })).ToList();
        var running = Task.Run(_loop.RunAsync);
        await hasRun.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.All(first.Concat(second), answer => Assert.False(answer.IsCompleted));
        Assert.Equal(0, told);

        (await disk.Reader.ReadAsync()).SetResult();
        await Task.WhenAll(first).WaitAsync(TimeSpan.FromSeconds(10));
        Assert.All(second, answer => Assert.False(answer.IsCompleted));
        (await disk.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(10))).SetResult();
        await Task.WhenAll(second).WaitAsync(TimeSpan.FromSeconds(10));
        _loop.Complete();
        await running;
        Assert.Equal(1, told);
    }

    [Fact]
    public async Task Together_TheDiskFailsBehind_EndsAndNobodyIsToldOfSuccess()
    {
        _loop.Together = () => new GroupCommit(work => work(), () => Task.FromException(new DatabaseException("the disk is gone")));
        var answers = Enumerable.Range(0, 3).Select(i => _loop.InvokeAsync(() => i)).ToList();
        await Assert.ThrowsAsync<DatabaseException>(_loop.RunAsync);
        foreach (var answer in answers) await Assert.ThrowsAsync<DatabaseException>(() => answer);
    }

    /// <summary>One comes alone while the disk fails behind, before or after it is taken from the queue: it must not wait for ever.</summary>
    [Fact]
    public async Task Together_TheDiskFailsBehindBeforeOneAlone_ItHearsOfIt()
    {
        for (var i = 0; i < 100; i++)
        {
            var loop = new NodeLoop();
            var durable = new TaskCompletionSource();
            var waiting = new TaskCompletionSource<Func<Task<int>>>(TaskCreationOptions.RunContinuationsAsynchronously);
            loop.Together = () => new GroupCommit(work =>
            {
                work();
                var last = loop.InvokeAsync(() => 3);
                waiting.SetResult(() => last);
            }, () => durable.Task);
            Task<int>[] group = [loop.InvokeAsync(() => 1), loop.InvokeAsync(() => 2)];
            var running = Task.Run(loop.RunAsync);
            var alone = await waiting.Task.WaitAsync(TimeSpan.FromSeconds(10));
            for (var yields = 0; yields < i; yields++) await Task.Yield();
            durable.SetException(new DatabaseException("the disk is gone"));
            await Assert.ThrowsAsync<DatabaseException>(() => running.WaitAsync(TimeSpan.FromSeconds(10)));
            var failure = await Record.ExceptionAsync(() => alone().WaitAsync(TimeSpan.FromSeconds(10)));
            Assert.True(failure is DatabaseException or TaskCanceledException, $"{failure}");
            foreach (var answer in group) await Assert.ThrowsAsync<DatabaseException>(() => answer);
        }
    }

    [Fact]
    public async Task Together_OneAlone_RunsAlone()
    {
        _loop.Together = () => throw new InvalidOperationException("it is not asked for");
        var answer = _loop.InvokeAsync(() => 3);
        _loop.Complete();
        await _loop.RunAsync();
        Assert.Equal(3, await answer);
    }

    [Fact]
    public async Task RunAsync_FailedDatabase_EndsWithItAndCancelsWhatWaits()
    {
        var failing = _loop.InvokeAsync(() => throw new DatabaseException("the disk is gone"));
        var waiting = _loop.InvokeAsync(() => 1);
        var running = _loop.RunAsync();
        Assert.Equal("the disk is gone", (await Assert.ThrowsAsync<DatabaseException>(() => running)).Message);
        await Assert.ThrowsAsync<DatabaseException>(() => failing);
        await Assert.ThrowsAsync<TaskCanceledException>(() => waiting);
        await Assert.ThrowsAsync<TaskCanceledException>(() => _loop.InvokeAsync(() => 2));
    }

    [Fact]
    public async Task Complete_WhatIsQueuedStillRuns()
    {
        var queued = Enumerable.Range(0, 10).Select(i => _loop.InvokeAsync(() => i)).ToList();
        _loop.Complete();
        var late = _loop.InvokeAsync(() => 10);
        await _loop.RunAsync();
        Assert.Equal(Enumerable.Range(0, 10), await Task.WhenAll(queued));
        await Assert.ThrowsAsync<TaskCanceledException>(() => late);
    }

    /// <summary>However the end and the bringing fall together: every piece of work runs or is cancelled.</summary>
    [Fact]
    public async Task Complete_WhileManyBring_NobodyWaitsForEver()
    {
        for (var round = 0; round < 50; round++)
        {
            var loop = new NodeLoop();
            var running = Task.Run(loop.RunAsync);
            var bringing = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
            {
                for (var i = 0; ; i++)
                {
                    try
                    {
                        await loop.InvokeAsync(() => i);
                    }
                    catch (OperationCanceledException)
                    {
                        return;
                    }
                }
            })).ToList();
            await Task.Yield();
            loop.Complete();
            await Task.WhenAll([running, .. bringing]).WaitAsync(Eventually.Patience);
        }
    }
}
