using Chain.Core.Coins;
using Chain.Core.Consensus;
using Chain.State;

namespace Chain.Tests.State;

/// <summary>What must hold of a pool at every moment, reckoned from its transactions alone.</summary>
internal static class MempoolInvariants
{
    /// <summary>What is wrong; null where nothing is.</summary>
    public static string? Check(Mempool pool, Chainstate chain)
    {
        var entries = pool.InOrder().ToList();
        return CheckSums(entries) ?? CheckTotals(pool, entries) ?? CheckSpenders(pool, entries) ?? CheckMineable(entries, chain);
    }

    /// <summary>Links and sums of each entry against a naive closure.</summary>
    public static string? CheckSums(IReadOnlyCollection<MempoolEntry> entries)
    {
        var byId = entries.ToDictionary(entry => entry.Transaction.Id);
        foreach (var entry in entries)
        {
            var parents = entry.Transaction.Inputs.Select(input => byId.GetValueOrDefault(input.PreviousOutput.TxId)).OfType<MempoolEntry>().ToHashSet();
            if (!parents.SetEquals(entry.Parents)) return $"the parents of {entry.Transaction.Id}";
            if (parents.Any(parent => parent.Sequence >= entry.Sequence)) return $"{entry.Transaction.Id} came before a parent";
            if (!entries.Where(other => other.Parents.Contains(entry)).ToHashSet().SetEquals(entry.Children)) return $"the children of {entry.Transaction.Id}";
            if (Sum(Closure(entry, e => e.Parents)) != entry.Ancestors) return $"the ancestors of {entry.Transaction.Id}";
            if (Sum(Closure(entry, e => e.Children)) != entry.Descendants) return $"the descendants of {entry.Transaction.Id}";
        }

        return null;
    }

    public static HashSet<MempoolEntry> Closure(MempoolEntry start, Func<MempoolEntry, IEnumerable<MempoolEntry>> next)
    {
        var found = new HashSet<MempoolEntry> { start };
        foreach (var neighbour in next(start)) found.UnionWith(Closure(neighbour, next));
        return found;
    }

    public static PackageSum Sum(IEnumerable<MempoolEntry> entries) =>
        entries.Aggregate(default(PackageSum), (sum, entry) => sum + new PackageSum(1, entry.VirtualSize, entry.ModifiedFee));

    private static string? CheckTotals(Mempool pool, List<MempoolEntry> entries)
    {
        if (pool.Count != entries.Count || pool.Entries.Count != entries.Count) return "the number of entries";
        if (pool.Bytes != entries.Sum(entry => (long)entry.Transaction.Size)) return "the number of bytes";
        return pool.Bytes > pool.Policy.MaxBytes ? "more bytes than allowed" : null;
    }

    private static string? CheckSpenders(Mempool pool, List<MempoolEntry> entries)
    {
        foreach (var entry in entries)
        {
            if (pool.FindEntry(entry.Transaction.Id) != entry) return $"{entry.Transaction.Id} is not found";
            if (entry.Transaction.Inputs.Any(input => pool.FindSpender(input.PreviousOutput) != entry)) return $"the inputs of {entry.Transaction.Id}";
            for (var i = 0; i < entry.Transaction.Outputs.Length; i++)
            {
                var place = PoolNode.Output(entry.Transaction, i);
                if (pool.FindSpender(place) is { } spender && !entry.Children.Contains(spender)) return $"the spender of {place}";
            }
        }

        return null;
    }

    /// <summary>The pool in its order is a block's worth of valid transactions on the tip.</summary>
    private static string? CheckMineable(List<MempoolEntry> entries, Chainstate chain)
    {
        var diff = new CoinDiff();
        var view = new OverlayCoinView(chain.Coins, diff);
        var height = chain.Tip.Height + 1;
        foreach (var entry in entries)
        {
            var transaction = entry.Transaction;
            if (!TransactionRules.IsFinal(transaction, height, HeaderRules.MedianTimePast(chain.Tip))) return $"{transaction.Id} is not final";
            if (TransactionRules.Connect(transaction, view, height, chain.Params, out var fee, out var spent) is { } violation) return $"{transaction.Id}: {violation}";
            if (fee != entry.Fee) return $"the fee of {transaction.Id}";
            foreach (var check in ScriptCheck.ForInputs(transaction, spent, BlockRules.FlagsAt(height, chain.Params)))
            {
                if (check.Verify() is { } failure) return $"{transaction.Id}: {failure}";
            }

            for (var i = 0; i < spent.Length; i++) diff.Spend(transaction.Inputs[i].PreviousOutput, spent[i]);

            diff.CreateOutputs(transaction, height);
        }

        return null;
    }
}
