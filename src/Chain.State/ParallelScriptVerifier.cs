using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.State;

/// <summary>
/// Runs the script checks of a block on several threads (Core: CCheckQueue). They begin while the block's coins are still
/// being looked up, and the calling thread takes part once it has nothing else to do. The first failure ends them.
/// </summary>
public sealed class ParallelScriptVerifier : IScriptVerifier, IDisposable
{
    /// <summary>How many checks wait before others are woken for them: few are done sooner by the caller alone.</summary>
    private const int WakeAt = 16;

    private const int MostAtOnce = 64;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _work = new(0);
    private readonly int _helpers;
    private readonly ScriptCache _cache;
    private readonly ScriptWorkspace _workspace = new();
    private readonly ManualResetEventSlim _isIdle = new(true);
    private ScriptCheck[] _checks = new ScriptCheck[1024];
    private Thread[]? _threads;
    private RuleViolation? _violation;
    private Exception? _failure;
    private int _count, _next, _running, _awake;
    private bool _isEnded;

    /// <summary>Uses at most <paramref name="threads"/> threads at once, the calling one included; they start when they are needed.</summary>
    public ParallelScriptVerifier(int threads, ScriptCache cache)
    {
        _helpers = Math.Max(0, threads - 1);
        _cache = cache;
    }

    /// <summary>The number of checks that blocks brought, for whoever wants to know what the cache saves.</summary>
    public long ChecksRun { get; private set; }

    /// <summary>
    /// What the calling thread has to do in any case, a little at each call, while enough checks are left for the others; it
    /// answers false where nothing is to do.
    /// </summary>
    public Func<bool>? Meanwhile { get; init; }

    /// <inheritdoc/>
    public bool IsKnownValid(Transaction transaction, ScriptFlags flags) => _cache.Contains(transaction, flags);

    /// <inheritdoc/>
    public void Add(ScriptCheck check)
    {
        ChecksRun++;
        var wake = false;
        lock (_gate)
        {
            if (_count == _checks.Length) Array.Resize(ref _checks, 2 * _count);
            _checks[_count++] = check;
            if (_helpers > _awake && _count - _next >= WakeAt * (_awake + 1))
            {
                _awake++;
                wake = true;
            }
        }

        if (!wake) return;
        _threads ??= StartThreads();
        _work.Release();
    }

    /// <inheritdoc/>
    public RuleViolation? Finish()
    {
        while (HasWorkForOthers() && Meanwhile?.Invoke() == true)
        {
        }

        while (RunSome(_workspace))
        {
        }

        return End();
    }

    /// <inheritdoc/>
    public void Abandon()
    {
        lock (_gate) _next = _count;
        _ = End();
    }

    /// <summary>Ends the threads.</summary>
    public void Dispose()
    {
        lock (_gate) _isEnded = true;
        if (_threads is { } threads)
        {
            _work.Release(threads.Length);
            foreach (var thread in threads) thread.Join();
        }

        _work.Dispose();
        _isIdle.Dispose();
    }

    private bool HasWorkForOthers()
    {
        lock (_gate) return _awake > 0 && _count - _next >= 2 * WakeAt;
    }

    /// <summary>Waits for the checks that others still run, and makes ready for the next block.</summary>
    private RuleViolation? End()
    {
        _isIdle.Wait();
        lock (_gate)
        {
            var (violation, failure) = (_violation, _failure);
            Array.Clear(_checks, 0, _count);
            (_count, _next, _violation, _failure) = (0, 0, null, null);
            return failure is null ? violation : throw new InvalidOperationException("A script check did not come to an end.", failure);
        }
    }

    /// <summary>Takes a few checks and runs them; false where none were left.</summary>
    private bool RunSome(ScriptWorkspace workspace)
    {
        ScriptCheck[] checks;
        int from, to;
        lock (_gate)
        {
            var left = _count - _next;
            if (left == 0 || _violation is not null || _failure is not null) return false;
            checks = _checks;
            from = _next;
            to = _next += Math.Clamp(left / (2 * (_helpers + 1)), 1, MostAtOnce);
            if (_running++ == 0) _isIdle.Reset();
        }

        RuleViolation? found = null;
        Exception? failure = null;
        try
        {
            for (var i = from; i < to && found is null; i++) found = checks[i].Verify(workspace);
        }
        catch (Exception e)
        {
            // A bug: it must reach who waits for the block, not end the process on a thread of its own.
            failure = e;
        }

        lock (_gate)
        {
            _violation ??= found;
            _failure ??= failure;
            if (--_running == 0) _isIdle.Set();
        }

        return true;
    }

    private Thread[] StartThreads()
    {
        var threads = new Thread[_helpers];
        for (var i = 0; i < threads.Length; i++)
        {
            threads[i] = new Thread(Help) { IsBackground = true, Name = "scripts" };
            threads[i].Start();
        }

        return threads;
    }

    private void Help()
    {
        var workspace = new ScriptWorkspace();
        while (true)
        {
            _work.Wait();
            while (RunSome(workspace))
            {
            }

            lock (_gate)
            {
                if (_isEnded) return;
                _awake--;
            }
        }
    }
}
