using System.Text.Json;
using Chain.Core.Coins;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Consensus;

public class TransactionRulesTests
{
    private const uint Final = TxIn.FinalSequence;
    private const uint Threshold = TransactionRules.LockTimeThreshold;

    private readonly ITestOutputHelper _output;

    public TransactionRulesTests(ITestOutputHelper output) => _output = output;

    [VectorFact("tx_valid.json")]
    public void Check_CoresValidTransactions_Pass()
    {
        var count = 0;
        foreach (var item in Vectors.ReadJson("tx_valid.json").EnumerateArray().Where(i => i[0].ValueKind == JsonValueKind.Array))
        {
            Assert.Null(TransactionRules.Check(Bitcoin.DecodeTransaction(item[1].GetString()!), TestChains.Regtest));
            count++;
        }

        _output.WriteLine($"{count} transactions");
        Assert.NotEqual(0, count);
    }

    [Fact]
    public void Check_BitcoinsFirstTransactions_Pass()
    {
        Assert.Null(TransactionRules.Check(Bitcoin.DecodeTransaction(Bitcoin.FirstPaymentHex), TestChains.Regtest));
        Assert.Null(TransactionRules.Check(Bitcoin.DecodeTransaction(Bitcoin.Block9CoinbaseHex), TestChains.Regtest));
    }

    [Theory]
    [InlineData(1, RuleError.CoinbaseScriptLength)]
    [InlineData(2, null)]
    [InlineData(100, null)]
    [InlineData(101, RuleError.CoinbaseScriptLength)]
    public void Check_CoinbaseScript_Is2To100BytesLong(int length, RuleError? expected) =>
        Assert.Equal(expected, Check([new TxIn(OutPoint.Null, new byte[length])], [new TxOut(0, default)]));

    [Fact]
    public void Check_OutputsAtTheLimitOfMoney_PassAndBeyondItFail()
    {
        TxIn[] inputs = [new(Coin(0), default)];
        Assert.Null(Check(inputs, [new TxOut(0, default)]));
        Assert.Null(Check(inputs, [new TxOut(Amount.MaxMoney, default)]));
        Assert.Null(Check(inputs, [new TxOut(Amount.MaxMoney, default), new TxOut(0, default)]));
        Assert.Equal(RuleError.OutputNegative, Check(inputs, [new TxOut(-1, default)]));
        Assert.Equal(RuleError.OutputNegative, Check(inputs, [new TxOut(long.MinValue, default)]));
        Assert.Equal(RuleError.OutputTooLarge, Check(inputs, [new TxOut(Amount.MaxMoney + 1, default)]));
        Assert.Equal(RuleError.OutputTooLarge, Check(inputs, [new TxOut(long.MaxValue, default), new TxOut(long.MaxValue, default)]));
        Assert.Equal(RuleError.OutputTotalTooLarge, Check(inputs, [new TxOut(Amount.MaxMoney, default), new TxOut(1, default)]));
    }

    [Fact]
    public void Check_SizeAtTheLimit_PassesAndOneByteMoreFails()
    {
        var p = TestChains.Regtest with { MaxBlockWeight = 4_000 };
        Assert.Null(TransactionRules.Check(OfSize(1_000), p));
        Assert.Equal(RuleError.TransactionOversize, TransactionRules.Check(OfSize(1_001), p)?.Error);
    }

    [Fact]
    public void Check_TheSameOutputTwice_IsRefusedWhereverItStands()
    {
        TxOut[] outputs = [new(0, default)];
        Assert.Equal(RuleError.DuplicateInputs, Check([new TxIn(Coin(1), default), new TxIn(Coin(2), default), new TxIn(Coin(1), new byte[1])], outputs));
        Assert.Null(Check([new TxIn(Coin(1), default), new TxIn(Coin(2), default)], outputs));
        Assert.Equal(RuleError.DuplicateInputs, Check([new TxIn(OutPoint.Null, default), new TxIn(OutPoint.Null, default)], outputs));
    }

    // Lock time, height of the block, time, sequence (Core: IsFinalTx).
    [Theory]
    [InlineData(0u, 0, 0L, 0u, true)]
    [InlineData(100u, 100, 0L, 0u, false)]
    [InlineData(100u, 101, 0L, 0u, true)]
    [InlineData(100u, 100, 0L, Final, true)]
    [InlineData(100u, 100, 0L, Final - 1, false)]
    [InlineData(100u, 100, long.MaxValue, 0u, false)]
    [InlineData(Threshold - 1, (int)Threshold - 1, 0L, 0u, false)]
    [InlineData(Threshold - 1, (int)Threshold, 0L, 0u, true)]
    [InlineData(Threshold, int.MaxValue, (long)Threshold, 0u, false)]
    [InlineData(Threshold, 0, Threshold + 1L, 0u, true)]
    [InlineData(uint.MaxValue, 0, (long)uint.MaxValue, 0u, false)]
    [InlineData(uint.MaxValue, 0, (long)uint.MaxValue, Final, true)]
    public void IsFinal_LockTimeIsAHeightOrATime(uint lockTime, int height, long time, uint sequence, bool expected)
    {
        var transaction = new Transaction(2, [new TxIn(Coin(1), default), new TxIn(Coin(2), default, sequence)], [], lockTime);
        Assert.Equal(expected, TransactionRules.IsFinal(transaction, height, time));
    }

