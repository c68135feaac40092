using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Tests.Kit;

namespace Chain.Tests.Scripts;

public class ScriptInterpreterTests
{
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Verify_PayToPublicKeyHash_WithItsKeyAndSignature_Succeeds(bool compressed)
    {
        var key = Keys.Of(7, compressed);
        Assert.Equal(ScriptError.Ok, Verify(Keys.Spend(SomeCoin, key, Keys.PayTo(Keys.Bob, 1)), Keys.ScriptOf(key), ScriptFlags.Standard));
    }

    [Fact]
    public void Verify_PayToPublicKeyHash_WithAnotherKey_FailsAtTheHash()
    {
        var spend = Keys.Spend(SomeCoin, Keys.Bob, Keys.PayTo(Keys.Bob, 1));
        Assert.Equal(ScriptError.EqualVerify, Verify(spend, Keys.ScriptOf(Keys.Alice)));
    }

    [Fact]
    public void Verify_PayToPublicKeyHash_WithAnotherKeysSignature_EndsFalse()
    {
        var unsigned = Unsigned(Keys.PayTo(Keys.Bob, 1));
        var forged = Keys.Signature(unsigned, 0, Keys.Bob, Keys.ScriptOf(Keys.Alice));
        Assert.Equal(ScriptError.EvalFalse, Verify(Unlock(unsigned, StandardScripts.UnlockPublicKeyHash(forged, Keys.Alice.PublicKey)), Keys.ScriptOf(Keys.Alice)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Verify_PayToPublicKey_WithItsSignature_Succeeds(bool compressed)
    {
        var key = Keys.Of(7, compressed);
        var script = StandardScripts.PayToPublicKey(key.PublicKey);
        var unsigned = Unsigned(Keys.PayTo(Keys.Bob, 1));
        var spend = Unlock(unsigned, ScriptEditing.Push(Keys.Signature(unsigned, 0, key, script)));
        Assert.Equal(ScriptError.Ok, Verify(spend, script, ScriptFlags.Standard));
        Assert.Equal(ScriptError.EvalFalse, Verify(spend, StandardScripts.PayToPublicKey(Keys.Alice.PublicKey)));
    }

    [Fact]
    public void Verify_Block170sTransaction_AgainstTheCoinbaseOfBlock9_Succeeds()
    {
        var payment = Bitcoin.DecodeTransaction(Bitcoin.FirstPaymentHex);
        var coinbase = Bitcoin.DecodeTransaction(Bitcoin.Block9CoinbaseHex);
        Assert.Equal(new OutPoint(coinbase.Id, 0), payment.Inputs[0].PreviousOutput);
        Assert.Equal(ScriptError.Ok, Verify(payment, coinbase.Outputs[0].ScriptPubKey, ScriptFlags.Standard));

        var dearer = new Transaction(payment.Version, payment.Inputs, payment.Outputs.SetItem(0, new TxOut(11 * Amount.Coin, payment.Outputs[0].ScriptPubKey)), payment.LockTime);
        Assert.Equal(ScriptError.EvalFalse, Verify(dearer, coinbase.Outputs[0].ScriptPubKey));
    }

    [Fact]
    public void Verify_OpReturn_Fails()
    {
        Assert.Equal(ScriptError.OpReturn, Run("", "6a"));
        Assert.Equal(ScriptError.OpReturn, Run("0101", "6a0101"));
        Assert.Equal(ScriptError.OpReturn, Verify(Unlock(Unsigned(), [1, 1]), StandardScripts.DataCarrier([1, 2, 3])));
    }

    [Theory]
    [InlineData("", "", ScriptError.EvalFalse)]
    [InlineData("0101", "", ScriptError.Ok)]
    [InlineData("", "0101", ScriptError.Ok)]
    [InlineData("0100", "", ScriptError.EvalFalse)]
    [InlineData("020000", "", ScriptError.EvalFalse)]
    [InlineData("0180", "", ScriptError.EvalFalse)]
    [InlineData("020080", "", ScriptError.EvalFalse)]
    [InlineData("028000", "", ScriptError.Ok)]
    [InlineData("020180", "", ScriptError.Ok)]
    [InlineData("0101" + "0100", "", ScriptError.EvalFalse)]
    [InlineData("0100" + "0101", "", ScriptError.Ok)]
    [InlineData("4c0101", "", ScriptError.Ok)]
    [InlineData("4d010001", "", ScriptError.Ok)]
    [InlineData("4e0100000001", "", ScriptError.Ok)]
    public void Verify_Pushes_SucceedWhereTheTopIsTrue(string scriptSig, string scriptPubKey, ScriptError expected) => Assert.Equal(expected, Run(scriptSig, scriptPubKey));

    [Theory]
    [InlineData("01")]
    [InlineData("4b01")]
    [InlineData("4c")]
    [InlineData("4c02" + "01")]
    [InlineData("4d")]
    [InlineData("4d01")]
    [InlineData("4d0200" + "01")]
    [InlineData("4e")]
    [InlineData("4e010000")]
    [InlineData("4effffffff" + "01")]
    [InlineData("4effffff7f" + "01")]
    public void Verify_PushBeyondTheEnd_FailsTheScript(string script)
    {
        Assert.Equal(ScriptError.BadOpcode, Run("0101" + script, ""));
        Assert.Equal(ScriptError.BadOpcode, Run("0101", script));
    }

    [Theory]
    [InlineData("", "76", ScriptError.InvalidStackOperation)]
    [InlineData("", "a9", ScriptError.InvalidStackOperation)]
    [InlineData("0101", "88", ScriptError.InvalidStackOperation)]
    [InlineData("0101", "ac", ScriptError.InvalidStackOperation)]
    [InlineData("0101" + "0102", "88", ScriptError.EqualVerify)]
    [InlineData("0101" + "020100", "88", ScriptError.EqualVerify)]
    [InlineData("0105" + "0101" + "0101", "88", ScriptError.Ok)]
    [InlineData("0101", "76" + "88", ScriptError.EvalFalse)]
    public void Verify_Operation_TakesWhatItNeedsFromTheStack(string scriptSig, string scriptPubKey, ScriptError expected) => Assert.Equal(expected, Run(scriptSig, scriptPubKey));

    [Fact]
    public void Verify_OperationsInTheUnlockingScript_RunThere() =>
        Assert.Equal(ScriptError.Ok, Run("0101" + "76", "88" + "0101"));

    [Fact]
    public void Verify_Hash160_IsThatOfTheElement() =>
        Assert.Equal(ScriptError.Ok, Run("0101" + "02aabb", "a9" + "14" + Hash160.Of([0xaa, 0xbb]) + "88"));

    [Fact]
    public void Verify_AtTheLimits_SucceedsAndBeyondThemFails()
    {
        var element = new byte[ScriptInterpreter.MaxElementSize];
        element[0] = 1;
        Assert.Equal(ScriptError.Ok, Run(ScriptEditing.Push(element), []));
        Assert.Equal(ScriptError.PushSize, Run(ScriptEditing.Push([.. element, 0]), []));

        var operations = Repeat([(byte)Opcode.Dup], ScriptInterpreter.MaxOperations);
        Assert.Equal(ScriptError.Ok, Run([1, 1], operations));
        Assert.Equal(ScriptError.OpCount, Run([1, 1], [.. operations, (byte)Opcode.Dup]));

        var pushes = Repeat([1, 1], ScriptInterpreter.MaxStackSize);
        Assert.Equal(ScriptError.Ok, Run(pushes, []));
        Assert.Equal(ScriptError.StackSize, Run([.. pushes, 1, 1], []));
        Assert.Equal(ScriptError.StackSize, Run(pushes, [1, 1]));

        var longest = Repeat(ScriptEditing.Push(element), 19);
        longest = [.. longest, .. ScriptEditing.Push(element.AsSpan(0, 60)), (byte)Opcode.Dup];
        longest = [.. longest, .. Repeat([(byte)Opcode.Dup], ScriptInterpreter.MaxScriptSize - longest.Length)];
        Assert.Equal(ScriptInterpreter.MaxScriptSize, longest.Length);
        Assert.Equal(ScriptError.Ok, Run(longest, []));
        Assert.Equal(ScriptError.ScriptSize, Run([.. longest, (byte)Opcode.Dup], []));
        Assert.Equal(ScriptError.ScriptSize, Run([], [.. longest, (byte)Opcode.Dup]));
    }

    [Fact]
    public void Verify_EmptySignature_EndsFalseWhateverTheFlags()
    {
        var script = StandardScripts.PayToPublicKey(Keys.Alice.PublicKey);
        var pushOfNothing = Unlock(Unsigned(), [(byte)Opcode.Op0]);
        Assert.Equal(ScriptError.EvalFalse, Verify(pushOfNothing, script));
        Assert.Equal(ScriptError.EvalFalse, Verify(pushOfNothing, script, ScriptFlags.Standard));
    }

    [Fact]
    public void Verify_SignatureThatStandsInTheLockingScript_IsCutOutOfWhatIsSigned()
    {
        var unsigned = Unsigned(Keys.PayTo(Keys.Bob, 1));
        var rest = StandardScripts.PayToPublicKey(Keys.Alice.PublicKey);
        var signature = Keys.Signature(unsigned, 0, Keys.Alice, rest);
        Assert.Equal(ScriptError.Ok, Verify(unsigned, (byte[])[.. ScriptEditing.Push(signature), .. rest]));
    }

    [Fact]
    public void Verify_PublicKeyThatIsNoPoint_EndsFalse()
    {
        var unsigned = Unsigned(Keys.PayTo(Keys.Bob, 1));
        foreach (var publicKey in new byte[][] { [2], [.. Keys.Alice.PublicKey.Bytes, 0], [5, .. Keys.Alice.PublicKey.Bytes[1..]] })
        {
            byte[] script = [.. ScriptEditing.Push(publicKey), (byte)Opcode.CheckSig];
            var spend = Unlock(unsigned, ScriptEditing.Push(Keys.Signature(unsigned, 0, Keys.Alice, script)));
            Assert.Equal(ScriptError.EvalFalse, Verify(spend, script));
            Assert.Equal(ScriptError.PubKeyType, Verify(spend, script, ScriptFlags.StrictEncoding));
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(0x21)]
    [InlineData(0x41)]
    [InlineData(0x80)]
    [InlineData(0xff)]
    public void Verify_UnknownHashType_IsConsensusButNotStrict(byte type)
    {
        var spend = Keys.Sign(Unsigned(Keys.PayTo(Keys.Bob, 1)), Keys.Alice, (SignatureHashType)type);
        Assert.Equal(ScriptError.Ok, Verify(spend, Keys.ScriptOf(Keys.Alice), ScriptFlags.DerSignatures));
        Assert.Equal(ScriptError.SigHashType, Verify(spend, Keys.ScriptOf(Keys.Alice), ScriptFlags.StrictEncoding));
    }

    [Fact]
    public void ScriptError_EveryMember_HasItsText()
    {
        var texts = Enum.GetValues<ScriptError>().Select(e => e.Describe()).ToArray();
        Assert.Equal(texts.Length, texts.Distinct().Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => ((ScriptError)(-1)).Describe());
    }

    private static OutPoint SomeCoin => new(new TxId(Sha256d.Hash("some coin"u8)), 0);

    private static Transaction Unsigned(params TxOut[] outputs) => new(1, [new TxIn(SomeCoin, default)], [.. outputs], 0);

    private static Transaction Unlock(Transaction transaction, byte[] scriptSig) => Keys.With(transaction, [transaction.Inputs[0].WithScriptSig(scriptSig)]);

    private static ScriptError Verify(Transaction transaction, ReadOnlyMemory<byte> scriptPubKey, ScriptFlags flags = ScriptFlags.None) =>
        ScriptInterpreter.Verify(transaction.Inputs[0].ScriptSig, scriptPubKey, flags, Checker(transaction, scriptPubKey));

    private static ScriptError Run(string scriptSig, string scriptPubKey) => Run(Hex.Bytes(scriptSig), Hex.Bytes(scriptPubKey));

    private static ScriptError Run(byte[] scriptSig, byte[] scriptPubKey) =>
        ScriptInterpreter.Verify(scriptSig, scriptPubKey, ScriptFlags.None, Checker(Unsigned(), scriptPubKey));

    private static SignatureChecker Checker(Transaction transaction, ReadOnlyMemory<byte> scriptPubKey) =>
        new(new PrecomputedTransactionData(transaction, [new TxOut(0, scriptPubKey)]), 0);

    private static byte[] Repeat(byte[] piece, int count) => [.. Enumerable.Repeat(piece, count).SelectMany(b => b)];
}
