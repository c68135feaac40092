using Chain.Core.Scripts;
using Chain.Tests.Kit;

namespace Chain.Tests.Scripts;

/// <summary>Scripts in the leaves of taproot (BIP342).</summary>
public class TapscriptTests
{
    private static readonly byte[] Empty = [];

    private static string BobsKey => Pushed(Keys.Bob.PublicKey.XOnly);

    [Fact]
    public void CheckSig_OfTheLeaf_Succeeds()
    {
        var spend = Leaf($"{BobsKey} CHECKSIG");
        Assert.Equal(ScriptError.Ok, spend.VerifyLeaf(ScriptFlags.Standard, spend.SignLeaf(Keys.Bob)));
        Assert.Equal(ScriptError.Ok, spend.VerifyLeaf(spend.SignLeaf(Keys.Bob, SignatureHashType.Single | SignatureHashType.AnyoneCanPay)));
        Assert.Equal(ScriptError.SchnorrSig, spend.VerifyLeaf(spend.SignLeaf(Keys.Alice)));
        Assert.Equal(ScriptError.SchnorrSig, spend.VerifyLeaf(Leaf($"{BobsKey} CHECKSIG NOP").SignLeaf(Keys.Bob)));
        Assert.Equal(ScriptError.SchnorrSig, spend.VerifyLeaf(spend.SignKeyPath()));
        Assert.Equal(ScriptError.SchnorrSigSize, spend.VerifyLeaf([1]));
        Assert.Equal(ScriptError.SchnorrSigHashType, spend.VerifyLeaf([.. spend.SignLeaf(Keys.Bob), 0]));
        Assert.Equal(ScriptError.EvalFalse, spend.VerifyLeaf(Empty));
        Assert.Equal(ScriptError.InvalidStackOperation, spend.VerifyLeaf());
    }

    [Fact]
    public void CheckSigVerify_EmptySignature_Fails()
    {
        var spend = Leaf($"{BobsKey} CHECKSIGVERIFY 1");
        Assert.Equal(ScriptError.Ok, spend.VerifyLeaf(spend.SignLeaf(Keys.Bob)));
        Assert.Equal(ScriptError.CheckSigVerify, spend.VerifyLeaf(Empty));
    }

    [Fact]
    public void CheckSigAdd_CountsWhatIsRight()
    {
        var spend = Leaf($"{BobsKey} CHECKSIG {Pushed(Keys.Alice.PublicKey.XOnly)} CHECKSIGADD {Pushed(Keys.Miner.PublicKey.XOnly)} CHECKSIGADD 2 NUMEQUAL");
        var (bob, alice, miner) = (spend.SignLeaf(Keys.Bob), spend.SignLeaf(Keys.Alice), spend.SignLeaf(Keys.Miner));
        Assert.Equal(ScriptError.Ok, spend.VerifyLeaf(ScriptFlags.Standard, Empty, alice, bob));
        Assert.Equal(ScriptError.Ok, spend.VerifyLeaf(miner, Empty, bob));
        Assert.Equal(ScriptError.EvalFalse, spend.VerifyLeaf(miner, alice, bob));
        Assert.Equal(ScriptError.EvalFalse, spend.VerifyLeaf(Empty, Empty, bob));
        Assert.Equal(ScriptError.SchnorrSig, spend.VerifyLeaf(alice, miner, bob));
        Assert.Equal(ScriptError.InvalidStackOperation, Leaf("0 0 CHECKSIGADD").VerifyLeaf());
        Assert.Equal(ScriptError.UnknownError, Leaf("0 0x05 0x0000000001 0 CHECKSIGADD").VerifyLeaf());
    }

    [Theory]
    [InlineData("0 0 0 CHECKMULTISIG")]
    [InlineData("0 0 0 CHECKMULTISIGVERIFY")]
    public void CheckMultiSig_IsNotThere(string script) => Assert.Equal(ScriptError.TapscriptCheckMultiSig, Leaf(script).VerifyLeaf());

    [Fact]
    public void PublicKey_EmptyOrOfAnotherKind()
    {
        Assert.Equal(ScriptError.TapscriptEmptyPubKey, Leaf("0 0 CHECKSIG").VerifyLeaf());
        Assert.Equal(ScriptError.TapscriptEmptyPubKey, Leaf("1 0 CHECKSIG").VerifyLeaf());
        var compressed = $"{Pushed(Keys.Bob.PublicKey.Bytes)} CHECKSIG";
        Assert.Equal(ScriptError.Ok, Leaf($"1 {compressed}").VerifyLeaf());
        Assert.Equal(ScriptError.EvalFalse, Leaf($"0 {compressed}").VerifyLeaf());
        Assert.Equal(ScriptError.DiscourageUpgradablePubKeyType, Leaf($"1 {compressed}").VerifyLeaf(ScriptFlags.Standard));
        Assert.Equal(ScriptError.DiscourageUpgradablePubKeyType, Leaf($"0 {compressed}").VerifyLeaf(ScriptFlags.Standard));
        Assert.Equal(ScriptError.SchnorrSig, Leaf($"{Pushed(new byte[64])} {Pushed(Enumerable.Repeat((byte)0xff, 32).ToArray())} CHECKSIG").VerifyLeaf());
    }

    [Fact]
    public void CodeSeparator_ItsPositionIsSigned()
    {
        var spend = Leaf($"NOP CODESEPARATOR {BobsKey} CHECKSIG");
        Assert.Equal(ScriptError.Ok, spend.VerifyLeaf(ScriptFlags.Standard, spend.SignLeaf(Keys.Bob, codeSeparator: 1)));
        Assert.Equal(ScriptError.SchnorrSig, spend.VerifyLeaf(spend.SignLeaf(Keys.Bob)));

        // Positions count operations, not bytes; one that is not executed does not count.
        spend = Leaf($"'seven' DROP CODESEPARATOR 0 IF CODESEPARATOR ENDIF {BobsKey} CHECKSIG");
        Assert.Equal(ScriptError.Ok, spend.VerifyLeaf(spend.SignLeaf(Keys.Bob, codeSeparator: 2)));
    }

