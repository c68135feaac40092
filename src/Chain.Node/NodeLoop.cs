using System.Diagnostics;
using System.Threading.Channels;
using Chain.State.Storage;

namespace Chain.Node;

/// <summary>Runs work where the chain, the pool and all that follows them may be touched.</summary>
public interface IStateOwner
{
    /// <summary>Runs the work, alone, and gives its result or its exception. Cancelled where the owner has ended.</summary>
    Task<T> InvokeAsync<T>(Func<T> work);

    /// <summary>As <see cref="InvokeAsync{T}"/>, for work that must not be run as one with other work: all that ran before is on disk when it begins.</summary>
    Task<T> InvokeAloneAsync<T>(Func<T> work);
}

/// <summary>
/// Runs work whose changes become durable together: <paramref name="Run"/> returns when the work is done, and the task of
/// <paramref name="Durable"/> is done when the disk holds it. Only then those who brought the work get their answers.
/// </summary>
public sealed record GroupCommit(Action<Action> Run, Func<Task> Durable);

/// <summary>
/// The one owner of a running node's state: a queue of work that one loop runs piece by piece, so that nothing under it
/// needs a lock. Who brings work waits for it, so that the queue is bounded by those who bring.
/// </summary>
public sealed class NodeLoop : IStateOwner
{
    private readonly Channel<IWork> _queue = Channel.CreateUnbounded<IWork>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>The most pieces of work that are run as one, and how long they may take before the answers are given.</summary>
    private const int MaxTogether = 64;

    private static readonly TimeSpan LongestTogether = TimeSpan.FromMilliseconds(200);

    private static readonly TimeSpan LongestWithoutNews = TimeSpan.FromSeconds(1);

    private Task _durable = Task.CompletedTask;

    /// <summary>Runs after each piece of work, or after several that were run as one, once they are durable, on the loop.</summary>
    public event Action? AfterWork;

    /// <summary>
    /// How several pieces of work are run as one, where more than one waits. Null from the function where each should run alone
    /// now.
    /// </summary>
    public Func<GroupCommit?>? Together { get; set; }

    private interface IWork
    {
        /// <summary>Whether it may not be run as one with others.</summary>
        bool IsAlone { get; }

        /// <summary>Runs it and keeps the answer; throws where the database fails.</summary>
        void Run();

        /// <summary>Gives the answer.</summary>
        void Publish();

        /// <summary>What was done came to nothing.</summary>
        void Fail(Exception reason);

        void Cancel();
    }

    /// <inheritdoc/>
    public Task<T> InvokeAsync<T>(Func<T> work) => Bring(new Work<T>(work, isAlone: false));

    /// <inheritdoc/>
    public Task<T> InvokeAloneAsync<T>(Func<T> work) => Bring(new Work<T>(work, isAlone: true));

    /// <summary>Runs work without a result.</summary>
    public Task InvokeAsync(Action work) => InvokeAsync(() =>
    {
        work();
        return true;
    });

    /// <summary>
    /// Runs the loop until <see cref="Complete"/>, and what is queued until then. A failed database ends it at once with its
    /// exception, since a node cannot go on without; other exceptions concern only who brought the work.
    /// </summary>
    public async Task RunAsync()
    {
        var lastNews = Stopwatch.GetTimestamp();
        try
        {
            await foreach (var work in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                if (!work.IsAlone && _queue.Reader.TryPeek(out var behind) && !behind.IsAlone && Together?.Invoke() is { } together)
                {
                    RunTogether(work, together);
                }
                else
                {
                    await SettleAsync(work).ConfigureAwait(false);
                    RunAlone(work);
                }

                // The next ones may run while the disk still works; but who waits for news gets them now and then.
                if (!_durable.IsCompleted && _queue.Reader.TryPeek(out _) && Stopwatch.GetElapsedTime(lastNews) < LongestWithoutNews) continue;
                await _durable.ConfigureAwait(false);
                AfterWork?.Invoke();
                lastNews = Stopwatch.GetTimestamp();
            }
        }
        finally
        {
            Complete();
            while (_queue.Reader.TryRead(out var left)) left.Cancel();
        }
    }

    /// <summary>Takes no more work: the loop ends once what is queued has run.</summary>
    public void Complete() => _queue.Writer.TryComplete();

    private Task<T> Bring<T>(Work<T> work)
    {
        if (!_queue.Writer.TryWrite(work)) work.Cancel();
        return work.Done;
    }

    /// <summary>Waits until all that ran is durable. Where that fails, the work that was to be next comes to nothing too.</summary>
    private async Task SettleAsync(IWork next)
    {
        try
        {
            await _durable.ConfigureAwait(false);
        }
        catch (Exception e)
        {
            next.Fail(e);
            throw;
        }
    }

    private static void RunAlone(IWork work)
    {
        try
        {
            work.Run();
        }
        catch (DatabaseException e)
        {
            work.Fail(e);
            throw;
        }

        work.Publish();
    }

    private void RunTogether(IWork first, GroupCommit together)
    {
        var done = new List<IWork>();
        try
        {
            together.Run(() =>
            {
                var start = Stopwatch.GetTimestamp();
                var next = first;
                do
                {
                    done.Add(next);
                    next.Run();
                }
                while (done.Count < MaxTogether && Stopwatch.GetElapsedTime(start) < LongestTogether && _queue.Reader.TryPeek(out var following) && !following.IsAlone && _queue.Reader.TryRead(out next));
            });
        }
        catch (Exception e)
        {
            // It may have failed before the first was begun, which is in the queue no more.
            if (done.Count == 0) done.Add(first);
            foreach (var work in done) work.Fail(e);
            throw;
        }

        _durable = together.Durable();
        _ = _durable.ContinueWith(durable =>
        {
            foreach (var work in done)
            {
                if (durable.Exception is { } failure) work.Fail(failure.InnerException!);
                else work.Publish();
            }
        }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
    }

    private sealed class Work<T>(Func<T> work, bool isAlone) : IWork
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private T _answer = default!;
        private Exception? _failure;

        public Task<T> Done => _done.Task;

        public bool IsAlone => isAlone;

        public void Run()
        {
            try
            {
                _answer = work();
            }
            catch (Exception e) when (e is not DatabaseException)
            {
                _failure = e;
            }
        }

        public void Publish()
        {
            if (_failure is null) _done.SetResult(_answer);
            else _done.SetException(_failure);
        }

        public void Fail(Exception reason) => _done.SetException(reason);

        public void Cancel() => _done.TrySetCanceled();
    }
}

/// <summary>The owner where no node runs: a command that opened the database itself.</summary>
public sealed class DirectOwner : IStateOwner
{
    /// <inheritdoc/>
    public Task<T> InvokeAsync<T>(Func<T> work) => Task.FromResult(work());

    /// <inheritdoc/>
    public Task<T> InvokeAloneAsync<T>(Func<T> work) => InvokeAsync(work);
}
