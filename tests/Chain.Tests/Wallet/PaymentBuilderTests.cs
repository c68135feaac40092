using System.Buffers.Binary;
using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Node.Wallet;

namespace Chain.Tests.Wallet;

/// <summary>Payments: which coins are spent, where their value goes, and that every signature is valid.</summary>
public class PaymentBuilderTests
{
    private static readonly PrivateKey Alice = Key(1);
    private static readonly PrivateKey Old = Key(2, compressed: false);
    private static readonly PrivateKey Stranger = Key(3);
    private static readonly byte[] ToBob = StandardScripts.PayToPublicKeyHash(Key(4).PublicKey.Hash);
    private static readonly byte[] ToAlice = StandardScripts.PayToPublicKeyHash(Alice.PublicKey.Hash);

    [Fact]
    public void Build_CoinThatFits_NoChange()
    {
        var payment = Pay(10, Fee(2), Coin(1, 100), Coin(2, 12), Coin(3, 11), Coin(4, 5));
        Assert.Equal([Coin(2, 12).OutPoint], Spent(payment));
        Assert.Equal([10], Values(payment));
        Assert.Equal((2L, 0L), (payment.Fee.Satoshis, payment.Change.Satoshis));
    }

    [Fact]
    public void Build_NoCoinFits_SmallestThatSufficesAndChangeBack()
    {
        var payment = Pay(10, Fee(2), Coin(1, 100), Coin(2, 30), Coin(3, 11));
        Assert.Equal([Coin(2, 30).OutPoint], Spent(payment));
        Assert.Equal([10, 18], Values(payment));
        Assert.Equal(ToBob, payment.Transaction.Outputs[0].ScriptPubKey);
        Assert.Equal(ToAlice, payment.Transaction.Outputs[1].ScriptPubKey);
        Assert.Equal((2L, 18L), (payment.Fee.Satoshis, payment.Change.Satoshis));
    }

    /// <summary>Nodes would not pass on change that is dust: it goes to the miner.</summary>
    [Theory]
    [InlineData(546, 18_546, 546, 454)]
    [InlineData(546, 18_545, 0, 999)]
    [InlineData(0, 18_001, 1, 454)]
    public void Build_ChangeBelowTheLeast_GoesToTheFee(long least, long coin, long change, long fee)
    {
        var request = new PaymentRequest([Coin(1, coin)], Amount.FromSatoshis(17_546), ToBob, ToAlice, FeePolicy.Exactly(Amount.FromSatoshis(454))) { LeastChange = Amount.FromSatoshis(least) };
        var payment = Assert.IsType<Payment>(PaymentBuilder.Build(request, _ => Alice));
        Assert.Equal((change, fee), (payment.Change.Satoshis, payment.Fee.Satoshis));
    }

    [Fact]
    public void Build_NoSingleCoinSuffices_LargestFirst()
    {
        var payment = Pay(100, Fee(0), Coin(1, 10), Coin(2, 60), Coin(3, 30), Coin(4, 20), Coin(5, 50));
        Assert.Equal([Coin(2, 60).OutPoint, Coin(5, 50).OutPoint], Spent(payment));
        Assert.Equal([100, 10], Values(payment));
    }

    [Fact]
    public void Build_ExactlyEverything_AllCoinsNoChange()
    {
        var payment = Pay(59, Fee(1), Coin(1, 10), Coin(2, 20), Coin(3, 30));
        Assert.Equal(3, payment.Inputs.Length);
        Assert.Equal([59], Values(payment));
    }

    [Fact]
    public void Build_ConfirmedCoinsSuffice_UnconfirmedStay()
    {
        var payment = Pay(10, Fee(0), Coin(1, 10, confirmations: 0), Coin(2, 6), Coin(3, 5));
        Assert.Equal([Coin(2, 6).OutPoint, Coin(3, 5).OutPoint], Spent(payment));
    }

