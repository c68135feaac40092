using System.Collections.Concurrent;
using System.Diagnostics;

namespace Chain.Node.Rpc;

/// <summary>The calls that are being answered (getrpcinfo), and how many requests there may be at once.</summary>
public sealed class RpcActivity
{
    private readonly ConcurrentDictionary<long, (string Method, long Start)> _calls = new();
    private readonly int _mostRequests;
    private long _lastCall;
    private int _requests;

    /// <summary>Lets so many requests be answered at once.</summary>
    public RpcActivity(int mostRequests) => _mostRequests = mostRequests;

    /// <summary>The calls with the time that each has taken, oldest first.</summary>
    public IEnumerable<(string Method, TimeSpan Duration)> Calls =>
        _calls.OrderBy(pair => pair.Key).Select(pair => (pair.Value.Method, Stopwatch.GetElapsedTime(pair.Value.Start)));

    /// <summary>Lets a request in; false where there are too many. Whoever is in calls <see cref="Leave"/>.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _requests) <= _mostRequests) return true;
        Leave();
        return false;
    }

    /// <summary>A request is answered.</summary>
    public void Leave() => Interlocked.Decrement(ref _requests);

    /// <summary>Runs a call, which is among <see cref="Calls"/> meanwhile.</summary>
    public async Task<T> RunAsync<T>(string method, Func<Task<T>> call)
    {
        var number = Interlocked.Increment(ref _lastCall);
        _calls[number] = (method, Stopwatch.GetTimestamp());
        try
        {
            return await call().ConfigureAwait(false);
        }
        finally
        {
            _calls.TryRemove(number, out _);
        }
    }
}
