using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.State;

/// <summary>Runs the script checks of a block on several threads, the calling one included; the first failure ends them.</summary>
public sealed class ParallelScriptVerifier : IScriptVerifier
{
    private const int FewChecks = 8;

    private readonly ParallelOptions _options;
    private readonly ScriptCache _cache;

    /// <summary>Uses at most <paramref name="threads"/> threads at once.</summary>
    public ParallelScriptVerifier(int threads, ScriptCache cache)
    {
        _options = new ParallelOptions { MaxDegreeOfParallelism = Math.Max(1, threads) };
        _cache = cache;
    }

    /// <summary>The number of checks that were run, for whoever wants to know what the cache saves.</summary>
    public long ChecksRun { get; private set; }

    /// <inheritdoc/>
    public bool IsKnownValid(Transaction transaction, ScriptFlags flags) => _cache.Contains(transaction, flags);

    /// <inheritdoc/>
    public RuleViolation? Verify(IReadOnlyList<ScriptCheck> checks)
    {
        ChecksRun += checks.Count;
        if (checks.Count < FewChecks || _options.MaxDegreeOfParallelism == 1)
        {
            foreach (var check in checks)
            {
                if (check.Verify() is { } violation) return violation;
            }

            return null;
        }

        RuleViolation? found = null;
        Parallel.For(0, checks.Count, _options, (i, loop) =>
        {
            if (checks[i].Verify() is not { } violation) return;
            Interlocked.CompareExchange(ref found, violation, null);
            loop.Stop();
        });
        return found;
    }
}
