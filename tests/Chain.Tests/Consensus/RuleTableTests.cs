using System.Collections.Immutable;
using Chain.Core.Coins;
using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.State;
using Chain.State.Storage;
using Chain.Tests.Kit;

namespace Chain.Tests.Consensus;

/// <summary>Every rule by its name: what breaks it, and what is said then, in Bitcoin Core's words.</summary>
public class RuleTableTests
{
    private sealed record Case(string RejectReason, Func<RuleViolation?> Provoke, Blame Blame = Blame.Guilty);

    private static readonly Dictionary<RuleError, Case> Cases = new()
    {
        [RuleError.HighHash] = new("high-hash", () => Judge(d => d.HasProofOfWork = false)),
        [RuleError.BadMerkleRoot] = new("bad-txnmrklroot", () => Judge(d => d.MerkleRoot = Hash256.Zero), Blame.Mutated),
        [RuleError.DuplicateTransaction] = new("bad-txns-duplicate", () => Judge(d => d.Transactions.Add(d.Coinbase)), Blame.Mutated),
        [RuleError.BadBlockLength] = new("bad-blk-length", () => Judge(d => d.Transactions.Clear())),
        [RuleError.CoinbaseMissing] = new("bad-cb-missing", () => Judge(d => d.Coinbase = Spend(5))),
        [RuleError.CoinbaseMultiple] = new("bad-cb-multiple", () => Judge(d => d.Transactions.Add(Coinbase([1, 2])))),
        [RuleError.NoInputs] = new("bad-txns-vin-empty", () => JudgeWith(new Transaction(1, [], [Keys.PayTo(Keys.Bob, 1)], 0))),
        [RuleError.NoOutputs] = new("bad-txns-vout-empty", () => JudgeWith(new Transaction(1, [new TxIn(Somewhere, default)], [], 0))),
        [RuleError.TransactionOversize] = new("bad-txns-oversize", () => TransactionRules.Check(Spend(new TxOut(0, new byte[1_000_000])), Params)),
        [RuleError.OutputNegative] = new("bad-txns-vout-negative", () => JudgeWith(Spend(-1))),
        [RuleError.OutputTooLarge] = new("bad-txns-vout-toolarge", () => JudgeWith(Spend(Amount.MaxMoney + 1))),
        [RuleError.OutputTotalTooLarge] = new("bad-txns-txouttotal-toolarge", () => JudgeWith(Spend(Amount.MaxMoney, 1))),
        [RuleError.DuplicateInputs] = new("bad-txns-inputs-duplicate", () =>
            JudgeWith(new Transaction(1, [new TxIn(Somewhere, default), new TxIn(Somewhere, default)], [Keys.PayTo(Keys.Bob, 1)], 0))),
        [RuleError.CoinbaseScriptLength] = new("bad-cb-length", () => Judge(d => d.SetCoinbaseScript(0x51))),
        [RuleError.NullPreviousOutput] = new("bad-txns-prevout-null", () =>
            JudgeWith(new Transaction(1, [new TxIn(Somewhere, default), new TxIn(OutPoint.Null, default)], [Keys.PayTo(Keys.Bob, 1)], 0))),
        [RuleError.TooManySigOps] = new("bad-blk-sigops", () => Judge(d =>
            d.SetCoinbaseOutputs(new TxOut(0, Enumerable.Repeat((byte)Opcode.CheckSig, 20_001).ToArray())))),
        [RuleError.KnownInvalid] = new("duplicate-invalid", ProvokeKnownInvalid),
        [RuleError.ParentMissing] = new("prev-blk-not-found", ProvokeParentMissing, Blame.MissingParent),
        [RuleError.ParentInvalid] = new("bad-prevblk", ProvokeParentInvalid),
        [RuleError.BadDifficultyBits] = new("bad-diffbits", () => Judge(d => d.Bits--)),
        [RuleError.TimeTooOld] = new("time-too-old", () => Judge(d => d.Time = TestChains.GenesisTime)),
        [RuleError.TimeTooNew] = new("time-too-new", ProvokeTimeTooNew, Blame.NotYet),
        [RuleError.BadVersion] = new("bad-version(0x00000003)", () => Judge(d => d.Version = 3)),
        [RuleError.NonFinal] = new("bad-txns-nonfinal", () =>
            JudgeWith(new Transaction(1, [new TxIn(Somewhere, default, sequence: 0)], [Keys.PayTo(Keys.Bob, 1)], lockTime: 1_000))),
        [RuleError.CoinbaseHeight] = new("bad-cb-height", () => Judge(d => d.SetCoinbaseScript(0x54, 0x54))),
        [RuleError.BadWitnessNonceSize] = new("bad-witness-nonce-size", () => Judge(d =>
            d.SetCoinbaseOutputs(WitnessCommitment.Output(Hash256.Zero))), Blame.Mutated),
        [RuleError.BadWitnessMerkleRoot] = new("bad-witness-merkle-match", () => Judge(d =>
        {
            d.SetCoinbaseOutputs(WitnessCommitment.Output(Hash256.Zero));
            d.Coinbase = Keys.With(d.Coinbase, [d.Coinbase.Inputs[0].WithWitness([new byte[32]])]);
        }), Blame.Mutated),
        [RuleError.UnexpectedWitness] = new("unexpected-witness", () => Judge(d =>
            d.Coinbase = Keys.With(d.Coinbase, [d.Coinbase.Inputs[0].WithWitness([new byte[32]])])), Blame.Mutated),
        [RuleError.BadBlockWeight] = new("bad-blk-weight", ProvokeBadBlockWeight),
        [RuleError.DuplicateUnspentTransaction] = new("bad-txns-BIP30", ProvokeDuplicateUnspentTransaction),
        [RuleError.InputsMissingOrSpent] = new("bad-txns-inputs-missingorspent", () => JudgeWith(Spend(1))),
        [RuleError.PrematureCoinbaseSpend] = new("bad-txns-premature-spend-of-coinbase", () => JudgeReward(Params with { CoinbaseMaturity = 2 }, 1)),
        [RuleError.InputValuesOutOfRange] = new("bad-txns-inputvalues-outofrange", () =>
            ConnectRich(new Transaction(1, [new TxIn(Rich(0), default), new TxIn(Rich(1), default)], [Keys.PayTo(Keys.Bob, 1)], 0))),
        [RuleError.InputsBelowOutputs] = new("bad-txns-in-belowout", () => JudgeReward(Params, 10 * Amount.Coin + 1)),
        [RuleError.AccumulatedFeeOutOfRange] = new("bad-txns-accumulated-fee-outofrange", () =>
            ConnectRich(SpendAll(Rich(0)), SpendAll(Rich(1)))),
        [RuleError.SequenceLocks] = new("bad-txns-nonfinal", ProvokeSequenceLocks),
        [RuleError.CoinbaseAmount] = new("bad-cb-amount", () => Judge(d => d.SetCoinbaseOutputs(Keys.PayTo(Keys.Miner, 10 * Amount.Coin + 1)))),
        [RuleError.ScriptFailed] = new("mandatory-script-verify-flag-failed (Operation not valid with the current stack size)", ProvokeScriptFailed),
    };

