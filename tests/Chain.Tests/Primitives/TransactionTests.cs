using System.Text.Json;
using Chain.Core.Primitives;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Primitives;

public class TransactionTests
{
    private const string Version = "01000000";
    private const string LockTime = "00000000";
    private const string Input = "00000000000000000000000000000000000000000000000000000000000000000000000000ffffffff";
    private const string Output = "000000000000000000";

    private readonly ITestOutputHelper _output;

    public TransactionTests(ITestOutputHelper output) => _output = output;

    [Theory]
    [InlineData(Bitcoin.FirstPaymentHex, Bitcoin.FirstPaymentId)]
    [InlineData(Bitcoin.Block9CoinbaseHex, Bitcoin.Block9CoinbaseId)]
    [InlineData(Bitcoin.WitnessTransactionHex, Bitcoin.WitnessTransactionId)]
    public void Id_OfAKnownTransaction_IsThePublishedOne(string hex, string id)
    {
        var transaction = Bitcoin.DecodeTransaction(hex);
        Assert.Equal(id, transaction.Id.ToString());
        AssertEncodesTo(hex, transaction);
    }

    [Fact]
    public void Id_OfTheGenesisCoinbase_IsThePublishedOne()
    {
        var coinbase = Bitcoin.DecodeBlock(Bitcoin.MainGenesisHex).Transactions[0];
        Assert.Equal(Bitcoin.GenesisCoinbaseId, coinbase.Id.ToString());
        Assert.True(coinbase.IsCoinbase);
        Assert.Equal(50 * Amount.Coin, coinbase.Outputs[0].Value);
    }

    [Fact]
    public void TryDecode_TheFirstPayment_HasItsParts()
    {
        var transaction = Bitcoin.DecodeTransaction(Bitcoin.FirstPaymentHex);
        Assert.Equal(1, transaction.Version);
        Assert.Equal(0u, transaction.LockTime);
        Assert.False(transaction.IsCoinbase);
        Assert.False(transaction.HasWitness);
        Assert.Equal($"{Bitcoin.Block9CoinbaseId}:0", Assert.Single(transaction.Inputs).PreviousOutput.ToString());
        Assert.Equal(TxIn.FinalSequence, transaction.Inputs[0].Sequence);
        Assert.Equal([10 * Amount.Coin, 40 * Amount.Coin], transaction.Outputs.Select(o => o.Value));
        Assert.Equal(transaction.Id.Hash, transaction.WitnessHash);
        Assert.Equal(transaction.Size, transaction.VirtualSize);
        Assert.Equal(4 * transaction.Size, transaction.Weight);
    }

    [Fact]
    public void TryDecode_ATransactionWithWitness_HasTwoHashesAndSizes()
    {
        var transaction = Bitcoin.DecodeTransaction(Bitcoin.WitnessTransactionHex);
        Assert.True(transaction.HasWitness);
        Assert.Equal(Bitcoin.WitnessTransactionHash, transaction.WitnessHash.ToString());
        Assert.Equal(Bitcoin.StrippedWitnessTransactionHex, Hex.Of(transaction.StrippedRaw.Span));
        Assert.Equal(1, transaction.Version);
        Assert.Equal(17u, transaction.LockTime);
        Assert.Empty(transaction.Inputs[0].Witness);
        Assert.Equal(2, transaction.Inputs[1].Witness.Length);
        Assert.Equal(343, transaction.Size);
        Assert.Equal(233, transaction.StrippedRaw.Length);
        Assert.Equal(3 * 233 + 343, transaction.Weight);
        Assert.Equal(261, transaction.VirtualSize);
        var stripped = Bitcoin.DecodeTransaction(Bitcoin.StrippedWitnessTransactionHex);
        Assert.Equal(transaction.Id, stripped.Id);
        Assert.NotEqual(transaction.WitnessHash, stripped.WitnessHash);
    }

    [Fact]
    public void TryDecode_WitnessFormWithoutWitness_IsRefused()
    {
        Assert.Null(Decode(Version + "0001" + "01" + Input + "01" + Output + "00" + LockTime));
        Assert.Null(Decode(Version + "0001" + "00" + "00" + LockTime));
        Assert.NotNull(Decode(Version + "0001" + "01" + Input + "01" + Output + "0100" + LockTime));
    }

    [Theory]
    [InlineData("02")]
    [InlineData("03")]
    [InlineData("80")]
    [InlineData("ff")]
    public void TryDecode_UnknownFlag_IsRefused(string flag)
    {
        Assert.Null(Decode(Version + "00" + flag + "01" + Input + "01" + Output + "0100" + LockTime));
        Assert.Null(Decode(Version + "00" + flag + "01" + Input + "01" + Output + LockTime));
    }

