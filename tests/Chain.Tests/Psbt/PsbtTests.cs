using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Psbt;
using Chain.Core.Scripts;
using Chain.Core.Signing;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Psbt;

/// <summary>Partially signed transactions: what BIP174 publishes reads as it says, and the roles work together.</summary>
public class PsbtTests(ITestOutputHelper output)
{
    private const byte TestWifVersion = 239;

    public static TheoryData<string> Valid => [.. PsbtVectors.Valid, PsbtVectors.FirstSigner, PsbtVectors.SecondSigner, PsbtVectors.Created];

    public static TheoryData<string, string> Invalid
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (text, error) in PsbtVectors.Invalid) data.Add(text, error);
            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Valid))]
    public void TryParse_PublishedValid_WritesTheSame(string text) => Assert.Equal(text, Parse(text).ToString());

    [Theory]
    [MemberData(nameof(Invalid))]
    public void TryParse_PublishedInvalid_Refused(string text, string error)
    {
        Assert.False(PartiallySignedTransaction.TryParse(text, out _, out var reason));
        Assert.Contains(error, reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(";definitely not base64;")]
    [InlineData("cHNidP8= ")]
    [InlineData("cHNid")]
    public void TryParse_NoBase64_Refused(string text)
    {
        Assert.False(PartiallySignedTransaction.TryParse(text, out _, out var error));
        Assert.Equal("invalid base64", error);
    }

    [Fact]
    public void TryDecode_DamagedVectors_NeverThrows() => Property.Check(output, 2_000, g =>
    {
        var bytes = g.Mutate(Convert.FromBase64String(g.OneOf([.. PsbtVectors.Valid, PsbtVectors.FirstSigner])));
        if (!PartiallySignedTransaction.TryDecode(bytes, out var psbt, out _)) return;
        var again = psbt.ToByteArray();
        Assert.True(PartiallySignedTransaction.TryDecode(again, out var second, out var error), error);
        Assert.Equal(again, second.ToByteArray());
    });

    /// <summary>The published parts of two signers become one transaction whose scripts all succeed.</summary>
    [Fact]
    public void MergeAndFinish_PublishedParts_UnlockEveryInput()
    {
        var psbt = Parse(PsbtVectors.FirstSigner);
        Assert.False(PsbtSigner.Finish(Parse(PsbtVectors.FirstSigner)));
        Assert.True(psbt.TryMerge(Parse(PsbtVectors.SecondSigner)));
        var data = PsbtSigner.Precompute(psbt)!;
        Assert.True(PsbtSigner.Finish(psbt));
        Assert.Equal(psbt.ToString(), Parse(psbt.ToString()).ToString());
        Assert.All(psbt.Inputs, input => Assert.True(input.IsFinal && !input.Has(PsbtInput.PartialSignatureType)));
        var transaction = psbt.Extract();
        for (var i = 0; i < transaction.Inputs.Length; i++)
        {
            var input = transaction.Inputs[i];
            Assert.Equal(ScriptError.Ok, ScriptInterpreter.Verify(input.ScriptSig, data.SpentOutputs[i].ScriptPubKey, ScriptFlags.Standard,
                new SignatureChecker(new PrecomputedTransactionData(transaction, data.SpentOutputs), i), input.Witness));
        }
    }

    /// <summary>Signatures are the published ones to the byte: the nonces are RFC 6979's, with R of 32 bytes.</summary>
    [Fact]
    public void SignInput_PublishedKeys_PublishedSignatures()
    {
        var signed = Parse(PsbtVectors.FirstSigner);
        var keys = new SigningKeys();
        foreach (var key in PsbtVectors.SecondSignersKeys) keys.Add(PrivateKey.TryParseWif(key, TestWifVersion)!);
        for (var i = 0; i < signed.Inputs.Length; i++) _ = PsbtSigner.SignInput(signed, i, keys, finish: false);
        var expected = Parse(PsbtVectors.SecondSigner);
        Assert.True(expected.TryMerge(Parse(PsbtVectors.FirstSigner)));
        for (var i = 0; i < signed.Inputs.Length; i++)
        {
            Assert.Equal(expected.Inputs[i].PartialSignatures.Select(signature => (Hex.Of(signature.PublicKey.Span), Hex.Of(signature.Signature.Span))),
                signed.Inputs[i].PartialSignatures.Select(signature => (Hex.Of(signature.PublicKey.Span), Hex.Of(signature.Signature.Span))));
        }
    }

    [Fact]
    public void TryMerge_OtherTransaction_False() => Assert.False(Parse(PsbtVectors.Created).TryMerge(Parse(PsbtVectors.Valid[0])));

    [Theory]
    [InlineData("wpkh")]
    [InlineData("pkh")]
    [InlineData("tr")]
    [InlineData("sh(wpkh)")]
    public void SignInput_OneKey_Final(string form)
    {
        var key = Keys.Alice;
        var witness = StandardScripts.PayToWitnessPublicKeyHash(key.PublicKey.Hash);
        var source = new SigningKeys();
        source.Add(key);
        source.AddScript(witness);
        var script = form switch
        {
            "wpkh" => witness,
            "pkh" => Keys.ScriptOf(key),
            "tr" => StandardScripts.PayToTaproot(Taproot.FindOutputKey(key.PublicKey.XOnly, null, out _)!),
            _ => StandardScripts.PayToScriptHash(Hash160.Of(witness)),
        };
        var funding = new Transaction(2, [new TxIn(new OutPoint(new TxId(Sha256d.Hash([1])), 0), default)], [new TxOut(5000, script)], 0);
        var psbt = new PartiallySignedTransaction(new Transaction(2, [new TxIn(new OutPoint(funding.Id, 0), default)], [Keys.PayTo(Keys.Bob, 4000)], 0));
        Assert.False(PsbtSigner.SignInput(psbt, 0, source));
        psbt.Inputs[0].NonWitnessUtxo = funding;
        var before = psbt.ToString();
        Assert.False(PsbtSigner.SignInput(psbt, 0, new HidingSource(source, hidesKeys: true, hidesOrigins: true)));
        psbt = Parse(before);
        Assert.True(PsbtSigner.SignInput(psbt, 0, source));
        Assert.True(psbt.Inputs[0].IsFinal);
        Assert.Equal(psbt.ToString(), Parse(psbt.ToString()).ToString());

        // Without its whole transaction, an output that no witness unlocks is not signed.
        psbt = new PartiallySignedTransaction(psbt.Transaction);
        psbt.Inputs[0].WitnessUtxo = funding.Outputs[0];
        Assert.Equal(form != "pkh", PsbtSigner.SignInput(psbt, 0, source));
    }

    private static PartiallySignedTransaction Parse(string text) =>
        PartiallySignedTransaction.TryParse(text, out var psbt, out var error) ? psbt : throw new FormatException(error);
}
