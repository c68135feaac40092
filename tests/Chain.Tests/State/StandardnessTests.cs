using System.Collections.Immutable;
using Chain.Core.Coins;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.State;
using Chain.Tests.Kit;

namespace Chain.Tests.State;

/// <summary>The limits of standard transactions, each from both sides.</summary>
public class StandardnessTests
{
    private static readonly MempoolPolicy Core = MempoolPolicy.For(TestChains.Regtest);

    private static readonly OutPoint Somewhere = new(new TxId(Sha256d.Hash("somewhere"u8)), 0);

    [Fact]
    public void DustThreshold_EachForm_IsCores()
    {
        Assert.Equal(546, Dust(Keys.ScriptOf(Keys.Bob)));
        Assert.Equal(294, Dust(StandardSpends.WitnessKeyHash(Keys.Bob)));
        Assert.Equal(330, Dust(StandardSpends.WitnessMultiSig(Keys.Bob)));
        Assert.Equal(330, Dust(StandardSpends.TaprootKey(Keys.Bob)));
        Assert.Equal(540, Dust(StandardSpends.ScriptHashMultiSig(Keys.Bob)));
        Assert.Equal(0, Dust(StandardScripts.DataCarrier([1])));
        Assert.Equal(182, Standardness.DustThreshold(new TxOut(0, Keys.ScriptOf(Keys.Bob)), feeRate: 1_000));
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, false)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    public void Check_Version_OneOrTwo(int version, bool isStandard) =>
        AssertCheck(isStandard ? null : PolicyError.Version, new Transaction(version, [new TxIn(Somewhere, default)], [Keys.PayTo(Keys.Bob, 546)], lockTime: 0));

    [Theory]
    [InlineData(1_650, true)]
    [InlineData(1_651, false)]
    public void Check_UnlockingScript_UpTo1650Bytes(int size, bool isStandard) =>
        AssertCheck(isStandard ? null : PolicyError.ScriptSigSize, Unlocking(ScriptEditing.Push(new byte[size - 3])));

    [Fact]
    public void Check_UnlockingScript_OnlyPushes()
    {
        AssertCheck(null, Unlocking(0x51, 0x4f, 0x00, 0x02, 0x61, 0x61));
        AssertCheck(PolicyError.ScriptSigNotPushOnly, Unlocking(0x51, 0x61));
        AssertCheck(PolicyError.ScriptSigNotPushOnly, Unlocking(0x02, 0x61));
    }

    [Fact]
    public void Check_LockingScript_KnownForms()
    {
        AssertCheck(null, Paying(546, Keys.ScriptOf(Keys.Bob)));
        AssertCheck(PolicyError.Dust, Paying(545, Keys.ScriptOf(Keys.Bob)));
        AssertCheck(PolicyError.Dust, Paying(0, Keys.ScriptOf(Keys.Bob)));
        AssertCheck(null, Paying(600, StandardScripts.PayToPublicKey(Keys.Bob.PublicKey)));
        AssertCheck(null, Paying(1_000, StandardScripts.PayToWitnessProgram(2, new byte[32])));
        AssertCheck(PolicyError.ScriptPubKey, Paying(1_000, StandardScripts.PayToWitnessProgram(0, new byte[31])));
        AssertCheck(PolicyError.ScriptPubKey, Paying(1_000, []));
        AssertCheck(null, Paying(1_000, MultiSig.Script(2, [.. Several(3)])));
        AssertCheck(PolicyError.ScriptPubKey, Paying(1_000, MultiSig.Script(2, [.. Several(4)])));
    }

    [Theory]
    [InlineData(80, true)]
    [InlineData(81, false)]
    public void Check_Data_UpTo80BytesInAScriptOf83(int bytes, bool isStandard) =>
        AssertCheck(isStandard ? null : PolicyError.ScriptPubKey, Paying(0, StandardScripts.DataCarrier(new byte[bytes])));

    [Fact]
    public void CheckSpends_Form_OfWhatIsSpent()
    {
        AssertSpend(null, Keys.ScriptOf(Keys.Bob));
        AssertSpend(null, MultiSig.Script(1, [.. Several(4)]));
        AssertSpend(null, StandardSpends.TaprootKey(Keys.Bob));
        AssertSpend(null, StandardScripts.PayToWitnessProgram(1, [0x4e, 0x73]));
        AssertSpend(PolicyError.NonStandardInputs, [0x51]);
        AssertSpend(PolicyError.NonStandardInputs, StandardScripts.PayToWitnessProgram(2, new byte[32]));
    }

    [Fact]
    public void CheckSpends_P2sh_ScriptOfUpTo15Operations()
    {
        var hash = StandardScripts.PayToScriptHash(Hash160.Of([]));
        AssertSpend(PolicyError.NonStandardInputs, hash);
        AssertSpend(null, hash, ScriptEditing.Push(MultiSig.Script(1, [.. Several(15)])));
        AssertSpend(null, hash, ScriptEditing.Push([.. Enumerable.Repeat((byte)Opcode.CheckSig, 15)]));
        AssertSpend(PolicyError.NonStandardInputs, hash, ScriptEditing.Push([.. Enumerable.Repeat((byte)Opcode.CheckSig, 16)]));
        AssertSpend(PolicyError.NonStandardInputs, hash, ScriptEditing.Push(new byte[521]));
    }