    [Fact]
    public void Connect_InputsAndOutputs_GiveTheFeeAndTheCoins()
    {
        var coins = new MemoryCoins().Add(Coin(1), Worth(5)).Add(Coin(2), Worth(7));
        Assert.Null(Connect(coins, height: 10, [Coin(2), Coin(1)], out var fee, out var spent, 4, 5));
        Assert.Equal(3, fee.Satoshis);
        Assert.Equal([7L, 5L], spent.Select(c => c.Output.Value));

        Assert.Null(Connect(coins, height: 10, [Coin(1)], out fee, out _, 5));
        Assert.Equal(0, fee.Satoshis);
        var violation = Connect(coins, height: 10, [Coin(1)], out _, out _, 6);
        Assert.Equal(RuleError.InputsBelowOutputs, violation?.Error);
        Assert.Equal("value in (0.00000005) < value out (0.00000006)", violation?.Detail);
    }

    [Fact]
    public void Connect_MissingInput_IsReportedBeforeImmatureOnes()
    {
        var coins = new MemoryCoins().Add(Coin(1), Worth(5, height: 10, isCoinbase: true));
        Assert.Equal(RuleError.InputsMissingOrSpent, Connect(coins, height: 10, [Coin(1), Coin(2)], out _, out _, 1)?.Error);
    }

    [Theory]
    [InlineData(100, 109, RuleError.PrematureCoinbaseSpend)]
    [InlineData(100, 110, null)]
    [InlineData(1, 10, RuleError.PrematureCoinbaseSpend)]
    [InlineData(1, 11, null)]
    public void Connect_Coinbase_MaturesByHeight(int maturity, int height, RuleError? expected)
    {
        var coins = new MemoryCoins().Add(Coin(1), Worth(5, height: 10, isCoinbase: true)).Add(Coin(2), Worth(5, height: 10));
        var p = TestChains.Regtest with { CoinbaseMaturity = maturity };
        Assert.Equal(expected, TransactionRules.Connect(Spend([Coin(1)], 1), coins, height, p, out _, out _)?.Error);
        Assert.Null(TransactionRules.Connect(Spend([Coin(2)], 1), coins, height, p, out _, out _));
    }

    [Fact]
    public void Connect_InputsTogetherBeyondAllMoney_AreRefused()
    {
        var coins = new MemoryCoins().Add(Coin(1), Worth(Amount.MaxMoney)).Add(Coin(2), Worth(1));
        Assert.Equal(RuleError.InputValuesOutOfRange, Connect(coins, height: 1, [Coin(1), Coin(2)], out _, out _, 1)?.Error);
        Assert.Null(Connect(coins, height: 1, [Coin(1)], out var fee, out _, 0));
        Assert.Equal(Amount.MaxMoney, fee.Satoshis);
    }

    private static RuleError? Check(TxIn[] inputs, TxOut[] outputs) => TransactionRules.Check(new Transaction(1, [.. inputs], [.. outputs], 0), TestChains.Regtest)?.Error;

    private static RuleViolation? Connect(MemoryCoins coins, int height, OutPoint[] from, out Amount fee, out Coin[] spent, params long[] values) =>
        TransactionRules.Connect(Spend(from, values), coins, height, TestChains.Regtest, out fee, out spent);

    private static Transaction Spend(OutPoint[] from, params long[] values) =>
        new(2, [.. from.Select(o => new TxIn(o, default))], [.. values.Select(v => new TxOut(v, default))], 0);

    private static Transaction OfSize(int size)
    {
        var frame = new Transaction(1, [new TxIn(Coin(1), default)], [new TxOut(0, new byte[300])], 0).Size - 300;
        return new Transaction(1, [new TxIn(Coin(1), default)], [new TxOut(0, new byte[size - frame])], 0);
    }

    private static OutPoint Coin(uint index) => new(new TxId(Core.Cryptography.Sha256d.Hash("coin"u8)), index);

    private static Coin Worth(long value, int height = 1, bool isCoinbase = false) => new(new TxOut(value, Keys.ScriptOf(Keys.Alice)), height, isCoinbase);
}
