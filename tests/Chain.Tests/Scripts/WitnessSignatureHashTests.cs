using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Tests.Kit;

namespace Chain.Tests.Scripts;

/// <summary>Signatures in witness version 0 (BIP143).</summary>
public class WitnessSignatureHashTests
{
    // BIP143's first example: a P2PK and a P2WPKH input.
    private static readonly TxOut PublicKeyOutput = new(625_000_000, Hex.Bytes("2103c9f4836b9a4f77fc0d81f7bcb01b7f1b35916864b9476c241ce9fc198bd25432ac"));
    private static readonly TxOut WitnessOutput = new(600_000_000, Hex.Bytes("00141d0f172a0ecb48aee1be1f2687d2963ae33f71a1"));

    [Fact]
    public void Compute_Bip143sExample_GivesItsHash()
    {
        var data = new PrecomputedTransactionData(Bitcoin.DecodeTransaction(Bitcoin.WitnessTransactionHex), [PublicKeyOutput, WitnessOutput]);
        var scriptCode = StandardScripts.PayToPublicKeyHash(new Hash160(WitnessOutput.ScriptPubKey.Span[2..]));
        var hash = WitnessSignatureHash.Compute(data, 1, scriptCode, SignatureHashType.All);
        Assert.Equal("c37af31116d1b27caf68aae9e3ac82f1477929014d5b917657d0eb49478cb670", Hex.Of(hash.ToByteArray()));
    }

    [Fact]
    public void Verify_Bip143sExample_SucceedsForItsAmountOnly()
    {
        Assert.Equal(ScriptError.Ok, Verify(WitnessOutput));
        Assert.Equal(ScriptError.EvalFalse, Verify(new TxOut(WitnessOutput.Value + 1, WitnessOutput.ScriptPubKey), ScriptFlags.Mandatory));
        Assert.Equal(ScriptError.SigNullFail, Verify(new TxOut(WitnessOutput.Value + 1, WitnessOutput.ScriptPubKey)));
    }

    [Theory]
    [InlineData(SignatureHashType.All, "")]
    [InlineData(SignatureHashType.NoOutputs, "first-output last-output sequence")]
    [InlineData(SignatureHashType.Single, "last-output sequence")]
    [InlineData(SignatureHashType.All | SignatureHashType.AnyoneCanPay, "sequence input")]
    [InlineData(SignatureHashType.NoOutputs | SignatureHashType.AnyoneCanPay, "first-output last-output sequence input")]
    public void Compute_EachType_LeavesOpenWhatItSays(SignatureHashType type, string open)
    {
        var before = Hash(Sample(), type);
        var parts = open.Split(' ');
        Assert.Equal(parts.Contains("first-output"), before == Hash(Sample(firstOutput: 9), type));
        Assert.Equal(parts.Contains("last-output"), before == Hash(Sample(lastOutput: 9), type));
        Assert.Equal(parts.Contains("sequence"), before == Hash(Sample(otherSequence: 9), type));
        Assert.Equal(parts.Contains("input"), before == Hash(Sample(otherInput: 9), type));
    }

    [Fact]
    public void Compute_SingleWithoutAnOutputOfItsIndex_CoversNone()
    {
        var transaction = Sample().Transaction;
        var data = new PrecomputedTransactionData(new Transaction(2, transaction.Inputs, [], 0), [PublicKeyOutput, WitnessOutput]);
        Assert.NotEqual(Hash(data, SignatureHashType.Single), Hash(data, SignatureHashType.NoOutputs));
        Assert.False(Hash(data, SignatureHashType.Single).IsZero);
    }

    [Fact]
    public void PrecomputedTransactionData_WithoutEveryOutputSpent_IsRefused()
    {
        var transaction = Bitcoin.DecodeTransaction(Bitcoin.WitnessTransactionHex);
        Assert.Throws<ArgumentException>(() => new PrecomputedTransactionData(transaction, [WitnessOutput]));
    }

    [Fact]
    public void PrecomputedTransactionData_FromManyThreads_GivesOneAnswer()
    {
        var transaction = Bitcoin.DecodeTransaction(Bitcoin.WitnessTransactionHex);
        var expected = Hash(new PrecomputedTransactionData(transaction, [PublicKeyOutput, WitnessOutput]), SignatureHashType.All);
        for (var round = 0; round < 100; round++)
        {
            var shared = new PrecomputedTransactionData(transaction, [PublicKeyOutput, WitnessOutput]);
            Parallel.For(0, 8, _ => Assert.Equal(expected, Hash(shared, SignatureHashType.All)));
        }
    }

    private static ScriptError Verify(TxOut witnessOutput, ScriptFlags flags = ScriptFlags.Standard)
    {
        var data = new PrecomputedTransactionData(Bitcoin.DecodeTransaction(Bitcoin.WitnessTransactionHex), [PublicKeyOutput, witnessOutput]);
        for (var i = 0; i < 2; i++)
        {
            var input = data.Transaction.Inputs[i];
            var error = ScriptInterpreter.Verify(input.ScriptSig, data.SpentOutputs[i].ScriptPubKey, flags, new SignatureChecker(data, i), input.Witness);
            if (error != ScriptError.Ok) return error;
        }

        return ScriptError.Ok;
    }

    private static Hash256 Hash(PrecomputedTransactionData data, SignatureHashType type) => WitnessSignatureHash.Compute(data, 0, Keys.ScriptOf(Keys.Alice), type);

    private static PrecomputedTransactionData Sample(byte firstOutput = 1, byte lastOutput = 2, uint otherSequence = 3, byte otherInput = 4)
    {
        var own = new TxIn(new OutPoint(new TxId(Sha256d.Hash([1])), 0), default, 1);
        var other = new TxIn(new OutPoint(new TxId(Sha256d.Hash([otherInput])), 0), default, otherSequence);
        var transaction = new Transaction(2, [own, other], [Keys.PayTo(Keys.Bob, firstOutput), Keys.PayTo(Keys.Bob, lastOutput)], 0);
        return new PrecomputedTransactionData(transaction, [PublicKeyOutput, WitnessOutput]);
    }
}
