using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Tests.Kit;

namespace Chain.Tests.Scripts;

public class SigOpsTests
{
    private const ScriptFlags Both = ScriptFlags.P2sh | ScriptFlags.Witness;

    private static readonly byte[] TwoOfThree = MultiSig.Script(2, [Keys.Alice.PublicKey, Keys.Bob.PublicKey, Keys.Miner.PublicKey]);

    [Theory]
    [InlineData("", 0)]
    [InlineData("ac", 1)]
    [InlineData("ad", 1)]
    [InlineData("acad", 2)]
    [InlineData("ae", 20)]
    [InlineData("af", 20)]
    [InlineData("51ae", 20)]
    [InlineData("52af", 20)]
    [InlineData("01ac", 0)]
    [InlineData("4c02acac" + "ac", 1)]
    [InlineData("ac" + "05ac", 1)]
    [InlineData("ac" + "4c", 1)]
    [InlineData("ba", 0)]
    [InlineData("6aac", 1)]
    public void Count_OperationsOutsidePushesUpToAMalformedOne(string script, int expected) => Assert.Equal(expected, SigOps.Count(Hex.Bytes(script)));

    [Theory]
    [InlineData("ae", 20)]
    [InlineData("00ae", 20)]
    [InlineData("51ae", 1)]
    [InlineData("60af", 16)]
    [InlineData("0110ae", 20)]
    [InlineData("5261ae", 20)]
    [InlineData("4fae", 20)]
    [InlineData("53ae53ae", 6)]
    [InlineData("ac53ae", 4)]
    public void Count_Accurate_TakesTheNumberBeforeACheckMultiSig(string script, int expected) => Assert.Equal(expected, SigOps.Count(Hex.Bytes(script), accurate: true));

    [Fact]
    public void CountLegacy_SumsUnlockingAndLockingScripts()
    {
        var input = new TxIn(OutPoint.Null, Hex.Bytes("ac"));
        var transaction = new Transaction(1, [input, input], [new TxOut(0, Keys.ScriptOf(Keys.Alice)), new TxOut(0, Hex.Bytes("ae"))], 0);
        Assert.Equal(2 + 1 + 20, SigOps.CountLegacy(transaction));
    }

    // As in Core's GetTxSigOpCost tests: m of n bare, in P2SH, in P2WSH, in P2WSH within P2SH, P2WPKH both ways.
    [Fact]
    public void Cost_BareMultiSig_CountsWhereItIsCreated()
    {
        Assert.Equal(0, CostOf(TwoOfThree, []));
        var creating = new Transaction(1, [new TxIn(SomeCoin, default)], [new TxOut(1, TwoOfThree)], 0);
        Assert.Equal(20 * 4, SigOps.Cost(creating, [new TxOut(1, default)], Both));
    }

    [Fact]
    public void Cost_P2sh_CountsTheScriptThatIsShown()
    {
        var locking = StandardScripts.PayToScriptHash(Hash160.Of(TwoOfThree));
        byte[] scriptSig = [0, 0, 0, .. ScriptEditing.Push(TwoOfThree)];
        Assert.Equal(3 * 4, CostOf(locking, scriptSig));
        Assert.Equal(0, CostOf(locking, scriptSig, flags: ScriptFlags.None));
        // An unlocking script that does more than push shows none; neither does one that is malformed.
        Assert.Equal(0, CostOf(locking, [(byte)Opcode.Nop, .. scriptSig]));
        Assert.Equal(0, CostOf(locking, [.. scriptSig, 1]));
        Assert.Equal(0, CostOf(locking, [.. scriptSig, (byte)Opcode.Op1]));
        Assert.Equal(0, CostOf(locking, []));
    }

    [Fact]
    public void Cost_Witness_CountsOnce()
    {
        var keyHash = StandardScripts.PayToWitnessPublicKeyHash(Keys.Alice.PublicKey.Hash);
        Assert.Equal(1, CostOf(keyHash, []));
        Assert.Equal(0, CostOf(keyHash, [], flags: ScriptFlags.P2sh));
        Assert.Equal(1, CostOf(StandardScripts.PayToScriptHash(Hash160.Of(keyHash)), ScriptEditing.Push(keyHash)));

        var scriptHash = StandardScripts.PayToWitnessScriptHash(TwoOfThree);
        Assert.Equal(3, CostOf(scriptHash, [], new byte[1], TwoOfThree));
        Assert.Equal(0, CostOf(scriptHash, []));
        Assert.Equal(3, CostOf(StandardScripts.PayToScriptHash(Hash160.Of(scriptHash)), ScriptEditing.Push(scriptHash), TwoOfThree));

        var taproot = StandardScripts.PayToTaproot(Keys.Alice.PublicKey.XOnly);
        Assert.Equal(0, CostOf(taproot, [], TwoOfThree));
        Assert.Equal(0, CostOf(StandardScripts.PayToWitnessProgram(0, new byte[30]), [], TwoOfThree));
    }

    [Fact]
    public void Cost_Coinbase_IsThatOfItsOwnScripts()
    {
        var coinbase = new Transaction(1, [new TxIn(OutPoint.Null, Hex.Bytes("acac"))], [new TxOut(1, Hex.Bytes("ac"))], 0);
        Assert.Equal(12, SigOps.Cost(coinbase, [], Both));
    }

    private static OutPoint SomeCoin => new(new TxId(Sha256d.Hash("some coin"u8)), 0);

    private static long CostOf(byte[] locking, byte[] scriptSig, params byte[][] witness) => CostOf(locking, scriptSig, Both, witness);

    private static long CostOf(byte[] locking, byte[] scriptSig, ScriptFlags flags, params byte[][] witness)
    {
        var input = new TxIn(SomeCoin, scriptSig, witness: [.. witness.Select(element => (ReadOnlyMemory<byte>)element)]);
        return SigOps.Cost(new Transaction(1, [input], [], 0), [new TxOut(1, locking)], flags);
    }
}
