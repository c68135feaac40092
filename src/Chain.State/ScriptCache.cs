using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.State;

/// <summary>
/// Remembers which transactions had all their scripts checked, by the hash that covers the witness, and under which rules
/// (Core: the script execution cache). What the pool has checked a block need not check again. Rules only ever forbid
/// more, so a check under more of them counts for fewer. Bounded: two generations, of which the older one is forgotten.
/// </summary>
public sealed class ScriptCache
{
    private readonly int _generationSize;
    private Dictionary<Hash256, ScriptFlags> _young = [];
    private Dictionary<Hash256, ScriptFlags> _old = [];

    /// <summary>Creates a cache for at least as many transactions, and at most twice as many.</summary>
    public ScriptCache(int generationSize = 100_000) => _generationSize = generationSize;

    /// <summary>Notes that all scripts of a transaction are valid under these rules.</summary>
    public void Add(Transaction transaction, ScriptFlags flags)
    {
        if (_young.Count >= _generationSize) (_old, _young) = (_young, []);
        _young[transaction.WitnessHash] = flags;
    }

    /// <summary>Whether all scripts of a transaction were valid under at least these rules.</summary>
    public bool Contains(Transaction transaction, ScriptFlags flags) =>
        (_young.TryGetValue(transaction.WitnessHash, out var known) || _old.TryGetValue(transaction.WitnessHash, out known))
        && (known & flags) == flags;
}
