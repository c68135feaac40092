using System.Security.Cryptography;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Tests.Scripts;

/// <summary>The key path of taproot, and how a leaf is reached (BIP341).</summary>
public class TaprootTests
{
    private static readonly byte[] TrueScript = [(byte)Opcode.Op1];

    [Theory]
    [InlineData(0x00)]
    [InlineData(0x01)]
    [InlineData(0x02)]
    [InlineData(0x03)]
    [InlineData(0x81)]
    [InlineData(0x82)]
    [InlineData(0x83)]
    public void KeyPath_EachHashType_Succeeds(byte type)
    {
        var spend = new TaprootSpend(TrueScript);
        var signature = spend.SignKeyPath((SignatureHashType)type);
        Assert.Equal(ScriptError.Ok, spend.VerifyKeyPath(signature));
        Assert.Equal(ScriptError.Ok, spend.Verify([signature], ScriptFlags.Standard));
        signature[0] ^= 1;
        Assert.Equal(ScriptError.SchnorrSig, spend.VerifyKeyPath(signature));
    }

    [Theory]
    [InlineData(0x04)]
    [InlineData(0x80)]
    [InlineData(0x84)]
    [InlineData(0x21)]
    [InlineData(0xff)]
    public void KeyPath_UnknownHashType_Fails(byte type)
    {
        var spend = new TaprootSpend(TrueScript);
        Assert.Equal(ScriptError.SchnorrSigHashType, spend.VerifyKeyPath(spend.SignKeyPath((SignatureHashType)type)));
    }

    [Fact]
    public void KeyPath_DefaultHashTypeWrittenOut_Fails()
    {
        var spend = new TaprootSpend(TrueScript);
        Assert.Equal(ScriptError.SchnorrSigHashType, spend.VerifyKeyPath([.. spend.SignKeyPath(), 0]));
        Assert.Equal(ScriptError.SchnorrSig, spend.VerifyKeyPath([.. spend.SignKeyPath(), 1]));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(63)]
    [InlineData(66)]
    public void KeyPath_SignatureOfAnotherLength_Fails(int length) =>
        Assert.Equal(ScriptError.SchnorrSigSize, new TaprootSpend(TrueScript).VerifyKeyPath(new byte[length]));

    [Theory]
    [InlineData(SignatureHashType.Single)]
    [InlineData(SignatureHashType.Single | SignatureHashType.AnyoneCanPay)]
    public void KeyPath_SingleWithoutAnOutputOfItsIndex_Fails(SignatureHashType type)
    {
        var spend = new TaprootSpend(TrueScript, outputs: 1);
        Assert.Equal(ScriptError.SchnorrSigHashType, spend.VerifyKeyPath(spend.SignKeyPath(type)));
    }

    [Fact]
    public void KeyPath_NoWitness_Fails() => Assert.Equal(ScriptError.WitnessProgramWitnessEmpty, new TaprootSpend(TrueScript).VerifyKeyPath());

    [Fact]
    public void Annex_IsCoveredByTheSignature()
    {
        var spend = new TaprootSpend(TrueScript);
        byte[] annex = [Taproot.AnnexTag, 1, 2];
        var hash = new Hash256(SHA256.HashData([(byte)annex.Length, .. annex]));
        Assert.Equal(ScriptError.Ok, spend.VerifyKeyPath(spend.SignKeyPath(annexHash: hash), annex));
        Assert.Equal(ScriptError.SchnorrSig, spend.VerifyKeyPath(spend.SignKeyPath(), annex));
        Assert.Equal(ScriptError.SchnorrSig, spend.VerifyKeyPath(spend.SignKeyPath(annexHash: hash)));
        Assert.Equal(ScriptError.SchnorrSig, spend.VerifyKeyPath(spend.SignKeyPath(annexHash: hash), [.. annex, 3]));
        // A single element is never one, and neither is an empty one.
        Assert.Equal(ScriptError.SchnorrSigSize, spend.VerifyKeyPath(annex));
        Assert.Equal(ScriptError.TaprootWrongControlSize, spend.VerifyKeyPath(spend.SignKeyPath(), []));
        Assert.Equal(ScriptError.Ok, spend.Verify([spend.Script, spend.ControlBlock, annex], ScriptFlags.Mandatory));
    }

    [Fact]
    public void Flags_WithoutTaproot_AnythingUnlocks()
    {
        var spend = new TaprootSpend(TrueScript);
        Assert.Equal(ScriptError.Ok, spend.Verify([], ScriptFlags.Mandatory & ~ScriptFlags.Taproot));
        Assert.Equal(ScriptError.Ok, spend.Verify([[1]], ScriptFlags.Standard & ~ScriptFlags.Taproot));
    }

    [Fact]
    public void InsideP2sh_IsAVersionThatLaterRulesMayDefine()
    {
        var redeem = new TaprootSpend(TrueScript).ScriptPubKey;
        var script = StandardScripts.PayToScriptHash(Hash160.Of(redeem));
        var scriptSig = ScriptEditing.Push(redeem);
        var transaction = new Transaction(2, [new TxIn(OutPoint.Null, scriptSig)], [], 0);
        var checker = new SignatureChecker(new PrecomputedTransactionData(transaction, [new TxOut(0, script)]), 0);
        Assert.Equal(ScriptError.Ok, ScriptInterpreter.Verify(scriptSig, script, ScriptFlags.Mandatory, checker));
        Assert.Equal(ScriptError.DiscourageUpgradableWitnessProgram, ScriptInterpreter.Verify(scriptSig, script, ScriptFlags.Standard, checker));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(Taproot.MaxDepth)]
    public void ScriptPath_AtAnyDepth_IsProvenByItsControlBlock(int depth)
    {
        var spend = new TaprootSpend(TrueScript, depth: depth);
        Assert.Equal(ScriptError.Ok, spend.VerifyLeaf());
        for (var i = 0; i < spend.ControlBlock.Length; i += 16)
        {
            var control = spend.ControlBlock;
            control[i] ^= 1;
            Assert.Equal(ScriptError.WitnessProgramMismatch, spend.Verify([spend.Script, control], ScriptFlags.Mandatory));
        }

        Assert.Equal(ScriptError.WitnessProgramMismatch, spend.Verify([[.. spend.Script, 0x61], spend.ControlBlock], ScriptFlags.Mandatory));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(32)]
    [InlineData(34)]
    [InlineData(33 + 31)]
    [InlineData(33 + (32 * 129))]
    public void ScriptPath_ControlBlockOfAnotherSize_Fails(int size) =>
        Assert.Equal(ScriptError.TaprootWrongControlSize, new TaprootSpend(TrueScript).VerifyKeyPath(TrueScript, new byte[size]));

    [Theory]
    [InlineData(0xc2)]
    [InlineData(0x66)]
    [InlineData(0x00)]
    public void ScriptPath_LeafOfAnotherVersion_UnlocksUnlessDiscouraged(byte version)
    {
        var spend = new TaprootSpend([(byte)Opcode.Return], version);
        Assert.Equal(ScriptError.Ok, spend.VerifyLeaf());
        Assert.Equal(ScriptError.DiscourageUpgradableTaprootVersion, spend.VerifyLeaf(ScriptFlags.Standard));
        Assert.Equal(ScriptError.OpReturn, new TaprootSpend([(byte)Opcode.Return]).VerifyLeaf());
    }
}
