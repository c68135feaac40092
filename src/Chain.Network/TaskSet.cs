using System.Collections.Concurrent;

namespace Chain.Network;

/// <summary>The tasks that were started and not awaited yet: nothing is forgotten, and a bug in one of them shows at the end.</summary>
internal sealed class TaskSet
{
    private readonly ConcurrentDictionary<Task, byte> _tasks = new();

    /// <summary>Starts work on the thread pool.</summary>
    public void Run(Func<Task> work)
    {
        foreach (var (task, _) in _tasks)
        {
            if (task.IsCompletedSuccessfully || task.IsCanceled) _tasks.TryRemove(task, out _);
        }

        _tasks.TryAdd(Task.Run(work), 0);
    }

    /// <summary>Waits for all of them, those included that they start meanwhile. Throws what a faulty one threw.</summary>
    public async Task WhenAllAsync()
    {
        while (!_tasks.IsEmpty)
        {
            var tasks = _tasks.Keys.ToArray();
            await Task.WhenAll(tasks).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var task in tasks)
            {
                _tasks.TryRemove(task, out _);
                if (task.IsFaulted) await task.ConfigureAwait(false);
            }
        }
    }
}
