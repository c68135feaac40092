using Chain.Core.Coins;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.State;

/// <summary>What a pool asks of a transaction that is to wait in it: the rules of the next block, and the pool's own. They change nothing.</summary>
internal sealed class MempoolChecks(Chainstate chainstate, MempoolPolicy policy, MempoolGraph graph, PoolCoins coins, RollingMinFee minFee)
{
    /// <summary>Relative lock times are asked also before blocks must obey them (Core: STANDARD_LOCKTIME_VERIFY_FLAGS).</summary>
    private readonly ChainParams _sequenceLockParams = chainstate.Params with { CsvHeight = 0 };

    /// <summary>The least fee rate in satoshis per 1,000 vbytes that a pool asks for which is, or was, full.</summary>
    public long RollingRate => minFee.At(chainstate.Now, graph.Bytes, policy.MaxBytes);

    /// <summary>Runs them all, the cheap before the dear; null where the pool would take the transaction.</summary>
    public TransactionRejection? Check(MempoolCandidate candidate, bool scriptsAreValid) =>
        CheckAlone(candidate.Transaction) ?? CheckOnChain(candidate) ?? CheckCoins(candidate) ?? CheckSpends(candidate)
        ?? CheckFee(candidate) ?? CheckAncestors(candidate) ?? ReplacementRules.Check(candidate, policy) ?? (scriptsAreValid ? null : CheckScripts(candidate));

    /// <summary>As <see cref="Mempool.CheckScriptsAhead"/>.</summary>
    public void CheckScriptsAhead(IReadOnlyList<Transaction> transactions, Func<Transaction, MempoolCandidate> candidateOf)
    {
        var candidates = new List<MempoolCandidate>(transactions.Count);
        chainstate.Database.InSnapshot(() =>
        {
            foreach (var transaction in transactions)
            {
                var candidate = candidateOf(transaction);
                if (!chainstate.ScriptCache.Contains(transaction, policy.ScriptFlags) && Check(candidate, scriptsAreValid: true) is null) candidates.Add(candidate);
            }
        });

        if (candidates.Count < 2) return;
        var areValid = new bool[candidates.Count];
        Parallel.For(0, areValid.Length, new ParallelOptions { MaxDegreeOfParallelism = chainstate.ScriptThreads }, static () => new ScriptWorkspace(), (i, _, workspace) =>
        {
            areValid[i] = ScriptCheck.ForInputs(candidates[i].Transaction, candidates[i].Spent, policy.ScriptFlags).All(check => check.Verify(workspace) is null);
            return workspace;
        }, static _ => { });
        for (var i = 0; i < areValid.Length; i++)
        {
            if (areValid[i]) chainstate.ScriptCache.Add(candidates[i].Transaction, policy.ScriptFlags);
        }
    }

    private TransactionRejection? CheckAlone(Transaction transaction)
    {
        if (TransactionRules.Check(transaction, chainstate.Params) is { } violation) return violation;
        return policy.Check(transaction) is { } unwanted ? unwanted : null;
    }

    private TransactionRejection? CheckOnChain(MempoolCandidate candidate)
    {
        var transaction = candidate.Transaction;
        var tip = chainstate.Tip;
        var cutoff = BlockRules.LockTimeCutoff(tip, (uint)Math.Min(uint.MaxValue, chainstate.Now), chainstate.Params);
        if (!TransactionRules.IsFinal(transaction, tip.Height + 1, cutoff)) return PolicyError.NonFinal;
        if (graph.Find(transaction.Id) is { } same)
            return same.Transaction.WitnessHash == transaction.WitnessHash ? PolicyError.AlreadyInMempool : PolicyError.SameNonWitnessData;
        foreach (var input in transaction.Inputs)
        {
            if (graph.FindSpender(input.PreviousOutput) is not { } conflict || !candidate.Conflicts.Add(conflict)) continue;
            if (!policy.AllowReplacement || !(policy.ReplaceWithoutSignal || ReplacementRules.SignalsItself(conflict))) return PolicyError.Conflict;
        }

        for (var i = 0; i < transaction.Outputs.Length; i++)
        {
            // Only where it costs nothing, as in Core: otherwise its inputs are found to be spent.
            if (chainstate.IsCoinAtHand(new OutPoint(transaction.Id, (uint)i))) return PolicyError.AlreadyKnown;
        }

        return transaction.HasWitness && tip.Height + 1 < chainstate.Params.SegwitHeight
            ? TransactionRejection.FromRuleViolation(RuleError.UnexpectedWitness)
            : null;
    }

