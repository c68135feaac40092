using Chain.Core.Coins;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.State;

/// <summary>The scripts of a transaction under the pool's rules, and what a failure says about it and its sender.</summary>
internal static class PoolScripts
{
    /// <summary>
    /// Runs all scripts; null where they succeed. A script that fails by the pool's rules alone, and succeeds by those of the
    /// next block, is a matter of policy (Core: non-mandatory-script-verify-flag).
    /// </summary>
    public static TransactionRejection? Check(Transaction transaction, Coin[] spent, ScriptFlags policy, ScriptFlags consensus)
    {
        foreach (var check in ScriptCheck.ForInputs(transaction, spent, policy))
        {
            if (check.Verify() is not { } violation) continue;
            var rejection = (check with { Flags = consensus }).Verify() is null
                ? TransactionRejection.FromPolicyError(PolicyError.NonMandatoryScript) with { Suffix = violation.Suffix, Detail = violation.Detail }
                : TransactionRejection.FromRuleViolation(violation);
            return rejection with { IsWitnessStripped = IsWitnessStripped(transaction, spent, policy) };
        }

        return null;
    }

    /// <summary>Whether nothing but the absence of a witness makes it fail: without those rules it succeeds, with them it does not.</summary>
    private static bool IsWitnessStripped(Transaction transaction, Coin[] spent, ScriptFlags policy)
    {
        // The clean-stack rule asks for the witness rules, so it goes with them.
        var withWitness = policy & ~ScriptFlags.CleanStack;
        return !transaction.HasWitness && Succeeds(transaction, spent, withWitness & ~ScriptFlags.Witness) && !Succeeds(transaction, spent, withWitness);
    }

    private static bool Succeeds(Transaction transaction, Coin[] spent, ScriptFlags flags) =>
        ScriptCheck.ForInputs(transaction, spent, flags).All(check => check.Verify() is null);
}
