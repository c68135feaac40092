using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.State;
using Chain.Tests.Kit;

namespace Chain.Tests.State;

/// <summary>What the pool does not want although no rule forbids it, and what rules forbid.</summary>
public class MempoolPolicyTests
{
    [Fact]
    public void Accept_BrokenRule_PassesThrough()
    {
        using var node = new PoolNode(p: TestChains.Private with { CoinbaseMaturity = 3 });
        var good = node.Spend(fee: 10, 1, node.Coin(0));
        var missing = new OutPoint(new TxId(Sha256dOfNothing), 0);
        var tip = node.Builder.Tip;
        AssertRule(node, RuleError.NoOutputs, Keys.Spend(node.Coin(0), Keys.Miner), isGuilty: true);
        AssertRule(node, RuleError.OutputNegative, Keys.Spend(node.Coin(0), Keys.Miner, Keys.PayTo(Keys.Bob, -1)), isGuilty: true);
        AssertRule(node, RuleError.DuplicateInputs, node.Spend(fee: 10, 1, node.Coin(0), node.Coin(0)), isGuilty: true);
        AssertRule(node, RuleError.InputsMissingOrSpent, Keys.Spend(missing, Keys.Miner, Keys.PayTo(Keys.Bob, 1)), isGuilty: false);
        AssertRule(node, RuleError.PrematureCoinbaseSpend, Keys.Spend(tip.Reward, Keys.Miner, Keys.PayTo(Keys.Bob, 1)), isGuilty: false);
        AssertRule(node, RuleError.InputsBelowOutputs, node.Spend(fee: -1, 1, node.Coin(0)), isGuilty: true);
        AssertRule(node, RuleError.ScriptFailed, Keys.Spend(node.Coin(0), Keys.Alice, Keys.PayTo(Keys.Bob, 1)), isGuilty: true);
        AssertRule(node, RuleError.ScriptFailed, Keys.With(good, [good.Inputs[0].WithWitness([new byte[1]])]), isGuilty: true);
        Assert.Equal(0, node.Pool.Count);
        Assert.Empty(node.Told);
        node.Accept(good);
    }

    private static Core.Cryptography.Hash256 Sha256dOfNothing => Core.Cryptography.Sha256d.Hash([]);

    /// <summary>What relayed transactions must obey and blocks need not: a high S is valid in a block.</summary>
    [Fact]
    public void Accept_HighS_RefusedByThePoolAndValidInABlock()
    {
        using var node = new PoolNode();
        var low = node.Spend(fee: 10, 1, node.Coin(0));
        var high = Keys.With(low, [low.Inputs[0].WithScriptSig(WithHighS(low.Inputs[0].ScriptSig.ToArray()))]);
        node.Reject(PolicyError.NonMandatoryScript, high);
        node.Mine(high);
    }

    /// <summary>Anyone may take a witness off on the way: the rule is broken, but the id must not be remembered for it.</summary>
    [Fact]
    public void Accept_WitnessTakenOff_RefusedAndNotTheTransactionsFault()
    {
        using var node = new PoolNode(MempoolPolicy.For(TestChains.Regtest));
        var outputs = node.Fund(0, StandardSpends.WitnessMultiSig(Keys.Alice), StandardSpends.WitnessKeyHash(Keys.Alice), StandardSpends.KeyHash(Keys.Alice));
        var whole = outputs.Spend(fee: 1_000);
        var stripped = Keys.With(whole, [.. whole.Inputs.Select(input => input.WithWitness([]))]);
        var rejection = node.Pool.Accept(stripped)!;
        Assert.Equal("mandatory-script-verify-flag-failed (Witness program was passed an empty witness)", rejection.RejectReason);
        Assert.True(rejection.IsWitnessStripped);
        Assert.False(rejection.IsGuilty);

        // Where a signature outside the witness is wrong too, no witness would help.
        var broken = Keys.With(stripped, [.. stripped.Inputs.Select(input => input.WithScriptSig(default))]);
        Assert.False(node.Pool.Accept(broken)!.IsWitnessStripped);
        node.Accept(whole);
    }

    [Theory]
    [InlineData(0, 250, 0)]
    [InlineData(1_000, 250, 250)]
    [InlineData(1_000, 1, 1)]
    [InlineData(1, 1, 1)]
    [InlineData(1, 1_000, 1)]
    [InlineData(1, 1_001, 2)]
    [InlineData(999, 3, 3)]
    [InlineData(1_000_000_000, 100_000, 100_000_000_000)]
    public void MinFee_RateAndSize_RoundsUp(long rate, int size, long expected) =>
        Assert.Equal(expected, new MempoolPolicy { MinRelayFeeRate = rate }.MinFee(size));