    /// <summary>What it spends is there, old enough, and worth what it pays.</summary>
    private TransactionRejection? CheckCoins(MempoolCandidate candidate)
    {
        var height = chainstate.Tip.Height + 1;
        var violation = TransactionRules.Connect(candidate.Transaction, coins, height, chainstate.Params, out var fee, out var spent);
        if (violation?.Error == RuleError.InputsMissingOrSpent) return violation;
        if (!TransactionRules.AreSequenceLocksMet(candidate.Transaction, spent, chainstate.Tip, height, _sequenceLockParams)) return PolicyError.NonBip68Final;
        (candidate.Fee, candidate.Spent) = (fee, spent);
        return violation is null ? null : TransactionRejection.FromRuleViolation(violation);
    }

    private TransactionRejection? CheckSpends(MempoolCandidate candidate)
    {
        if (policy.RequireStandard && Standardness.CheckSpends(candidate.Transaction, candidate.Spent) is { } error) return error;
        candidate.SigOpsCost = SigOps.Cost(candidate.Transaction, Coin.OutputsOf(candidate.Spent), policy.ScriptFlags);
        candidate.VirtualSize = policy.VirtualSize(candidate.Transaction, candidate.SigOpsCost);
        return candidate.SigOpsCost > policy.MaxSigOpsCost
            ? TransactionRejection.FromPolicyError(PolicyError.TooManySigOps) with { Detail = $"{candidate.SigOpsCost}" }
            : null;
    }

    private TransactionRejection? CheckFee(MempoolCandidate candidate)
    {
        var rolling = MempoolPolicy.FeeFor(candidate.VirtualSize, RollingRate);
        if (candidate.ModifiedFee < rolling)
            return TransactionRejection.FromPolicyError(PolicyError.MempoolMinFeeNotMet) with { Detail = $"{candidate.ModifiedFee} < {rolling}" };
        var least = policy.MinFee(candidate.VirtualSize);
        return candidate.ModifiedFee < least
            ? TransactionRejection.FromPolicyError(PolicyError.MinRelayFeeNotMet) with { Detail = $"{candidate.ModifiedFee} < {least}" }
            : null;
    }

    private TransactionRejection? CheckAncestors(MempoolCandidate candidate)
    {
        candidate.Parents = graph.FindParents(candidate.Transaction);
        candidate.Ancestors = MempoolGraph.WithAncestors(candidate.Parents);
        if (candidate.Ancestors.Count == 0) return null;

        var limits = AncestorLimits.For(candidate, policy);
        if (limits.FindExcess(candidate) is not { } excess) return null;
        return candidate.VirtualSize <= MempoolPolicy.ExtraDescendantSize && limits.CarvedOut.FindExcess(candidate) is null
            ? null
            : TransactionRejection.FromPolicyError(PolicyError.ChainTooLong) with { Detail = excess };
    }

    /// <summary>The last of them: the scripts, unless they are known to be valid.</summary>
    public TransactionRejection? CheckScripts(MempoolCandidate candidate)
    {
        if (chainstate.ScriptCache.Contains(candidate.Transaction, policy.ScriptFlags)) return null;
        var consensus = BlockRules.FlagsAt(chainstate.Tip.Height + 1, chainstate.Params);
        if (PoolScripts.Check(candidate.Transaction, candidate.Spent, policy.ScriptFlags, consensus) is { } rejection) return rejection;
        chainstate.ScriptCache.Add(candidate.Transaction, policy.ScriptFlags);
        return null;
    }
}
