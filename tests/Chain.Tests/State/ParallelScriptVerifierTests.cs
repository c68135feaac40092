using Chain.Core.Coins;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.State;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.State;

/// <summary>Scripts on several threads give the answer that they give one after the other.</summary>
public class ParallelScriptVerifierTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(8)]
    public void Verify_AllSucceed_NoViolation(int threads)
    {
        Assert.Null(Verify(threads, Checks(count: 200, broken: [])));
        Assert.Null(Verify(threads, []));
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 7)]
    [InlineData(2, 8)]
    [InlineData(2, 9)]
    [InlineData(4, 300)]
    public void Verify_OneFails_NamesIt(int threads, int count)
    {
        foreach (var broken in (int[])[0, count / 2, count - 1])
        {
            var checks = Checks(count, [broken]);
            var violation = Verify(threads, checks);
            Assert.Equal(RuleError.ScriptFailed, violation?.Error);
            Assert.Equal($"input {broken} of transaction {checks[broken].Data.Transaction.Id}", violation!.Detail);
        }
    }

    [Fact]
    public void Verify_RandomFailures_AgreesWithOneThread() => Property.Check(output, 20, random =>
    {
        var count = random.Between(1, 60);
        int[] broken = random.Bool() ? [] : [.. Enumerable.Range(0, random.Between(1, 5)).Select(_ => random.Between(0, count - 1))];
        var checks = Checks(count, broken);
        var sequential = Verify(1, checks);
        var parallel = Verify(4, checks);
        Assert.Equal(sequential is null, parallel is null);
        Assert.Equal(broken.Length == 0, sequential is null);
        if (parallel is not null) Assert.Contains(parallel, checks.Select(check => check.Verify()));
    });

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Verify_NoThreads_RunsOnTheCaller(int threads) =>
        Assert.NotNull(Verify(threads, Checks(20, [5])));

    [Fact]
    public void ProcessBlock_OneBadSignatureAmongMany_BlockRefused()
    {
        using var node = new StateNode(TestChains.Private, new ChainstateOptions { ScriptThreads = 4 });
        var g = new ChainBuilder(TestChains.Private);
        var funds = Keys.Spend(g["genesis"].Reward, Keys.Miner, [.. Enumerable.Range(0, 300).Select(i => Keys.PayTo(Keys.Miner, 1_000 + i))]);
        node.Accept(g.NextBlock("b1", draft => draft.Transactions.Add(funds)));
        var good = Enumerable.Range(0, 300).Select(i => Keys.Spend(PoolNode.Output(funds, i), Keys.Miner, Keys.PayTo(Keys.Alice, 1))).ToList();
        var bad = good.ToList();
        bad[211] = Keys.Spend(PoolNode.Output(funds, 211), Keys.Bob, Keys.PayTo(Keys.Alice, 1));
        var broken = g.NextBlock("broken", draft => draft.Transactions.AddRange(bad));
        var result = node.Process(broken);
        Assert.Equal(RuleError.ScriptFailed, result.Violation?.Error);
        Assert.Contains(bad[211].Id.ToString(), result.Violation!.Detail!, StringComparison.Ordinal);
        g.SetTip("b1");
        node.Accept(g.NextBlock("b2", draft => draft.Transactions.AddRange(good)));
    }

    /// <summary>One transaction with so many inputs, of which some carry the signature of another.</summary>
    private static List<ScriptCheck> Checks(int count, int[] broken)
    {
        var script = Keys.ScriptOf(Keys.Miner);
        var bare = new Transaction(2, [.. Enumerable.Range(0, count).Select(i => new TxIn(new OutPoint(TestChains.Private.Genesis.Transactions[0].Id, (uint)i), default))], [Keys.PayTo(Keys.Bob, 1)], lockTime: 0);
        var signed = Keys.With(bare, [.. bare.Inputs.Select((input, i) =>
        {
            // One input alone may be signed under a type that leaves the others out, which is quick for many.
            var signature = Keys.Signature(bare, broken.Contains(i) ? (i + 1) % count : i, broken.Contains(i) ? Keys.Bob : Keys.Miner, script, SignatureHashType.All | SignatureHashType.AnyoneCanPay);
            return input.WithScriptSig(StandardScripts.UnlockPublicKeyHash(signature, Keys.Miner.PublicKey));
        })]);
        var coin = new Coin(new TxOut(1, script), 1, isCoinbase: false);
        var data = new PrecomputedTransactionData(signed, [.. Enumerable.Repeat(coin.Output, count)]);
        return [.. Enumerable.Range(0, count).Select(i => new ScriptCheck(data, i, ScriptFlags.Standard))];
    }

    private static RuleViolation? Verify(int threads, IEnumerable<ScriptCheck> checks)
    {
        using var verifier = new ParallelScriptVerifier(threads, new ScriptCache());
        foreach (var check in checks) verifier.Add(check);
        return verifier.Finish();
    }
}