    public static TheoryData<RuleError> Members => [.. Enum.GetValues<RuleError>()];

    private static ChainParams Params => TestChains.Private;

    private static OutPoint Somewhere => new(new TxId(Sha256d.Hash("somewhere"u8)), 0);

    [Theory]
    [MemberData(nameof(Members))]
    public void Rule_WhereItIsBroken_IsNamedWithItsRejectReason(RuleError rule)
    {
        Assert.True(Cases.TryGetValue(rule, out var broken), $"nothing provokes {rule}");
        var violation = broken.Provoke();
        Assert.NotNull(violation);
        Assert.Equal(rule, violation.Error);
        Assert.Equal(broken.RejectReason, violation.RejectReason);
        Assert.StartsWith(rule.RejectReason(), violation.RejectReason, StringComparison.Ordinal);
        Assert.StartsWith(broken.RejectReason, violation.ToString(), StringComparison.Ordinal);
        Assert.Equal(broken.Blame, rule.Blame());
    }

    [Fact]
    public void RejectReasons_AreAllDifferent_ButForTheTwoKindsOfLockTime()
    {
        Assert.Equal(RuleError.NonFinal.RejectReason(), RuleError.SequenceLocks.RejectReason());
        var reasons = Enum.GetValues<RuleError>().Where(r => r != RuleError.SequenceLocks).Select(r => r.RejectReason()).ToArray();
        Assert.Equal(reasons.Length, reasons.Distinct().Count());
        Assert.Throws<ArgumentOutOfRangeException>(() => ((RuleError)(-1)).RejectReason());
    }

    [Fact]
    public void Judge_WithNothingBroken_IsValid()
    {
        Assert.Null(Judge(_ => { }));
        Assert.Null(JudgeReward(Params, 10 * Amount.Coin));
    }

    /// <summary>Judges a block on two others after one change.</summary>
    private static RuleViolation? Judge(Action<BlockDraft> change)
    {
        var g = new ChainBuilder(Params);
        g.NextBlocks("b", 2);
        return g.Judge(g.NextBlock("broken", change));
    }

    private static RuleViolation? JudgeWith(Transaction transaction) => Judge(d => d.Transactions.Add(transaction));

