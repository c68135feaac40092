using System.Threading.Channels;
using Chain.State.Storage;

namespace Chain.Node;

/// <summary>Runs work where the chain, the pool and all that follows them may be touched.</summary>
public interface IStateOwner
{
    /// <summary>Runs the work, alone, and gives its result or its exception. Cancelled where the owner has ended.</summary>
    Task<T> InvokeAsync<T>(Func<T> work);
}

/// <summary>
/// The one owner of a running node's state: a queue of work that one loop runs piece by piece, so that nothing under it
/// needs a lock. Who brings work waits for it, so that the queue is bounded by those who bring.
/// </summary>
public sealed class NodeLoop : IStateOwner
{
    private readonly Channel<IWork> _queue = Channel.CreateUnbounded<IWork>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Runs after each piece of work, on the loop.</summary>
    public event Action? AfterWork;

    private interface IWork
    {
        void Run();

        void Cancel();
    }

    /// <inheritdoc/>
    public Task<T> InvokeAsync<T>(Func<T> work)
    {
        var item = new Work<T>(work);
        if (!_queue.Writer.TryWrite(item)) item.Cancel();
        return item.Done;
    }

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
        try
        {
            await foreach (var work in _queue.Reader.ReadAllAsync().ConfigureAwait(false))
            {
                work.Run();
                AfterWork?.Invoke();
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

    private sealed class Work<T>(Func<T> work) : IWork
    {
        private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<T> Done => _done.Task;

        public void Run()
        {
            try
            {
                _done.SetResult(work());
            }
            catch (DatabaseException e)
            {
                _done.SetException(e);
                throw;
            }
            catch (Exception e)
            {
                _done.SetException(e);
            }
        }

        public void Cancel() => _done.TrySetCanceled();
    }
}

/// <summary>The owner where no node runs: a command that opened the database itself.</summary>
public sealed class DirectOwner : IStateOwner
{
    /// <inheritdoc/>
    public Task<T> InvokeAsync<T>(Func<T> work) => Task.FromResult(work());
}
