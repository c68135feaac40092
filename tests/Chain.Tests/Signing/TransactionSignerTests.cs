using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Core.Signing;
using Chain.Tests.Kit;

namespace Chain.Tests.Signing;

/// <summary>Whoever has the keys and scripts of outputs unlocks them; what is missing is named.</summary>
public class TransactionSignerTests
{
    private const long Value = 100_000;

    private static readonly byte[] TwoOfThree = MultiSig.Script(2, [Keys.Alice.PublicKey, Keys.Bob.PublicKey, Keys.Miner.PublicKey]);

    public static TheoryData<string> Forms => [.. Scripts.Keys];

    private static Dictionary<string, (byte[] ScriptPubKey, byte[][] Scripts)> Scripts
    {
        get
        {
            var key = Keys.Alice.PublicKey;
            byte[] publicKey = StandardScripts.PayToPublicKey(key), keyHash = StandardScripts.PayToPublicKeyHash(key.Hash);
            byte[] witnessKey = StandardScripts.PayToWitnessPublicKeyHash(key.Hash), witnessMulti = StandardScripts.PayToWitnessScriptHash(TwoOfThree);
            return new()
            {
                ["pubkey"] = (publicKey, []),
                ["pubkeyhash"] = (keyHash, []),
                ["multisig"] = (TwoOfThree, []),
                ["sh(pkh)"] = (Sh(keyHash), [keyHash]),
                ["sh(multi)"] = (Sh(TwoOfThree), [TwoOfThree]),
                ["wpkh"] = (witnessKey, []),
                ["wsh(multi)"] = (witnessMulti, [TwoOfThree]),
                ["wsh(pk)"] = (StandardScripts.PayToWitnessScriptHash(publicKey), [publicKey]),
                ["wsh(pkh)"] = (StandardScripts.PayToWitnessScriptHash(keyHash), [keyHash]),
                ["sh(wpkh)"] = (Sh(witnessKey), [witnessKey]),
                ["sh(wsh(multi))"] = (Sh(witnessMulti), [witnessMulti, TwoOfThree]),
                ["tr"] = (StandardScripts.PayToTaproot(Taproot.FindOutputKey(key.XOnly, null, out _)!), []),
                ["rawtr"] = (StandardScripts.PayToTaproot(key.XOnly), []),
            };
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Sign_WithKeysAndScripts_UnlocksEveryForm(string form)
    {
        foreach (var type in (SignatureHashType[])[SignatureHashType.None, SignatureHashType.All, SignatureHashType.Single | SignatureHashType.AnyoneCanPay])
        {
            var (script, shown) = Scripts[form];
            var result = TransactionSigner.Sign(Spend(script, out _), _ => new TxOut(Value, script), Source(shown, Keys.Alice, Keys.Bob), type);
            Assert.Empty(result.Errors);
            Assert.Equal(ScriptError.Ok, Verify(result.Transaction, script));
        }
    }

    [Theory]
    [MemberData(nameof(Forms))]
    public void Sign_WithoutKeys_NamesTheInput(string form)
    {
        var (script, shown) = Scripts[form];
        var transaction = Spend(script, out _);
        var result = TransactionSigner.Sign(transaction, _ => new TxOut(Value, script), Source(shown));
        Assert.False(result.IsComplete);
        Assert.NotEqual("", Assert.Single(result.Errors).Value);
        Assert.NotEqual(ScriptError.Ok, Verify(result.Transaction, script));
    }

    [Theory]
    [InlineData("multisig")]
    [InlineData("sh(multi)")]
    [InlineData("wsh(multi)")]
    [InlineData("sh(wsh(multi))")]
    public void Sign_OneAfterTheOther_AddsSignatures(string form)
    {
        var (script, shown) = Scripts[form];
        TxOut? Find(OutPoint outPoint) => new TxOut(Value, script);
        var first = TransactionSigner.Sign(Spend(script, out _), Find, Source(shown, Keys.Miner));
        Assert.False(first.IsComplete);
        var second = TransactionSigner.Sign(first.Transaction, Find, Source(shown, Keys.Alice));
        Assert.True(second.IsComplete);
        Assert.Equal(ScriptError.Ok, Verify(second.Transaction, script));
    }

    [Theory]
    [InlineData("multisig")]
    [InlineData("sh(multi)")]
    [InlineData("wsh(multi)")]
    [InlineData("sh(wsh(multi))")]
    public void Combine_TwoParts_IsWhole(string form)
    {
        var (script, shown) = Scripts[form];
        TxOut? Find(OutPoint outPoint) => new TxOut(Value, script);
        var unsigned = Spend(script, out _);
        var parts = new[] { Keys.Bob, Keys.Alice }.Select(key => TransactionSigner.Sign(unsigned, Find, Source(shown, key)).Transaction).ToList();
        Assert.All(parts, part => Assert.NotEqual(ScriptError.Ok, Verify(part, script)));
        Assert.Equal(ScriptError.Ok, Verify(TransactionSigner.Combine(parts, Find)!, script));
        Assert.Equal(Hex.Of(parts[0].Raw.Span), Hex.Of(TransactionSigner.Combine([parts[0], parts[0]], Find)!.Raw.Span));
        Assert.Null(TransactionSigner.Combine(parts, _ => null));
    }

    [Fact]
    public void Sign_UnknownOutput_InputNotFound()
    {
        var transaction = Spend([(byte)Opcode.Op1], out _);
        var result = TransactionSigner.Sign(transaction, _ => null, Source([], Keys.Alice));
        Assert.Equal(TransactionSigner.InputNotFound, result.Errors[0]);
        Assert.Equal(transaction.Id, result.Transaction.Id);
    }

    [Fact]
    public void Sign_WitnessWithoutAmount_MissingAmount()
    {
        var script = Scripts["wpkh"].ScriptPubKey;
        var result = TransactionSigner.Sign(Spend(script, out _), _ => new TxOut(TransactionSigner.UnknownAmount, script), Source([], Keys.Alice));
        Assert.Equal(TransactionSigner.MissingAmount, result.Errors[0]);
    }

    [Fact]
    public void Sign_UncompressedKeyInWitness_Refused()
    {
        var key = Keys.Of(7, compressed: false);
        var script = StandardScripts.PayToWitnessPublicKeyHash(key.PublicKey.Hash);
        Assert.False(TransactionSigner.Sign(Spend(script, out _), _ => new TxOut(Value, script), Source([], key)).IsComplete);
    }

    /// <summary>SINGLE without an output of its index would sign the number one, which every transaction could then be spent with.</summary>
    [Fact]
    public void Sign_SingleWithoutOutput_LeavesTheInput()
    {
        var script = Scripts["pubkeyhash"].ScriptPubKey;
        var one = Spend(script, out var outPoint);
        var two = new Transaction(2, [.. one.Inputs, new TxIn(outPoint with { Index = 1 }, default)], one.Outputs, 0);
        var result = TransactionSigner.Sign(two, _ => new TxOut(Value, script), Source([], Keys.Alice), SignatureHashType.Single);
        Assert.Equal(1, Assert.Single(result.Errors).Key);
        Assert.True(result.Transaction.Inputs[1].ScriptSig.IsEmpty);
    }

    [Fact]
    public void SignLowR_ManyHashes_NeverNeedsAByteMore()
    {
        for (var i = 0; i < 64; i++)
        {
            var hash = Sha256d.Hash([(byte)i]);
            var signature = Keys.Alice.SignLowR(hash);
            Assert.True(signature.Length <= 70);
            Assert.True(Keys.Alice.PublicKey.Verify(signature, hash));
        }
    }

    /// <summary>Sizes are reckoned with signatures that are none: they are as long as real ones at most.</summary>
    [Theory]
    [MemberData(nameof(Forms))]
    public void Placeholders_OfEveryForm_AreAsLongAsSignatures(string form)
    {
        var (script, shown) = Scripts[form];
        var unsigned = Spend(script, out _);
        var source = Source(shown, Keys.Alice, Keys.Bob);
        var data = new SignatureData();
        Assert.True(InputSigner.Produce(source, new PlaceholderCreator(new PrecomputedTransactionData(unsigned, [new TxOut(Value, script)]), 0), script, data));
        var signed = TransactionSigner.Sign(unsigned, _ => new TxOut(Value, script), source).Transaction;
        var dummy = Keys.With(unsigned, [unsigned.Inputs[0].WithScriptSig(data.ScriptSig).WithWitness(data.Witness)]);
        Assert.InRange(dummy.Size - signed.Size, 0, 4);
    }

    private static byte[] Sh(byte[] script) => StandardScripts.PayToScriptHash(Hash160.Of(script));

    private static Transaction Spend(byte[] script, out OutPoint outPoint)
    {
        outPoint = new OutPoint(new TxId(Sha256d.Hash(script)), 0);
        return new Transaction(2, [new TxIn(outPoint, default)], [Keys.PayTo(Keys.Bob, Value - 1000)], 0);
    }

    private static SigningKeys Source(byte[][] scripts, params PrivateKey[] keys)
    {
        var source = new SigningKeys();
        foreach (var script in scripts) source.AddScript(script);
        foreach (var key in keys) source.Add(key);
        return source;
    }

    private static ScriptError Verify(Transaction transaction, byte[] script)
    {
        var data = new PrecomputedTransactionData(transaction, [new TxOut(Value, script)]);
        var input = transaction.Inputs[0];
        return ScriptInterpreter.Verify(input.ScriptSig, script, ScriptFlags.Standard, new SignatureChecker(data, 0), input.Witness);
    }
}