    /// <summary>Judges a block that spends the reward of the block before it.</summary>
    private static RuleViolation? JudgeReward(ChainParams p, long value)
    {
        var g = new ChainBuilder(p);
        g.NextBlock("b1");
        return g.Judge(g.NextBlock("b2", d => d.Transactions.Add(Keys.Spend(g["b1"].Reward, Keys.Miner, Keys.PayTo(Keys.Bob, value)))));
    }

    private static RuleViolation? ProvokeParentMissing()
    {
        var g = new ChainBuilder(Params);
        g.NextBlocks("b", 2);
        return Process(g, "b2");
    }

    private static RuleViolation? ProvokeKnownInvalid()
    {
        var g = new ChainBuilder(Params);
        g.NextBlock("b1", d => d.SetCoinbaseOutputs(Keys.PayTo(Keys.Miner, 11 * Amount.Coin)));
        return Process(g, "b1", "b1");
    }

    private static RuleViolation? ProvokeParentInvalid()
    {
        var g = new ChainBuilder(Params);
        g.NextBlock("b1", d => d.SetCoinbaseOutputs(Keys.PayTo(Keys.Miner, 11 * Amount.Coin)));
        g.NextBlock("b2");
        return Process(g, "b1", "b2");
    }

    private static RuleViolation? ProvokeTimeTooNew()
    {
        var g = new ChainBuilder(Params);
        var block = g.NextBlock("b1");
        return HeaderRules.Accept(block.Header, block.Parent!, block.Header.Time - Params.MaxFutureBlockTime - 1L, Params);
    }

    private static RuleViolation? ProvokeBadBlockWeight()
    {
        var g = new ChainBuilder(Params);
        var block = g.NextBlock("b1");
        return BlockRules.Accept(block.Block, block.Parent!, Params with { MaxBlockWeight = (int)block.Block.Weight - 1 });
    }

    private static RuleViolation? ProvokeDuplicateUnspentTransaction()
    {
        var g = new ChainBuilder(Params with { Bip34Height = ChainParams.Never });
        var first = g.NextBlock("b1");
        return g.Judge(g.NextBlock("b2", d => d.Coinbase = first.Block.Transactions[0]));
    }

    private static RuleViolation? ProvokeScriptFailed()
    {
        var g = new ChainBuilder(Params);
        var reward = g.NextBlock("b1").Reward;
        return g.Judge(g.NextBlock("b2", d => d.Transactions.Add(new Transaction(1, [new TxIn(reward, default)], [Keys.PayTo(Keys.Bob, 1)], 0))));
    }

    /// <summary>Hands blocks to a chainstate; gives what it says of the last.</summary>
    private static RuleViolation? Process(ChainBuilder g, params string[] names)
    {
        using var folder = new TempFolder();
        using var chainstate = Chainstate.Create(ChainDatabase.Open(folder.File("chain.db")), g.Params, new ChainstateOptions(), new ManualClock(g.Now));
        return names.Select(name => chainstate.ProcessBlock(g[name].Block)).ToArray()[^1].Violation;
    }

    private static RuleViolation? ProvokeSequenceLocks()
    {
        var g = new ChainBuilder(Params);
        g.NextBlocks("b", 2);
        var spend = new Transaction(2, [new TxIn(g["b1"].Reward, default, sequence: 3)], [Keys.PayTo(Keys.Bob, 1)], lockTime: 0);
        return g.Judge(g.NextBlock("broken", d => d.Transactions.Add(Keys.Sign(spend, Keys.Miner))));
    }

    /// <summary>Connects a block that spends coins each of which is worth all the money there is.</summary>
    private static RuleViolation? ConnectRich(params Transaction[] transactions)
    {
        var coins = new MemoryCoins();
        for (var i = 0u; i < 2; i++) coins.Add(Rich(i), new Coin(Keys.PayTo(Keys.Alice, Amount.MaxMoney), height: 1, isCoinbase: false));
        var block = new Block(Params.Genesis.Header, [Coinbase([1, 2]), .. transactions]);
        return BlockRules.Connect(block, new LoneNode(block.Header, 5), coins, Params, verifier: null, out _);
    }

    private static OutPoint Rich(uint index) => new(new TxId(Sha256d.Hash("rich"u8)), index);

    private static Transaction SpendAll(OutPoint coin) => new(1, [new TxIn(coin, default)], [new TxOut(0, default)], 0);

    private static Transaction Coinbase(byte[] script) => new(1, [new TxIn(OutPoint.Null, script)], [Keys.PayTo(Keys.Miner, 1)], 0);

    private static Transaction Spend(params long[] values) => Spend([.. values.Select(v => Keys.PayTo(Keys.Bob, v))]);

    private static Transaction Spend(params TxOut[] outputs) => new(1, [new TxIn(Somewhere, default)], ImmutableArray.Create(outputs), 0);
}
