using Chain.Core.Coins;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Core.Consensus;

/// <summary>
/// The one check that costs: do the scripts of this input unlock the coin that it spends? It depends on nothing that
/// changes, so the checks of a block may run in any order and at the same time.
/// </summary>
public readonly record struct ScriptCheck(Transaction Transaction, int InputIndex, Coin Coin, ScriptFlags Flags)
{
    /// <summary>Runs the scripts; null where they succeed.</summary>
    public RuleViolation? Verify()
    {
        var error = ScriptInterpreter.Verify(
            Transaction.Inputs[InputIndex].ScriptSig, Coin.Output.ScriptPubKey, Flags, new SignatureChecker(Transaction, InputIndex));
        return error == ScriptError.Ok ? null : new RuleViolation(RuleError.ScriptFailed, $"input {InputIndex} of transaction {Transaction.Id}") { Suffix = $" ({error.Describe()})" };
    }
}

/// <summary>Runs script checks: one after the other, on several threads, or not at all where they have run before.</summary>
public interface IScriptVerifier
{
    /// <summary>Runs all checks; the first violation found, or null.</summary>
    RuleViolation? Verify(IReadOnlyList<ScriptCheck> checks);
}
