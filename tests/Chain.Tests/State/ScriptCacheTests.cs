using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.State;
using Chain.State.Storage;
using Chain.Tests.Kit;

namespace Chain.Tests.State;

/// <summary>What the pool has checked a block need not check again: shown by counting the checks that blocks run.</summary>
public class ScriptCacheTests
{
    private static readonly byte[][] Forms =
    [
        StandardSpends.KeyHash(Keys.Alice), StandardSpends.WitnessKeyHash(Keys.Alice), StandardSpends.TaprootKey(Keys.Alice),
        StandardSpends.BareMultiSig(Keys.Alice), StandardSpends.WitnessMultiSig(Keys.Alice), StandardSpends.ScriptHashMultiSig(Keys.Alice),
    ];

    [Fact]
    public void ProcessBlock_AllKnownToThePool_NoSignatureIsCheckedAgain()
    {
        using var node = new PoolNode(MempoolPolicy.For(TestChains.Regtest));
        var outputs = node.Fund(0, Forms);
        var spends = Enumerable.Range(0, Forms.Length).Select(i => outputs.Spend(fee: 1_000, i)).ToList();
        node.Accept(spends);
        Assert.Equal(0, ChecksOf(node, spends));
        Assert.Equal(0, node.Pool.Count);
    }

    [Fact]
    public void ProcessBlock_NoneKnownToThePool_EveryInputIsChecked()
    {
        using var node = new PoolNode();
        var outputs = node.Fund(0, Forms);
        Assert.Equal(Forms.Length, ChecksOf(node, [outputs.Spend(fee: 1_000)]));
    }

    [Fact]
    public void ProcessBlock_OneUnknownAmongKnown_OnlyItsInputsAreChecked()
    {
        using var node = new PoolNode();
        var outputs = node.Fund(0, Forms);
        var unknown = outputs.Spend(fee: 1_000, 0, 1, 2);
        Transaction[] known = [.. Enumerable.Range(3, Forms.Length - 3).Select(i => outputs.Spend(fee: 1_000, i))];
        node.Accept(known);
        Assert.Equal(3, ChecksOf(node, [known[0], unknown, .. known[1..]]));
    }

    /// <summary>The id is that of the transaction in the pool; the witness, which it does not cover, is not.</summary>
    [Fact]
    public void ProcessBlock_KnownIdWithAnotherWitness_IsCheckedAndRefused()
    {
        using var node = new PoolNode();
        var known = node.Fund(0, StandardSpends.WitnessKeyHash(Keys.Alice)).Spend(fee: 1_000);
        node.Accept(known);
        var signature = known.Inputs[0].Witness[0].ToArray();
        signature[10] ^= 1;
        var spoilt = Keys.With(known, [known.Inputs[0].WithWitness([signature, known.Inputs[0].Witness[1]])]);
        Assert.Equal((known.Id, false), (spoilt.Id, spoilt.WitnessHash == known.WitnessHash));
        var before = node.Chain.ScriptChecksRun;
        var result = node.Process(Draw(node, [spoilt]));
        Assert.Equal((BlockOutcome.Rejected, RuleError.ScriptFailed), (result.Outcome, result.Violation!.Error));
        Assert.Equal(1, node.Chain.ScriptChecksRun - before);
        node.AssertPool(known);
    }

    /// <summary>The pool's rules are more than the block's; were they fewer, the check would not count for the block.</summary>
    [Theory]
    [InlineData(ScriptFlags.Standard, 0)]
    [InlineData(ScriptFlags.Mandatory, 0)]
    [InlineData(ScriptFlags.Mandatory & ~ScriptFlags.NullDummy, 1)]
    [InlineData(ScriptFlags.P2sh, 1)]
    public void ProcessBlock_KnownUnderOtherRules_CountsOnlyWhereTheyAreAtLeastTheBlocks(ScriptFlags flags, int checks)
    {
        using var node = new PoolNode(new MempoolPolicy { ScriptFlags = flags });
        var known = node.Spend(fee: 1_000, 1, node.Coin(0));
        node.Accept(known);
        Assert.Equal(checks, ChecksOf(node, [known]));
    }

    /// <summary>A witness that changed on the disk is in no block's id: the file is to blame, and the block stays good.</summary>
    [Fact]
    public void GetBlock_WitnessDamagedOnDisk_DatabaseIsDamagedAndTheBlockNotFailed()
    {
        // genesis -> b1 -> b2
        //              \-> b2a -> b3a
        using var node = new StateNode(TestChains.Private);
        var g = new ChainBuilder(node.Params);
        var funds = Keys.Spend(g["genesis"].Reward, Keys.Miner, new TxOut(1_000_000, StandardSpends.WitnessKeyHash(Keys.Alice)));
        node.Accept(g.NextBlock("b1", draft => draft.Transactions.Add(funds)), g.NextBlock("b2"));
        g.SetTip("b1");
        var spend = new Outputs(funds).Spend(fee: 1_000);
        var b2a = g.NextBlock("b2a", draft =>
        {
            draft.Transactions.Add(spend);
            draft.CommitToWitnesses();
        });
        node.Accept(b2a);
        var stored = node.Chain.Tree.Find(b2a.Hash)!;
        Assert.Equal(b2a.Block.Raw.ToArray(), node.Chain.GetBlock(stored).Raw.ToArray());

        // The last bytes before the lock time are the witness's key.
        var bytes = b2a.Block.Raw.ToArray();
        bytes[^10] ^= 1;
        node.Tamper($"UPDATE blocks SET block = x'{Hex.Of(bytes)}' WHERE sequence = {stored.Sequence}");
        Assert.Throws<DatabaseException>(() => node.Chain.GetBlock(stored));
        var failure = Assert.Throws<DatabaseException>(() => node.Process(g.NextBlock("b3a")));
        Assert.Contains("is damaged", failure.Message, StringComparison.Ordinal);
        Assert.False(stored.IsFailed);
    }

    private static BuiltBlock Draw(PoolNode node, IReadOnlyList<Transaction> transactions) => node.Builder.NextBlock("counted", draft =>
    {
        draft.Transactions.AddRange(transactions);
        if (transactions.Any(t => t.HasWitness)) draft.CommitToWitnesses();
    });

    /// <summary>Mines a block that must be taken, and gives how many scripts it had to check.</summary>
    private static long ChecksOf(PoolNode node, IReadOnlyList<Transaction> transactions)
    {
        var before = node.Chain.ScriptChecksRun;
        Assert.Equal(BlockOutcome.Accepted, node.Process(Draw(node, transactions)).Outcome);
        return node.Chain.ScriptChecksRun - before;
    }
}