    [Theory]
    [InlineData("IF 1 ELSE 1 ENDIF", "", ScriptError.Ok)]
    [InlineData("IF 1 ELSE 1 ENDIF", "01", ScriptError.Ok)]
    [InlineData("IF 1 ELSE 1 ENDIF", "02", ScriptError.TapscriptMinimalIf)]
    [InlineData("IF 1 ELSE 1 ENDIF", "00", ScriptError.TapscriptMinimalIf)]
    [InlineData("NOTIF 1 ELSE 1 ENDIF", "0100", ScriptError.TapscriptMinimalIf)]
    [InlineData("IF 1 ELSE 1 ENDIF 1", "01", ScriptError.CleanStack)]
    [InlineData("DROP 0", "01", ScriptError.EvalFalse)]
    [InlineData("DROP", "01", ScriptError.CleanStack)]
    [InlineData("VERIF", "01", ScriptError.BadOpcode)]
    [InlineData("NOP1", "01", ScriptError.Ok)]
    public void ConsensusInTapscript_PolicyElsewhere(string script, string element, ScriptError expected) =>
        Assert.Equal(expected, Leaf(script).VerifyLeaf(Hex.Bytes(element)));

    [Fact]
    public void Success_UnlocksWhateverStandsAroundIt()
    {
        var count = 0;
        for (var value = 0; value <= byte.MaxValue; value++)
        {
            if (!((Opcode)value).IsSuccess()) continue;
            count++;
            var spend = new TaprootSpend([(byte)Opcode.Return, (byte)value, 0x4b]);
            Assert.Equal(ScriptError.Ok, spend.VerifyLeaf([.. Enumerable.Repeat(new byte[600], 1_100)]));
            Assert.Equal(ScriptError.DiscourageOpSuccess, spend.VerifyLeaf(ScriptFlags.Standard));
            Assert.Equal(ScriptError.BadOpcode, new TaprootSpend([0x02, (byte)value]).VerifyLeaf());
        }

        // BIP342 lists them.
        Assert.Equal(87, count);
        Assert.Equal(ScriptError.BadOpcode, Leaf("0x4c").VerifyLeaf());
        Assert.Equal(ScriptError.BadOpcode, Leaf("1 0xff").VerifyLeaf());
    }

    [Fact]
    public void Limits_OfScriptAndOperationsAreGoneThoseOfTheStackAreNot()
    {
        byte[] longScript = [.. Enumerable.Repeat((byte)Opcode.Nop, ScriptInterpreter.MaxScriptSize + 1), (byte)Opcode.Op1];
        Assert.Equal(ScriptError.Ok, new TaprootSpend(longScript).VerifyLeaf());

        var one = new TaprootSpend([(byte)Opcode.Depth, (byte)Opcode.Nip]);
        Assert.Equal(ScriptError.StackSize, one.VerifyLeaf([.. Enumerable.Repeat(Empty, ScriptInterpreter.MaxStackSize + 1)]));
        Assert.Equal(ScriptError.StackSize, one.VerifyLeaf([.. Enumerable.Repeat(Empty, ScriptInterpreter.MaxStackSize)]));
        Assert.Equal(ScriptError.CleanStack, one.VerifyLeaf([.. Enumerable.Repeat(Empty, ScriptInterpreter.MaxStackSize - 1)]));
        Assert.Equal(ScriptError.PushSize, one.VerifyLeaf(new byte[ScriptInterpreter.MaxElementSize + 1]));
        Assert.Equal(ScriptError.PushSize, new TaprootSpend([.. ScriptEditing.Push(new byte[ScriptInterpreter.MaxElementSize + 1]), (byte)Opcode.Op1]).VerifyLeaf());
    }

    [Fact]
    public void ValidationWeight_EachSignatureTakes50OfTheWitness()
    {
        // A key of an unknown kind takes any signature, which still costs. The witness: count, script, control block.
        const int Signatures = 10;
        var perSignature = "1 SWAP 2DUP CHECKSIGVERIFY NIP ";
        for (var slack = 0; slack <= ScriptInterpreter.MaxElementSize; slack++)
        {
            byte[] padding = new byte[slack];
            var script = ScriptAssembler.Assemble(string.Concat(Enumerable.Repeat(perSignature, Signatures)) + "DROP DROP 1");
            var spend = new TaprootSpend(script);
            var compressed = Keys.Bob.PublicKey.Bytes.ToArray();
            var weight = 1 + Sized(padding.Length) + Sized(compressed.Length) + Sized(script.Length) + Sized(spend.ControlBlock.Length);
            var expected = weight + 50 < Signatures * 50 ? ScriptError.TapscriptValidationWeight : ScriptError.Ok;
            Assert.Equal(expected, spend.VerifyLeaf(padding, compressed));
        }
    }

    [Fact]
    public void ValidationWeight_EmptySignaturesAreFree()
    {
        var spend = Leaf(string.Concat(Enumerable.Repeat($"0 {BobsKey} CHECKSIG DROP ", 100)) + "1");
        Assert.Equal(ScriptError.Ok, spend.VerifyLeaf());
    }

    private static int Sized(int length) => (length < 0xfd ? 1 : 3) + length;

    private static TaprootSpend Leaf(string script) => new(ScriptAssembler.Assemble(script));

    private static string Pushed(ReadOnlySpan<byte> element) => $"0x{Hex.Of(ScriptEditing.Push(element))}";
}
