using Chain.Core.Coins;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Core.Consensus;

/// <summary>
/// The one check that costs: do the scripts and the witness of this input unlock the coin that it spends? It depends on
/// nothing that changes, so the checks of a block may run in any order and at the same time.
/// </summary>
public readonly record struct ScriptCheck(PrecomputedTransactionData Data, int InputIndex, ScriptFlags Flags)
{
    /// <summary>The checks of all inputs of a transaction, which spend these coins in their order and share what signatures hash.</summary>
    public static IEnumerable<ScriptCheck> ForInputs(Transaction transaction, Coin[] spent, ScriptFlags flags) =>
        ForInputs(new PrecomputedTransactionData(transaction, Coin.OutputsOf(spent)), flags);

    /// <summary>The checks of all inputs of a transaction.</summary>
    public static IEnumerable<ScriptCheck> ForInputs(PrecomputedTransactionData data, ScriptFlags flags)
    {
        for (var i = 0; i < data.SpentOutputs.Length; i++) yield return new ScriptCheck(data, i, flags);
    }

    /// <summary>Runs the scripts; null where they succeed. Who runs many checks gives them one <paramref name="workspace"/>.</summary>
    public RuleViolation? Verify(ScriptWorkspace? workspace = null)
    {
        var input = Data.Transaction.Inputs[InputIndex];
        var error = ScriptInterpreter.Verify(
            input.ScriptSig, Data.SpentOutputs[InputIndex].ScriptPubKey, Flags, new SignatureChecker(Data, InputIndex, workspace), input.Witness, workspace);
        return error == ScriptError.Ok ? null : new RuleViolation(RuleError.ScriptFailed, $"input {InputIndex} of transaction {Data.Transaction.Id}") { Suffix = $" ({error.Describe()})" };
    }
}

/// <summary>
/// Runs the script checks of one block after another: they may begin as soon as they are added, on any thread. After the last
/// <see cref="Add"/> comes either <see cref="Finish"/> or <see cref="Abandon"/>.
/// </summary>
public interface IScriptVerifier
{
    /// <summary>Whether all scripts of a transaction, witnesses included, were valid before under at least these rules.</summary>
    bool IsKnownValid(Transaction transaction, ScriptFlags flags);

    /// <summary>Adds a check.</summary>
    void Add(ScriptCheck check);

    /// <summary>Waits until all checks have run, or one has failed: a violation that was found, or null.</summary>
    RuleViolation? Finish();

    /// <summary>Forgets the checks that have not run: the block is refused for something else.</summary>
    void Abandon();
}
