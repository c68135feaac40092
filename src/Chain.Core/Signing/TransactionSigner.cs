using System.Collections.Immutable;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Core.Signing;

/// <summary>A transaction with what could be signed of it, and for each input that is not unlocked the reason in Core's words.</summary>
public sealed record SigningResult(Transaction Transaction, IReadOnlyDictionary<int, string> Errors)
{
    /// <summary>Whether every input is unlocked.</summary>
    public bool IsComplete => Errors.Count == 0;
}

/// <summary>Signs the inputs of a transaction with the keys and scripts of a source (Core: SignTransaction).</summary>
public static class TransactionSigner
{
    /// <summary>Stands for the amount of an output where its spender did not say it: signatures of a witness need it.</summary>
    public const long UnknownAmount = Amount.MaxMoney;

    /// <summary>The reason for an input whose output is not known.</summary>
    public const string InputNotFound = "Input not found or already spent";

    /// <summary>The reason for an input of whose output only the script is known.</summary>
    public const string MissingAmount = "Missing amount";

    /// <summary>
    /// Signs what it can: inputs that are unlocked already stay as they are, signatures that others made stay too. The hash
    /// type 0 is the default, ALL. <paramref name="findOutput"/> gives what an input spends, null where nobody knows.
    /// </summary>
    public static SigningResult Sign(Transaction transaction, Func<OutPoint, TxOut?> findOutput, ISigningSource source, SignatureHashType type = SignatureHashType.None)
    {
        var outputs = transaction.Inputs.Select(input => findOutput(input.PreviousOutput)).ToImmutableArray();
        var knowsAll = outputs.All(output => output is not null);
        var data = new PrecomputedTransactionData(transaction, [.. outputs.Select(output => output ?? default)]);
        var inputs = transaction.Inputs.ToBuilder();
        var errors = new SortedDictionary<int, string>();
        for (var i = 0; i < inputs.Count; i++)
        {
            if (outputs[i] is null)
            {
                errors.Add(i, InputNotFound);
                continue;
            }

            var signed = SignatureExtraction.Extract(data, i);
            if (HasOwnOutput(transaction, i, type)) _ = InputSigner.Produce(source, new SignatureCreator(data, i, type, knowsAll), data.SpentOutputs[i].ScriptPubKey, signed);
            inputs[i] = inputs[i].WithScriptSig(signed.ScriptSig).WithWitness(signed.Witness);
            if (FindError(data, i, inputs[i]) is { } error) errors.Add(i, error);
        }

        return new SigningResult(new Transaction(transaction.Version, inputs.MoveToImmutable(), transaction.Outputs, transaction.LockTime), errors);
    }

    /// <summary>
    /// Puts together what several signers of one transaction signed: for each input the scripts and signatures of all (Core:
    /// CombineSignatures). Null where an output that is spent is not known.
    /// </summary>
    public static Transaction? Combine(IReadOnlyList<Transaction> variants, Func<OutPoint, TxOut?> findOutput)
    {
        var first = variants[0];
        var outputs = first.Inputs.Select(input => findOutput(input.PreviousOutput)).ToImmutableArray();
        if (outputs.Any(output => output is null)) return null;
        var spent = outputs.Select(output => output!.Value).ToImmutableArray();
        var all = variants.Select(variant => new PrecomputedTransactionData(variant, spent)).ToList();
        var inputs = first.Inputs.ToBuilder();
        for (var i = 0; i < inputs.Count; i++)
        {
            var combined = new SignatureData();
            foreach (var data in all) combined.Merge(SignatureExtraction.Extract(data, i));
            _ = InputSigner.Produce(new SigningKeys(), new SignatureCreator(all[0], i, SignatureHashType.All), spent[i].ScriptPubKey, combined);
            inputs[i] = inputs[i].WithScriptSig(combined.ScriptSig).WithWitness(combined.Witness);
        }

        return new Transaction(first.Version, inputs.MoveToImmutable(), first.Outputs, first.LockTime);
    }

    /// <summary>SINGLE without an output of the input's index would sign the number one, and so everything.</summary>
    private static bool HasOwnOutput(Transaction transaction, int index, SignatureHashType type) =>
        type.OutputPart() != SignatureHashType.Single || index < transaction.Outputs.Length;

    private static string? FindError(PrecomputedTransactionData data, int index, TxIn input)
    {
        var spent = data.SpentOutputs[index];
        if (spent.Value == UnknownAmount && !input.Witness.IsEmpty) return MissingAmount;
        return ScriptInterpreter.Verify(input.ScriptSig, spent.ScriptPubKey, ScriptFlags.Standard, new SignatureChecker(data, index), input.Witness) switch
        {
            ScriptError.Ok => null,
            ScriptError.InvalidStackOperation => "Unable to sign input, invalid stack size (possibly missing key)",
            ScriptError.SigNullFail => "CHECK(MULTI)SIG failing with non-zero signature (possibly need more signatures)",
            var error => error.Describe(),
        };
    }
}
