using Chain.Core.Cryptography;
using Chain.Core.Primitives;

namespace Chain.State;

/// <summary>
/// The waiting transactions as a graph of dependencies: links, sums over ancestors and descendants, who spends what, and
/// the order of eviction. It checks nothing; <see cref="Mempool"/> does.
/// </summary>
internal sealed class MempoolGraph
{
    private readonly Dictionary<TxId, MempoolEntry> _entries = [];
    private readonly Dictionary<Hash256, MempoolEntry> _byWitnessHash = [];
    private readonly Dictionary<OutPoint, MempoolEntry> _spenders = [];
    private readonly SortedSet<MempoolEntry> _byWorth = new(Comparer<MempoolEntry>.Create(CompareWorth));

    public int Count => _entries.Count;

    public long Bytes { get; private set; }

    public PackageSum Total { get; private set; }

    public IReadOnlyCollection<MempoolEntry> Entries => _entries.Values;

    /// <summary>The entry that is worth least, counted with what depends on it; of equals the newest.</summary>
    public MempoolEntry? Worst => _byWorth.Min;

    public MempoolEntry? Find(TxId id) => _entries.GetValueOrDefault(id);

    public MempoolEntry? FindByWitnessHash(Hash256 hash) => _byWitnessHash.GetValueOrDefault(hash);

    public MempoolEntry? FindSpender(OutPoint outPoint) => _spenders.GetValueOrDefault(outPoint);

    /// <summary>The waiting transactions that one outside the graph spends from.</summary>
    public HashSet<MempoolEntry> FindParents(Transaction transaction)
    {
        var parents = new HashSet<MempoolEntry>();
        foreach (var input in transaction.Inputs)
        {
            if (Find(input.PreviousOutput.TxId) is { } parent) parents.Add(parent);
        }

        return parents;
    }

    /// <summary>Everything that the given entries depend on, themselves included.</summary>
    public static HashSet<MempoolEntry> WithAncestors(IEnumerable<MempoolEntry> start) => Closure(start, entry => entry.ParentSet);

    /// <summary>Everything that depends on an entry, itself included.</summary>
    public static HashSet<MempoolEntry> WithDescendants(MempoolEntry start) => Closure([start], entry => entry.ChildSet);

    public void Add(MempoolEntry entry, HashSet<MempoolEntry> parents, HashSet<MempoolEntry> ancestors)
    {
        foreach (var parent in parents)
        {
            entry.ParentSet.Add(parent);
            parent.ChildSet.Add(entry);
        }

        foreach (var ancestor in ancestors)
        {
            entry.Ancestors += ancestor.Own;
            Reweigh(ancestor, ancestor.Descendants + entry.Own);
        }

        _entries.Add(entry.Transaction.Id, entry);
        _byWitnessHash.Add(entry.Transaction.WitnessHash, entry);
        _byWorth.Add(entry);
        Bytes += entry.Transaction.Size;
        Total += entry.Paid;
        foreach (var input in entry.Transaction.Inputs) _spenders.Add(input.PreviousOutput, entry);
    }

    /// <summary>
    /// Takes out one entry that depends on none any more, as when a block confirmed it: what depends on it stays. Or one on
    /// which none depends: what is given up goes from the newest down.
    /// </summary>
    public void Remove(MempoolEntry entry)
    {
        foreach (var ancestor in WithAncestors(entry.ParentSet)) Reweigh(ancestor, ancestor.Descendants - entry.Own);
        foreach (var descendant in WithDescendants(entry))
        {
            if (descendant != entry) descendant.Ancestors -= entry.Own;
        }

        foreach (var parent in entry.ParentSet) parent.ChildSet.Remove(entry);
        foreach (var child in entry.ChildSet) child.ParentSet.Remove(entry);
        _byWorth.Remove(entry);
        _entries.Remove(entry.Transaction.Id);
        _byWitnessHash.Remove(entry.Transaction.WitnessHash);
        Bytes -= entry.Transaction.Size;
        Total -= entry.Paid;
        foreach (var input in entry.Transaction.Inputs) _spenders.Remove(input.PreviousOutput);
    }

    /// <summary>Changes by how much an entry is prioritised, and with it the sums of all that it belongs to.</summary>
    public void Prioritise(MempoolEntry entry, long feeDelta)
    {
        var change = new PackageSum(0, 0, feeDelta - entry.FeeDelta);
        _byWorth.Remove(entry);
        entry.FeeDelta = feeDelta;
        _byWorth.Add(entry);
        foreach (var ancestor in WithAncestors([entry])) Reweigh(ancestor, ancestor.Descendants + change);
        foreach (var descendant in WithDescendants(entry)) descendant.Ancestors += change;
    }

    public void Clear()
    {
        _entries.Clear();
        _byWitnessHash.Clear();
        _spenders.Clear();
        _byWorth.Clear();
        Bytes = 0;
        Total = default;
    }

    private static HashSet<MempoolEntry> Closure(IEnumerable<MempoolEntry> start, Func<MempoolEntry, HashSet<MempoolEntry>> next)
    {
        var result = new HashSet<MempoolEntry>(start);
        var open = new Stack<MempoolEntry>(result);
        while (open.TryPop(out var entry))
        {
            foreach (var neighbour in next(entry))
            {
                if (result.Add(neighbour)) open.Push(neighbour);
            }
        }

        return result;
    }

    /// <summary>The set is sorted by the sums, so an entry is taken out while they change.</summary>
    private void Reweigh(MempoolEntry entry, PackageSum descendants)
    {
        _byWorth.Remove(entry);
        entry.Descendants = descendants;
        _byWorth.Add(entry);
    }

    private static int CompareWorth(MempoolEntry x, MempoolEntry y)
    {
        var byRate = Worth(x).CompareFeeRate(Worth(y));
        return byRate != 0 ? byRate : y.Sequence.CompareTo(x.Sequence);
    }

    private static PackageSum Worth(MempoolEntry entry)
    {
        var own = entry.Own;
        return own.CompareFeeRate(entry.Descendants) >= 0 ? own : entry.Descendants;
    }
}