    [Fact]
    public void Accept_FeeExactlyEnough_Accepted()
    {
        using var node = new PoolNode(new MempoolPolicy { MinRelayFeeRate = 1_000 });
        var size = node.Spend(fee: 0, 1, node.Coin(0)).VirtualSize;
        foreach (var fee in (long[])[size - 2, size + 2])
        {
            // A signature may be a byte longer or shorter than the one that was measured.
            var transaction = node.Spend(fee, 1, node.Coin(0));
            var isEnough = fee >= transaction.VirtualSize;
            Assert.Equal(isEnough ? null : PolicyError.MinRelayFeeNotMet, node.Pool.Accept(transaction)?.Policy);
        }
    }

    [Fact]
    public void For_Private_LongChainsAndNoFee()
    {
        var policy = MempoolPolicy.For(TestChains.Private);
        Assert.Equal((500, 500, 0), (policy.MaxAncestors, policy.MaxDescendants, policy.MinRelayFeeRate));
        Assert.Equal((2_020_000, 2_020_000), (policy.MaxAncestorSize, policy.MaxDescendantSize));
        Assert.False(policy.RequireStandard);
        Assert.Equal(0, policy.LeastOutput(Keys.ScriptOf(Keys.Bob)));
        policy = MempoolPolicy.For(TestChains.Regtest);
        Assert.True(policy.RequireStandard);
        Assert.Equal(546, policy.LeastOutput(Keys.ScriptOf(Keys.Bob)));
        Assert.Equal((25, 25, 1_000), (policy.MaxAncestors, policy.MaxDescendants, policy.MinRelayFeeRate));
        Assert.Equal((101_000, 101_000), (policy.MaxAncestorSize, policy.MaxDescendantSize));
        Assert.Equal(ScriptFlags.Standard, policy.ScriptFlags);
    }

    /// <summary>The lock time is measured by the parent's median time (BIP113), not by the clock.</summary>
    [Fact]
    public void Accept_LockTime_MeasuredByHeightAndMedianTime()
    {
        using var node = new PoolNode();
        var next = (uint)node.Chain.Tip.Height + 1;
        var median = HeaderRules.MedianTimePast(node.Chain.Tip);
        node.Reject(PolicyError.NonFinal, node.Spend(fee: 1, 1, next, node.Coin(0)));
        node.Accept(node.Spend(fee: 1, 1, next - 1, node.Coin(0)));
        node.Reject(PolicyError.NonFinal, node.Spend(fee: 1, 1, median, node.Coin(1)));
        node.Accept(node.Spend(fee: 1, 1, median - 1, node.Coin(1)));
    }

    /// <summary>A relative lock time that blocks need not obey yet keeps a transaction out of the pool, as in Core.</summary>
    [Fact]
    public void Accept_RelativeLockTimeBeforeCsv_StillCounts()
    {
        using var node = new PoolNode(p: TestChains.Private with { CsvHeight = ChainParams.Never });
        var early = node.Spend(fee: 1, 1, lockTime: 0, sequence: 2, node.Coin(0));
        node.Reject(PolicyError.NonBip68Final, early);
        node.Mine(early);
        node.Accept(node.Spend(fee: 1, 1, lockTime: 0, sequence: 1, node.Coin(1)));
    }

    private static void AssertRule(PoolNode node, RuleError error, Transaction transaction, bool isGuilty)
    {
        var rejection = node.Pool.Accept(transaction);
        Assert.Equal(error, rejection?.Rule?.Error);
        Assert.Null(rejection!.Policy);
        Assert.StartsWith(error.RejectReason(), rejection.RejectReason, StringComparison.Ordinal);
        Assert.Equal(isGuilty, rejection.IsGuilty);
        Assert.Equal(error == RuleError.InputsMissingOrSpent, rejection.IsMissingInputs);
        Assert.False(rejection.IsKnown);
    }

    /// <summary>Replaces S by the group order less S in a script that pushes a signature and a compressed key.</summary>
    internal static byte[] WithHighS(byte[] scriptSig)
    {
        var order = System.Numerics.BigInteger.Parse("00FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141", System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture);
        var der = scriptSig.AsSpan(1, scriptSig[0] - 1);
        var r = der.Slice(4, der[3]).ToArray();
        var s = new System.Numerics.BigInteger(der[(6 + r.Length)..], isBigEndian: true);
        var high = (order - s).ToByteArray(isBigEndian: true);
        byte[] body = [0x02, (byte)r.Length, .. r, 0x02, (byte)high.Length, .. high];
        byte[] signature = [0x30, (byte)body.Length, .. body, (byte)SignatureHashType.All];
        return [.. ScriptEditing.Push(signature), .. scriptSig[(1 + scriptSig[0])..]];
    }
}