    [Fact]
    public void CheckSpends_WitnessWhereNoneBelongs_NonStandard()
    {
        AssertWitness(PolicyError.NonStandardWitness, Keys.ScriptOf(Keys.Bob), default, [1]);
        AssertWitness(PolicyError.NonStandardWitness, StandardScripts.PayToWitnessProgram(1, [0x4e, 0x73]), default, [1]);
        var nested = StandardScripts.PayToScriptHash(Hash160.Of(StandardSpends.WitnessKeyHash(Keys.Bob)));
        AssertWitness(null, nested, ScriptEditing.Push(StandardSpends.WitnessKeyHash(Keys.Bob)), [1], [2]);
        AssertWitness(PolicyError.NonStandardWitness, nested, ScriptEditing.Push([0x51]), [1], [2]);
    }

    [Theory]
    [InlineData(3_600, 100, 80, true)]
    [InlineData(3_601, 1, 1, false)]
    [InlineData(10, 101, 1, false)]
    [InlineData(10, 1, 81, false)]
    public void CheckSpends_WitnessScript_WithinLimits(int script, int items, int item, bool isStandard)
    {
        byte[][] witness = [.. Enumerable.Range(0, items).Select(_ => new byte[item]), new byte[script]];
        var locking = StandardSpends.WitnessMultiSig(Keys.Bob);
        AssertWitness(isStandard ? null : PolicyError.NonStandardWitness, locking, default, witness);
        var nested = StandardScripts.PayToScriptHash(Hash160.Of(locking));
        AssertWitness(isStandard ? null : PolicyError.NonStandardWitness, nested, ScriptEditing.Push(locking), witness);
    }

    [Fact]
    public void CheckSpends_Taproot_NoAnnexAndShortItems()
    {
        var locking = StandardSpends.TaprootKey(Keys.Bob);
        byte[] tapscript = [0xc1, .. new byte[32]];
        byte[] otherLeaf = [0xc2, .. new byte[32]];
        AssertWitness(null, locking, default, new byte[64]);
        AssertWitness(PolicyError.NonStandardWitness, locking, default, new byte[64], [Taproot.AnnexTag]);
        AssertWitness(PolicyError.NonStandardWitness, locking, default, new byte[64], []);
        AssertWitness(null, locking, default, new byte[80], new byte[5_000], tapscript);
        AssertWitness(PolicyError.NonStandardWitness, locking, default, new byte[81], new byte[10], tapscript);
        AssertWitness(null, locking, default, new byte[81], new byte[10], otherLeaf);
    }

    [Theory]
    [InlineData(3, true)]
    [InlineData(4, false)]
    public void Check_Size_AtLeast65WithoutWitness(int data, bool isTooSmall)
    {
        var t = new Transaction(2, [new TxIn(Somewhere, default)], [new TxOut(0, (byte[])[(byte)Opcode.Return, .. new byte[data]])], lockTime: 0);
        Assert.Equal(61 + data, t.Size);
        Assert.Equal(isTooSmall ? PolicyError.TransactionSizeSmall : null, Core.Check(t));
        Assert.Equal(isTooSmall ? PolicyError.TransactionSizeSmall : null, MempoolPolicy.For(TestChains.Private).Check(t));
    }

    private static long Dust(byte[] script) => Standardness.DustThreshold(new TxOut(0, script), Core.DustRelayFeeRate);

    private static PublicKey[] Several(int count) => [.. Enumerable.Range(1, count).Select(i => Keys.Of(i).PublicKey)];

    private static Transaction Paying(long value, byte[] script) => new(2, [new TxIn(Somewhere, default)], [new TxOut(value, script)], lockTime: 0);

    private static Transaction Unlocking(params byte[] scriptSig) => new(2, [new TxIn(Somewhere, scriptSig)], [Keys.PayTo(Keys.Bob, 546)], lockTime: 0);

    private static void AssertCheck(PolicyError? expected, Transaction transaction)
    {
        Assert.Equal(expected, Standardness.Check(transaction, Core));
        Assert.Equal(expected, Core.Check(transaction));
    }

    private static void AssertSpend(PolicyError? expected, byte[] scriptPubKey, params byte[] scriptSig) => AssertWitness(expected, scriptPubKey, scriptSig);

    private static void AssertWitness(PolicyError? expected, byte[] scriptPubKey, ReadOnlyMemory<byte> scriptSig, params byte[][] witness)
    {
        var items = witness.Select(item => (ReadOnlyMemory<byte>)item).ToImmutableArray();
        var plain = new TxIn(Somewhere, default);
        var t = new Transaction(2, [plain, new TxIn(Somewhere, scriptSig, witness: items)], [Keys.PayTo(Keys.Bob, 546)], lockTime: 0);
        Coin[] spent = [new(Keys.PayTo(Keys.Bob, 1), 1, isCoinbase: false), new(new TxOut(1, scriptPubKey), 1, isCoinbase: false)];
        Assert.Equal(expected, Standardness.CheckSpends(t, spent));
    }
}
