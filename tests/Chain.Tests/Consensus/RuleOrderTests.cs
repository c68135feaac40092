using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Tests.Kit;

namespace Chain.Tests.Consensus;

/// <summary>
/// The list of rules is in the order in which they run: a block that breaks two of them is refused for the first. All
/// pairs of rules that one block can break together.
/// </summary>
public class RuleOrderTests
{
    private static readonly (RuleError Rule, Action<ChainBuilder, BlockDraft> Break)[] Breaks =
    [
        (RuleError.HighHash, (_, d) => d.HasProofOfWork = false),
        (RuleError.BadMerkleRoot, (_, d) => d.MerkleRoot = Hash256.Zero),
        (RuleError.CoinbaseMultiple, (_, d) => d.Transactions.Add(Spend(OutPoint.Null))),
        (RuleError.NoOutputs, (_, d) => d.Transactions.Add(new Transaction(1, [new TxIn(Somewhere(1), default)], [], 0))),
        (RuleError.TooManySigOps, (_, d) => d.Transactions[0] = WithOutput(d.Coinbase, new TxOut(0, Enumerable.Repeat((byte)Opcode.CheckSig, 20_001).ToArray()))),
        (RuleError.BadDifficultyBits, (_, d) => d.Bits--),
        (RuleError.TimeTooOld, (_, d) => d.Time = TestChains.GenesisTime),
        (RuleError.BadVersion, (_, d) => d.Version = 1),
        (RuleError.NonFinal, (_, d) => d.Transactions.Add(new Transaction(1, [new TxIn(Somewhere(2), default, 0)], [new TxOut(0, default)], 1_000))),
        (RuleError.CoinbaseHeight, (_, d) => d.SetCoinbaseScript(0x00, 0x00)),
        (RuleError.UnexpectedWitness, (_, d) => d.Coinbase = Keys.With(d.Coinbase, [d.Coinbase.Inputs[0].WithWitness([new byte[32]])])),
        (RuleError.InputsMissingOrSpent, (_, d) => d.Transactions.Add(Spend(Somewhere(3)))),
        (RuleError.InputsBelowOutputs, (g, d) => d.Transactions.Add(Keys.Spend(g["b1"].Reward, Keys.Miner, Keys.PayTo(Keys.Bob, 11 * Amount.Coin)))),
        (RuleError.CoinbaseAmount, (_, d) => d.Transactions[0] = WithOutput(d.Coinbase, new TxOut(1, default))),
        (RuleError.ScriptFailed, (g, d) => d.Transactions.Add(Spend(g["b2"].Reward, 10 * Amount.Coin))),
    ];

    [Fact]
    public void Judge_ABlockThatBreaksTwoRules_NamesTheOneThatStandsFirst()
    {
        for (var first = 0; first < Breaks.Length; first++)
        {
            Assert.Equal(Breaks[first].Rule, Judge(Breaks[first].Break));
            for (var second = first + 1; second < Breaks.Length; second++)
            {
                Assert.True(Breaks[first].Rule < Breaks[second].Rule);
                Assert.Equal((Breaks[second].Rule, Breaks[first].Rule), (Breaks[second].Rule, Judge(Breaks[first].Break, Breaks[second].Break)));
            }
        }
    }

    private static RuleError? Judge(params Action<ChainBuilder, BlockDraft>[] breaks)
    {
        var g = new ChainBuilder(TestChains.Private);
        g.NextBlocks("b", 3);
        var block = g.NextBlock("broken", d =>
        {
            foreach (var change in breaks) change(g, d);
        });
        return g.Judge(block)?.Error;
    }

    private static OutPoint Somewhere(uint index) => new(new TxId(Sha256d.Hash("somewhere"u8)), index);

    private static Transaction Spend(OutPoint coin, long value = 0) => new(1, [new TxIn(coin, new byte[2])], [new TxOut(value, default)], 0);

    private static Transaction WithOutput(Transaction t, TxOut output) => new(t.Version, t.Inputs, t.Outputs.Add(output), t.LockTime);
}
