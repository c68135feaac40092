using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Scripts;

/// <summary>Bitcoin Core's script tests, every one with the error that it names.</summary>
public class CoreScriptTests
{
    private const int Cases = 1_203;

    private readonly ITestOutputHelper _output;

    public CoreScriptTests(ITestOutputHelper output) => _output = output;

    [VectorFact("script_tests.json")]
    public void Verify_CoresCases_GiveTheirResult()
    {
        var run = 0;
        var wrong = new List<string>();
        foreach (var item in Vectors.ReadJson("script_tests.json").EnumerateArray())
        {
            if (item.GetArrayLength() < 4) continue;
            run++;
            var test = ScriptCase.Read(item);
            var error = test.Verify(test.Flags);
            if (error != test.Expected) wrong.Add($"{item} gives {error}");

            // A flag only forbids: what is valid under some is valid under fewer.
            if (test.Expected != ScriptError.Ok) continue;
            foreach (var flag in CoreScripts.AllFlags)
            {
                if (test.Verify(Without(test.Flags, flag)) is not ScriptError.Ok and var stricter) wrong.Add($"{item} without {flag} gives {stricter}");
            }
        }

        _output.WriteLine($"{run} cases");
        Assert.Empty(wrong);
        Assert.Equal(Cases, run);
    }

    /// <summary>What a script leaves behind, wherever it stopped, is nothing to the next one.</summary>
    [VectorFact("script_tests.json")]
    public void Verify_CoresCasesInOneWorkspace_GiveTheirResultInAnyOrder()
    {
        ScriptCase[] cases = [.. Vectors.ReadJson("script_tests.json").EnumerateArray().Where(item => item.GetArrayLength() >= 4).Select(ScriptCase.Read)];
        var workspace = new ScriptWorkspace();
        foreach (var test in cases.Concat(cases.Reverse())) Assert.Equal(test.Expected, test.Verify(test.Flags, workspace));
    }

    /// <summary>Fewer flags, and those gone too that ask for what is gone.</summary>
    private static ScriptFlags Without(ScriptFlags flags, ScriptFlags gone)
    {
        flags &= ~gone;
        if ((flags & ScriptFlags.P2sh) == 0) flags &= ~ScriptFlags.Witness;
        return (flags & ScriptFlags.Witness) == 0 ? flags & ~ScriptFlags.CleanStack : flags;
    }

    private sealed record ScriptCase(ImmutableArray<ReadOnlyMemory<byte>> Witness, long Amount, byte[] ScriptSig, byte[] ScriptPubKey, ScriptFlags Flags, ScriptError Expected)
    {
        public static ScriptCase Read(JsonElement item)
        {
            var witness = ImmutableArray<ReadOnlyMemory<byte>>.Empty;
            var amount = 0L;
            var at = 0;
            if (item[0].ValueKind == JsonValueKind.Array)
            {
                var elements = item[at++].EnumerateArray().ToArray();
                witness = [.. elements[..^1].Select(e => (ReadOnlyMemory<byte>)Hex.Bytes(e.GetString()!))];
                amount = (long)(decimal.Parse(elements[^1].GetRawText(), NumberStyles.Float, CultureInfo.InvariantCulture) * Core.Primitives.Amount.Coin);
            }

            var flags = CoreScripts.ParseFlags(item[at + 2].GetString()!);
            if ((flags & ScriptFlags.CleanStack) != 0) flags |= ScriptFlags.P2sh | ScriptFlags.Witness;
            return new ScriptCase(witness, amount, ScriptAssembler.Assemble(item[at].GetString()!), ScriptAssembler.Assemble(item[at + 1].GetString()!),
                flags, CoreScripts.ParseError(item[at + 3].GetString()!));
        }

        /// <summary>Core's frame around the two scripts: a transaction that pays to the one, and one that spends it with the other.</summary>
        public ScriptError Verify(ScriptFlags flags, ScriptWorkspace? workspace = null)
        {
            var paid = new TxOut(Amount, ScriptPubKey);
            var credit = new Transaction(1, [new TxIn(OutPoint.Null, new byte[2])], [paid], 0);
            var spend = new Transaction(1, [new TxIn(new OutPoint(credit.Id, 0), ScriptSig, witness: Witness)], [new TxOut(Amount, default)], 0);
            var checker = new SignatureChecker(new PrecomputedTransactionData(spend, [paid]), 0, workspace);
            return ScriptInterpreter.Verify(ScriptSig, ScriptPubKey, flags, checker, Witness, workspace);
        }
    }
}
