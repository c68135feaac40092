using System.Text.Json;
using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Scripts;

/// <summary>
/// Bitcoin Core's transactions with the outputs that they spend and the flags under which they are valid, or are not.
/// </summary>
public class CoreTransactionTests
{
    private readonly ITestOutputHelper _output;

    public CoreTransactionTests(ITestOutputHelper output) => _output = output;

    [VectorFact("tx_valid.json")]
    public void Verify_CoresValidTransactions_AreValid()
    {
        var run = 0;
        foreach (var (name, transaction, spent, flags) in ReadCases("tx_valid.json"))
        {
            run++;
            Assert.NotNull(transaction);
            Assert.True(TransactionRules.Check(transaction, Profiles.Regtest) is null, name);
            Assert.True(Verify(transaction, spent, flags) == ScriptError.Ok, $"{name} gives {Verify(transaction, spent, flags)}");
            // A flag only forbids, so that none at all forbids least.
            Assert.Equal(ScriptError.Ok, Verify(transaction, spent, ScriptFlags.None));
        }

        _output.WriteLine($"{run} transactions");
        Assert.Equal(120, run);
    }

    [VectorFact("tx_invalid.json")]
    public void Verify_CoresInvalidTransactions_AreNot()
    {
        var run = 0;
        foreach (var (name, transaction, spent, flags) in ReadCases("tx_invalid.json"))
        {
            run++;
            if (transaction is null || TransactionRules.Check(transaction, Profiles.Regtest) is not null) continue;
            Assert.True(Verify(transaction, spent, flags) != ScriptError.Ok, name);
            Assert.NotEqual(ScriptError.Ok, Verify(transaction, spent, flags | ScriptFlags.Standard));
        }

        _output.WriteLine($"{run} transactions");
        Assert.Equal(92, run);
    }

    private static ScriptError Verify(Transaction transaction, Dictionary<OutPoint, TxOut> spent, ScriptFlags flags)
    {
        var data = new PrecomputedTransactionData(transaction, [.. transaction.Inputs.Select(input => spent[input.PreviousOutput])]);
        for (var i = 0; i < transaction.Inputs.Length; i++)
        {
            var input = transaction.Inputs[i];
            var error = ScriptInterpreter.Verify(input.ScriptSig, data.SpentOutputs[i].ScriptPubKey, flags, new SignatureChecker(data, i), input.Witness);
            if (error != ScriptError.Ok) return error;
        }

        return ScriptError.Ok;
    }

    private static IEnumerable<(string Name, Transaction? Transaction, Dictionary<OutPoint, TxOut> Spent, ScriptFlags Flags)> ReadCases(string file)
    {
        foreach (var item in Vectors.ReadJson(file).EnumerateArray())
        {
            if (item[0].ValueKind != JsonValueKind.Array) continue;
            var spent = new Dictionary<OutPoint, TxOut>();
            foreach (var output in item[0].EnumerateArray())
            {
                var outPoint = new OutPoint(new TxId(Hash256.Parse(output[0].GetString()!)), unchecked((uint)output[1].GetInt64()));
                var value = output.GetArrayLength() > 3 ? output[3].GetInt64() : 0;
                spent[outPoint] = new TxOut(value, ScriptAssembler.Assemble(output[2].GetString()!));
            }

            yield return (item.ToString(), Transaction.TryDecode(Hex.Bytes(item[1].GetString()!)), spent, CoreScripts.ParseFlags(item[2].GetString()!));
        }
    }
}
