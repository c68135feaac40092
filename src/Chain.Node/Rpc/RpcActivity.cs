using System.Collections.Concurrent;
using System.Diagnostics;

namespace Chain.Node.Rpc;

/// <summary>The calls that are being answered (getrpcinfo), and how many requests there may be at once.</summary>
public sealed class RpcActivity
{
    private readonly ConcurrentDictionary<long, Call> _calls = new();
    private readonly int _mostRequests;
    private long _lastCall;
    private int _requests;

    /// <summary>Lets so many requests be answered at once.</summary>
    public RpcActivity(int mostRequests) => _mostRequests = mostRequests;

    /// <summary>The calls of this moment with the time that each has taken, and how far it is, from 0 to 1, where it tells that; oldest first.</summary>
    public IEnumerable<(string Method, TimeSpan Duration, double? Progress)> Calls =>
        _calls.ToArray().OrderBy(pair => pair.Key).Select(pair => (pair.Value.Method, Stopwatch.GetElapsedTime(pair.Value.Start), pair.Value.Progress));

    /// <summary>Lets a request in; false where there are too many. Whoever is in calls <see cref="Leave"/>.</summary>
    public bool TryEnter()
    {
        if (Interlocked.Increment(ref _requests) <= _mostRequests) return true;
        Leave();
        return false;
    }

    /// <summary>A request is answered.</summary>
    public void Leave() => Interlocked.Decrement(ref _requests);

    /// <summary>Runs a call, which is among <see cref="Calls"/> meanwhile and may say there how far it is.</summary>
    public async Task<T> RunAsync<T>(string method, Func<Action<double>, Task<T>> call)
    {
        var number = Interlocked.Increment(ref _lastCall);
        var own = new Call(method);
        _calls[number] = own;
        try
        {
            return await call(own.Tell).ConfigureAwait(false);
        }
        finally
        {
            _calls.TryRemove(number, out _);
        }
    }

    private sealed class Call(string method)
    {
        private double _progress = -1;

        public string Method => method;

        public long Start { get; } = Stopwatch.GetTimestamp();

        public double? Progress => Volatile.Read(ref _progress) is >= 0 and var progress ? progress : null;

        public void Tell(double progress) => Volatile.Write(ref _progress, progress);
    }
}