    [Fact]
    public void TryDecode_NoInputsAndNoOutputs_IsTheLegacyForm()
    {
        var transaction = Decode(Version + "00" + "00" + LockTime);
        Assert.NotNull(transaction);
        Assert.Empty(transaction.Inputs);
        Assert.Empty(transaction.Outputs);
        Assert.Equal(Transaction.MinSize, transaction.Size);
        Assert.False(transaction.IsCoinbase);
    }

    [Theory]
    [InlineData("")]
    [InlineData(Version)]
    [InlineData(Version + "00")]
    [InlineData(Version + "0001")]
    [InlineData(Version + "01")]
    [InlineData(Version + "fd0100" + Input + "01" + Output + LockTime)]
    [InlineData(Version + "01" + Input + "fd0100" + Output + LockTime)]
    [InlineData(Version + "02" + Input + "01" + Output + LockTime)]
    [InlineData(Version + "feffffffff" + Input)]
    [InlineData(Version + "01" + Input + "ffffffffffffffffff" + Output)]
    [InlineData(Version + "0001" + "01" + Input + "01" + Output + "ff0000000001000000" + LockTime)]
    [InlineData(Version + "0001" + "01" + Input + "01" + Output + "fd0100" + "00" + LockTime)]
    [InlineData(Version + "01" + Input + "01" + Output + LockTime + "00")]
    public void TryDecode_MalformedBytes_IsNull(string hex) => Assert.Null(Decode(hex));

    [Fact]
    public void TryDecode_CutOffAnywhere_IsNull()
    {
        var bytes = Hex.Bytes(Bitcoin.WitnessTransactionHex);
        for (var length = 0; length < bytes.Length; length++) Assert.Null(Transaction.TryDecode(bytes.AsMemory(0, length)));
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", uint.MaxValue, true)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", 0u, false)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000001", uint.MaxValue, false)]
    public void IsCoinbase_OnlyWithTheOneNullInput(string id, uint index, bool expected)
    {
        Assert.True(TxId.TryParse(id, out var txId));
        var input = new TxIn(new OutPoint(txId, index), default);
        Assert.Equal(expected, new Transaction(1, [input], [new TxOut(0, default)], 0).IsCoinbase);
        Assert.False(new Transaction(1, [input, input], [new TxOut(0, default)], 0).IsCoinbase);
    }

    [Fact]
    public void TryDecode_OfWhatWasBuilt_IsTheSame() => Property.Check(_output, 2_000, g =>
    {
        var built = g.Transaction();
        var read = Transaction.TryDecode(built.Raw);
        Assert.NotNull(read);
        Assert.Equal(built.Id, read.Id);
        Assert.Equal(built.WitnessHash, read.WitnessHash);
        Assert.Equal((built.Version, built.LockTime, built.HasWitness, built.Weight), (read.Version, read.LockTime, read.HasWitness, read.Weight));
        Assert.Equal(built.Inputs.Select(Describe), read.Inputs.Select(Describe));
        Assert.Equal(built.Outputs.Select(Describe), read.Outputs.Select(Describe));
        AssertEncodesTo(Hex.Of(built.Raw.Span), read);
    });

    [VectorFact("tx_valid.json")]
    public void TryDecode_CoresValidTransactions_EncodeToTheSameBytes()
    {
        var count = 0;
        foreach (var item in Vectors.ReadJson("tx_valid.json").EnumerateArray().Where(i => i[0].ValueKind == JsonValueKind.Array))
        {
            AssertEncodesTo(item[1].GetString()!, Bitcoin.DecodeTransaction(item[1].GetString()!));
            count++;
        }

        Assert.NotEqual(0, count);
        _output.WriteLine($"{count} transactions");
    }

    private static Transaction? Decode(string hex) => Transaction.TryDecode(Hex.Bytes(hex));

    private static void AssertEncodesTo(string hex, Transaction transaction)
    {
        var rebuilt = new Transaction(transaction.Version, transaction.Inputs, transaction.Outputs, transaction.LockTime);
        Assert.Equal(hex, Hex.Of(rebuilt.Raw.Span));
        Assert.Equal(transaction.Id, rebuilt.Id);
    }

    private static string Describe(TxIn input) =>
        $"{input.PreviousOutput} {Hex.Of(input.ScriptSig.Span)} {input.Sequence} {string.Join(',', input.Witness.Select(item => Hex.Of(item.Span)))}";

    private static string Describe(TxOut output) => $"{output.Value} {Hex.Of(output.ScriptPubKey.Span)}";
}
