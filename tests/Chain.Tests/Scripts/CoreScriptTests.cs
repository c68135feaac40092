using System.Text.Json;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Scripts;

/// <summary>The cases of Bitcoin Core's script tests that need no more than the operations and flags known here.</summary>
public class CoreScriptTests
{
    private static readonly Dictionary<string, ScriptFlags> Flags = new(StringComparer.Ordinal)
    {
        ["DERSIG"] = ScriptFlags.DerSignatures,
        ["LOW_S"] = ScriptFlags.LowS,
        ["STRICTENC"] = ScriptFlags.StrictEncoding,
        // None of these scripts has the form that P2SH gives a meaning to.
        ["P2SH"] = ScriptFlags.None,
    };

    private static readonly Dictionary<string, ScriptError> Errors = new(StringComparer.Ordinal)
    {
        ["OK"] = ScriptError.Ok,
        ["EVAL_FALSE"] = ScriptError.EvalFalse,
        ["EQUALVERIFY"] = ScriptError.EqualVerify,
        ["SIG_DER"] = ScriptError.SigDer,
        ["SIG_HIGH_S"] = ScriptError.SigHighS,
        ["SIG_HASHTYPE"] = ScriptError.SigHashType,
        ["PUBKEYTYPE"] = ScriptError.PubKeyType,
        ["OP_RETURN"] = ScriptError.OpReturn,
    };

    private readonly ITestOutputHelper _output;

    public CoreScriptTests(ITestOutputHelper output) => _output = output;

    [VectorFact("script_tests.json")]
    public void Verify_CoresCasesWithKnownOperations_GiveTheirResult()
    {
        var run = 0;
        var wrong = new List<string>();
        foreach (var item in Vectors.ReadJson("script_tests.json").EnumerateArray())
        {
            if (item.GetArrayLength() < 4 || item[0].ValueKind != JsonValueKind.String) continue;
            var flags = item[2].GetString()!.Split(',', StringSplitOptions.RemoveEmptyEntries);
            if (ScriptAssembler.TryAssemble(item[0].GetString()!) is not { } scriptSig) continue;
            if (ScriptAssembler.TryAssemble(item[1].GetString()!) is not { } scriptPubKey) continue;
            if (!flags.All(Flags.ContainsKey)) continue;
            run++;
            var error = Verify(scriptSig, scriptPubKey, flags.Aggregate(ScriptFlags.None, (all, f) => all | Flags[f]));
            if (error != Errors[item[3].GetString()!]) wrong.Add($"{item} gives {error}");
        }

        _output.WriteLine($"{run} cases");
        Assert.Empty(wrong);
        Assert.InRange(run, 20, int.MaxValue);
    }

    /// <summary>Core's frame around the two scripts: a transaction that pays to the one, and one that spends it with the other.</summary>
    private static ScriptError Verify(byte[] scriptSig, byte[] scriptPubKey, ScriptFlags flags)
    {
        var credit = new Transaction(1, [new TxIn(OutPoint.Null, new byte[2])], [new TxOut(0, scriptPubKey)], 0);
        var spend = new Transaction(1, [new TxIn(new OutPoint(credit.Id, 0), scriptSig)], [new TxOut(0, default)], 0);
        return ScriptInterpreter.Verify(scriptSig, scriptPubKey, flags, new SignatureChecker(spend, 0));
    }
}