    [Fact]
    public void Build_ConfirmedCoinsDoNotSuffice_UnconfirmedToo()
    {
        var payment = Pay(14, Fee(0), Coin(1, 10, confirmations: 0), Coin(2, 3), Coin(3, 5));
        Assert.Equal([Coin(1, 10).OutPoint, Coin(3, 5).OutPoint], Spent(payment));
    }

    [Fact]
    public void Build_EqualCoins_DeeperFirstThenByOutPoint()
    {
        SpendableCoin[] coins = [Coin(3, 10, 1), Coin(2, 10, 5), Coin(1, 10, 1)];
        var payment = Pay(20, Fee(0), coins);
        Assert.Equal(2, payment.Inputs.Length);
        Assert.Equal(Coin(2, 10).OutPoint, Spent(payment)[0]);
        Assert.Equal(payment.Transaction.Raw, Pay(20, Fee(0), [.. coins.Reverse()]).Transaction.Raw);
    }

    [Fact]
    public void Build_TooLittle_InsufficientFundsWithBothFigures()
    {
        Assert.Equal(new PaymentFailure(PaymentError.InsufficientFunds, Sat(12), Sat(11)), Fail(10, Fee(2), Coin(1, 5), Coin(2, 6, 0)));
        Assert.Equal(new PaymentFailure(PaymentError.InsufficientFunds, Sat(10), Sat(0)), Fail(10, Fee(0)));
        Assert.Contains("0.00000012 needed", Fail(10, Fee(2), Coin(1, 5)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_Zero_NothingToPay() => Assert.Equal(PaymentError.NothingToPay, Fail(0, Fee(0), Coin(1, 5)).Error);

    [Fact]
    public void Build_KeyOfAnother_CoinNotSpent()
    {
        var foreign = Coin(1, 50, script: StandardScripts.PayToPublicKeyHash(Stranger.PublicKey.Hash));
        Assert.Equal([Coin(2, 60).OutPoint], Spent(Pay(40, Fee(0), foreign, Coin(2, 60))));
        Assert.Equal(new PaymentFailure(PaymentError.MissingKey, Sat(40), Sat(10)), Fail(40, Fee(0), foreign, Coin(2, 10)));
    }

    [Fact]
    public void Build_ScriptsNobodyKnowsOrValuesThatAreNone_CoinNotSpent()
    {
        SpendableCoin[] odd =
        [
            Coin(1, 50, script: [0x51]), Coin(2, 50, script: StandardScripts.DataCarrier([1])), Coin(3, 0), Coin(4, -5), Coin(5, Amount.MaxMoney + 1),
            Coin(6, long.MaxValue), Coin(7, long.MinValue),
        ];
        Assert.Equal([Coin(9, 1).OutPoint], Spent(Pay(1, Fee(0), [.. odd, Coin(9, 1)])));
        Assert.Equal(Sat(0), Fail(1, Fee(0), odd).Available);
    }

    [Fact]
    public void Build_OneCoinTwice_CountedOnce() =>
        Assert.Equal(new PaymentFailure(PaymentError.InsufficientFunds, Sat(15), Sat(10)), Fail(15, Fee(0), Coin(1, 10), Coin(1, 10)));

    [Fact]
    public void Build_SumsBeyondAllMoney_FailureAndNoException()
    {
        SpendableCoin[] riches = [Coin(1, Amount.MaxMoney), Coin(2, Amount.MaxMoney), Coin(3, Amount.MaxMoney - 1)];
        Assert.Equal(PaymentError.OutOfRange, Fail(Amount.MaxMoney, Fee(1), riches).Error);
        Assert.Equal(PaymentError.OutOfRange, Fail(Amount.MaxMoney, Fee(Amount.MaxMoney), riches).Error);
        Assert.Equal(PaymentError.OutOfRange, Fail(1, FeePolicy.PerThousandBytes(long.MaxValue), riches).Error);
        Assert.Equal(PaymentError.OutOfRange, Fail(Amount.MaxMoney, Fee(0), Coin(1, Amount.MaxMoney - 1), Coin(2, 5)).Error);
        Assert.Equal([Amount.MaxMoney], Values(Pay(Amount.MaxMoney, Fee(0), riches)));
        var many = Enumerable.Range(1, 6_000).Select(i => Coin(i, Amount.MaxMoney)).ToArray();
        Assert.Equal([5, Amount.MaxMoney - 5], Values(Pay(5, Fee(0), many)));
    }

    [Fact]
    public void Build_ManySmallCoins_FewestThatDoOrTooMany()
    {
        var coins = Enumerable.Range(1, 700).Select(i => Coin(i, 1_000)).ToArray();
        Assert.Equal(600, Pay(600_000, Fee(0), coins).Inputs.Length);
        Assert.Equal(PaymentError.TooManyCoins, Fail(690_000, Fee(0), coins).Error);
    }

    [Theory]
    [InlineData(1_000, 1)]
    [InlineData(1_000, 3)]
    [InlineData(12_345, 2)]
    [InlineData(1, 1)]
    public void Build_FeeRate_NeverMissedAndBarelyExceeded(long rate, int inputs)
    {
        var coins = Enumerable.Range(1, inputs).Select(i => Coin(i, 100_000)).ToArray();
        var payment = Pay((100_000 * inputs) - 50_000, FeePolicy.PerThousandBytes(rate), coins);
        var size = payment.Transaction.VirtualSize;
        Assert.True(payment.Fee.Satoshis * 1000 >= size * rate);
        Assert.True(payment.Fee.Satoshis <= (((size + (3 * inputs)) * rate) / 1000) + 1);
        Assert.Equal(100_000 * inputs, Values(payment).Sum() + payment.Fee.Satoshis);
    }

    [Fact]
    public void Build_ChangeWorthLessThanItsOutput_GoesToTheFee()
    {
        // One input of 148 bytes, one output of 34, ten more: 192 bytes, and 34 for change.
        Assert.Equal([50_000], Values(Pay(50_000, FeePolicy.PerThousandBytes(1_000), Coin(1, 50_192))));
        Assert.Equal([50_000], Values(Pay(50_000, FeePolicy.PerThousandBytes(1_000), Coin(1, 50_192 + 34 + 33))));
        Assert.Equal([50_000, 34], Values(Pay(50_000, FeePolicy.PerThousandBytes(1_000), Coin(1, 50_192 + 34 + 34))));
        Assert.Equal([50_000, 1], Values(Pay(50_000, Fee(10), Coin(1, 50_011))));
        Assert.Equal(PaymentError.InsufficientFunds, Fail(50_000, FeePolicy.PerThousandBytes(1_000), Coin(1, 50_191)).Error);
    }

    [Fact]
    public void Build_CoinThatCostsMoreThanItIsWorth_LeftAlone()
    {
        var payment = Pay(50_000, FeePolicy.PerThousandBytes(1_000), Coin(1, 148), Coin(2, 40_000), Coin(3, 20_000));
        Assert.Equal(2, payment.Inputs.Length);
        Assert.Equal(PaymentError.InsufficientFunds, Fail(100, FeePolicy.PerThousandBytes(1_000), Coin(1, 148), Coin(2, 148)).Error);
    }

    [Fact]
    public void Build_CompressedUncompressedAndBareKeys_AllUnlock()
    {
        var payment = Pay(
            100, Fee(0), Coin(1, 30), Coin(2, 30, script: StandardScripts.PayToPublicKeyHash(Old.PublicKey.Hash)),
            Coin(3, 30, script: StandardScripts.PayToPublicKey(Old.PublicKey)), Coin(4, 30, script: StandardScripts.PayToPublicKey(Alice.PublicKey)));
        Assert.Equal(4, payment.Inputs.Length);
    }

    [Fact]
    public void Build_KeyThatDoesNotFit_NeverHandedOut() =>
        Assert.Throws<InvalidOperationException>(() => PaymentBuilder.Build(Request(10, Fee(0), Coin(1, 10)), _ => Stranger));

    [Fact]
    public void Build_RandomRequests_ValueIsKeptAndPoliciesHold()
    {
        var seed = Environment.TickCount;
        var random = new Random(seed);
        for (var round = 0; round < 150; round++)
        {
            var coins = Enumerable.Range(1, random.Next(12)).Select(i => Coin(i, random.NextInt64(1, 20_000), random.Next(3))).ToArray();
            var rate = random.Next(3_000);
            var policy = random.Next(2) == 0 ? Fee(rate) : FeePolicy.PerThousandBytes(rate);
            var amount = random.NextInt64(1, 100_000);
            if (PaymentBuilder.Build(Request(amount, policy, coins), FindKey) is not Payment payment)
            {
                Assert.True(coins.Sum(c => c.Output.Value) < amount + rate + (rate * 200 * (coins.Length + 1) / 1000), $"seed {seed}, round {round}");
                continue;
            }

            RequireValid(payment);
            var total = payment.Inputs.Sum(coin => coin.Output.Value);
            Assert.True(total == amount + payment.Fee.Satoshis + payment.Change.Satoshis, $"seed {seed}, round {round}");
            Assert.True(policy != Fee(rate) || payment.Fee.Satoshis == rate, $"seed {seed}, round {round}");
            Assert.True(policy == Fee(rate) || payment.Fee.Satoshis * 1000 >= (long)rate * payment.Transaction.VirtualSize, $"seed {seed}, round {round}");
        }
    }

    [Fact]
    public void PerThousandBytes_Negative_Refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => FeePolicy.PerThousandBytes(-1));

    private static Payment Pay(long amount, FeePolicy fee, params SpendableCoin[] coins)
    {
        var payment = Assert.IsType<Payment>(PaymentBuilder.Build(Request(amount, fee, coins), FindKey));
        RequireValid(payment);
        return payment;
    }

    private static PaymentFailure Fail(long amount, FeePolicy fee, params SpendableCoin[] coins) =>
        Assert.IsType<PaymentFailure>(PaymentBuilder.Build(Request(amount, fee, coins), FindKey));

    private static void RequireValid(Payment payment)
    {
        var transaction = Transaction.TryDecode(payment.Transaction.Raw.ToArray())!;
        Assert.Null(TransactionRules.Check(transaction, Profiles.Regtest));
        var data = new PrecomputedTransactionData(transaction, [.. payment.Inputs.Select(coin => coin.Output)]);
        for (var i = 0; i < transaction.Inputs.Length; i++)
        {
            Assert.Equal(payment.Inputs[i].OutPoint, transaction.Inputs[i].PreviousOutput);
            var script = payment.Inputs[i].Output.ScriptPubKey;
            Assert.Equal(ScriptError.Ok, ScriptInterpreter.Verify(transaction.Inputs[i].ScriptSig, script, ScriptFlags.Standard, new SignatureChecker(data, i)));
        }
    }

    private static PaymentRequest Request(long amount, FeePolicy fee, params SpendableCoin[] coins) => new(coins, Sat(amount), ToBob, ToAlice, fee);

    private static PrivateKey? FindKey(Hash160 hash) =>
        hash == Alice.PublicKey.Hash ? Alice : hash == Old.PublicKey.Hash ? Old : null;

    private static SpendableCoin Coin(int id, long value, int confirmations = 1, byte[]? script = null)
    {
        var bytes = new byte[Hash256.Size];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, id);
        return new SpendableCoin(new OutPoint(new TxId(new Hash256(bytes)), 0), new TxOut(value, script ?? ToAlice), confirmations);
    }

    private static PrivateKey Key(byte number, bool compressed = true)
    {
        var bytes = new byte[Secp256k1.PrivateKeySize];
        bytes[^1] = number;
        return PrivateKey.TryCreate(bytes, compressed)!;
    }

    private static Amount Sat(long satoshis) => Amount.FromSatoshis(satoshis);

    private static FeePolicy Fee(long satoshis) => FeePolicy.Exactly(Sat(satoshis));

    private static OutPoint[] Spent(Payment payment) => [.. payment.Transaction.Inputs.Select(input => input.PreviousOutput)];

    private static long[] Values(Payment payment) => [.. payment.Transaction.Outputs.Select(output => output.Value)];
}
