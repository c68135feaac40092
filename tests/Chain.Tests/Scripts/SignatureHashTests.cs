using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Scripts;

public class SignatureHashTests
{
    private readonly ITestOutputHelper _output;

    public SignatureHashTests(ITestOutputHelper output) => _output = output;

    [VectorFact("sighash.json")]
    public void Legacy_EveryCaseOfCore_GivesItsHash()
    {
        var cases = Vectors.ReadJson("sighash.json").EnumerateArray().Where(c => c.GetArrayLength() == 5).ToArray();
        foreach (var item in cases)
        {
            var transaction = Bitcoin.DecodeTransaction(item[0].GetString()!);
            var type = (SignatureHashType)unchecked((uint)item[3].GetInt32());
            var hash = SignatureHash.Legacy(transaction, item[2].GetInt32(), Hex.Bytes(item[1].GetString()!), type);
            Assert.Equal(item[4].GetString(), hash.ToString());
        }

        Assert.Equal(500, cases.Length);
        _output.WriteLine($"{cases.Length} cases");
    }

    // Which changes of a transaction leave a signature of its input 1 valid: A(ll), N(one), S(ingle), + for ANYONECANPAY.
    [Theory]
    [InlineData("version", "")]
    [InlineData("lock time", "")]
    [InlineData("own outpoint", "")]
    [InlineData("own sequence", "")]
    [InlineData("own output", "N N+")]
    [InlineData("output before", "N N+ S S+")]
    [InlineData("output behind", "N N+ S S+")]
    [InlineData("output added", "N N+ S S+")]
    [InlineData("other sequence", "N N+ S S+ A+")]
    [InlineData("other outpoint", "N+ S+ A+")]
    [InlineData("input added behind", "N+ S+ A+")]
    [InlineData("own script", "A A+ N N+ S S+")]
    [InlineData("other script", "A A+ N N+ S S+")]
    public void Legacy_EachType_CoversWhatItSays(string change, string valid)
    {
        var before = Sample;
        var after = Change(before, change);
        foreach (var (name, type) in Types)
        {
            var hash = SignatureHash.Legacy(before, 1, Keys.ScriptOf(Keys.Alice), type);
            var isSame = hash == SignatureHash.Legacy(after, 1, Keys.ScriptOf(Keys.Alice), type);
            Assert.True(valid.Split(' ').Contains(name) == isSame, $"{change}: {name} is {(isSame ? "the same" : "another")}");
        }
    }

    [Fact]
    public void Legacy_SingleWithoutAnOutputOfItsIndex_IsTheNumberOne()
    {
        var transaction = new Transaction(1, [.. Sample.Inputs], [.. Sample.Outputs.Take(1)], 0);
        foreach (var type in new[] { SignatureHashType.Single, SignatureHashType.Single | SignatureHashType.AnyoneCanPay })
        {
            Assert.Equal(new string('0', 63) + "1", SignatureHash.Legacy(transaction, 1, Keys.ScriptOf(Keys.Alice), type).ToString());
            Assert.NotEqual(new string('0', 63) + "1", SignatureHash.Legacy(transaction, 0, Keys.ScriptOf(Keys.Alice), type).ToString());
        }
    }

    [Fact]
    public void Verify_SignatureOfTheNumberOne_UnlocksAnyInputWithoutItsOutput()
    {
        var one = new byte[Hash256.Size];
        one[0] = 1;
        byte[] signature = [.. Keys.Alice.Sign(new Hash256(one)), (byte)SignatureHashType.Single];
        var scriptSig = StandardScripts.UnlockPublicKeyHash(signature, Keys.Alice.PublicKey);
        var transaction = new Transaction(1, [Sample.Inputs[0], Sample.Inputs[1].WithScriptSig(scriptSig)], [Sample.Outputs[0]], 0);
        Assert.Equal(ScriptError.Ok, ScriptInterpreter.Verify(
            scriptSig, Keys.ScriptOf(Keys.Alice), ScriptFlags.Standard, new SignatureChecker(new PrecomputedTransactionData(transaction, [default, default]), 1)));
    }

    [Fact]
    public void Legacy_WitnessOfOtherInputs_IsNotCovered()
    {
        var plain = Sample;
        var witness = Keys.With(plain, plain.Inputs.SetItem(0, plain.Inputs[0].WithWitness([new byte[] { 1, 2 }])));
        Assert.Equal(SignatureHash.Legacy(plain, 1, default, SignatureHashType.All), SignatureHash.Legacy(witness, 1, default, SignatureHashType.All));
    }

    [Fact]
    public void Legacy_CodeSeparators_AreLeftOutOfTheScriptButNotOutOfPushes()
    {
        Assert.Equal(HashUnder("76ac"), HashUnder("ab76abac"));
        Assert.Equal(HashUnder("76ac"), HashUnder("76acab"));
        Assert.NotEqual(HashUnder("02abac"), HashUnder("01ac"));
        Assert.NotEqual(HashUnder("02ab00"), HashUnder("0200"));
    }

    private static Hash256 HashUnder(string script) => SignatureHash.Legacy(Sample, 0, Hex.Bytes(script), SignatureHashType.All);

    private static (string Name, SignatureHashType Type)[] Types =>
    [
        ("A", SignatureHashType.All), ("A+", SignatureHashType.All | SignatureHashType.AnyoneCanPay),
        ("N", SignatureHashType.NoOutputs), ("N+", SignatureHashType.NoOutputs | SignatureHashType.AnyoneCanPay),
        ("S", SignatureHashType.Single), ("S+", SignatureHashType.Single | SignatureHashType.AnyoneCanPay),
    ];

    private static Transaction Sample => new(1, [Input(1), Input(2), Input(3)], [Output(1), Output(2), Output(3)], lockTime: 5);

    private static TxIn Input(byte number, uint sequence = 9) => new(new OutPoint(new TxId(Sha256d.Hash([number])), number), new byte[] { number }, sequence);

    private static TxOut Output(byte number) => new(number, new byte[] { number });

    private static Transaction Change(Transaction t, string change) => change switch
    {
        "version" => new(2, t.Inputs, t.Outputs, t.LockTime),
        "lock time" => new(t.Version, t.Inputs, t.Outputs, t.LockTime + 1),
        "own outpoint" => Keys.With(t, t.Inputs.SetItem(1, new TxIn(Input(7).PreviousOutput, t.Inputs[1].ScriptSig, t.Inputs[1].Sequence))),
        "own sequence" => Keys.With(t, t.Inputs.SetItem(1, Input(2, sequence: 10))),
        "own script" => Keys.With(t, t.Inputs.SetItem(1, t.Inputs[1].WithScriptSig(new byte[] { 7 }))),
        "own output" => WithOutputs(t, t.Outputs.SetItem(1, Output(7))),
        "output before" => WithOutputs(t, t.Outputs.SetItem(0, Output(7))),
        "output behind" => WithOutputs(t, t.Outputs.SetItem(2, Output(7))),
        "output added" => WithOutputs(t, t.Outputs.Add(Output(7))),
        "other sequence" => Keys.With(t, t.Inputs.SetItem(0, Input(1, sequence: 10))),
        "other outpoint" => Keys.With(t, t.Inputs.SetItem(0, Input(7))),
        "other script" => Keys.With(t, t.Inputs.SetItem(0, t.Inputs[0].WithScriptSig(new byte[] { 7 }))),
        _ => Keys.With(t, t.Inputs.Add(Input(7))),
    };

    private static Transaction WithOutputs(Transaction t, System.Collections.Immutable.ImmutableArray<TxOut> outputs) => new(t.Version, t.Inputs, outputs, t.LockTime);
}
