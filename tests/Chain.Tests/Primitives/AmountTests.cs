using System.Globalization;
using Chain.Core.Primitives;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Primitives;

public class AmountTests
{
    private readonly ITestOutputHelper _output;

    public AmountTests(ITestOutputHelper output) => _output = output;

    [Theory]
    [InlineData("0", 0)]
    [InlineData("0.0", 0)]
    [InlineData("0.00000001", 1)]
    [InlineData("0.1", 10_000_000)]
    [InlineData("1", 100_000_000)]
    [InlineData("1.0", 100_000_000)]
    [InlineData("1.50000000", 150_000_000)]
    [InlineData("007.5", 750_000_000)]
    [InlineData("1.12345678", 112_345_678)]
    [InlineData("20999999.99999999", 2_099_999_999_999_999)]
    [InlineData("21000000", 2_100_000_000_000_000)]
    [InlineData("21000000.00000000", 2_100_000_000_000_000)]
    public void TryParse_DecimalCoins_GivesSatoshis(string text, long satoshis)
    {
        Assert.True(Amount.TryParse(text, out var amount));
        Assert.Equal(satoshis, amount.Satoshis);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(".")]
    [InlineData("..")]
    [InlineData("1.")]
    [InlineData(".5")]
    [InlineData("1..5")]
    [InlineData("1.5.5")]
    [InlineData("-1")]
    [InlineData("-0")]
    [InlineData("+1")]
    [InlineData("1-")]
    [InlineData("(1)")]
    [InlineData("1e3")]
    [InlineData("1E-3")]
    [InlineData("1,5")]
    [InlineData("1,000")]
    [InlineData("1_000")]
    [InlineData("1 000")]
    [InlineData(" 1")]
    [InlineData("1 ")]
    [InlineData("1\n")]
    [InlineData("1\0")]
    [InlineData("\t1")]
    [InlineData("0x1")]
    [InlineData("$1")]
    [InlineData("1btc")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("one")]
    [InlineData("1/2")]
    [InlineData("١")]
    [InlineData("１")]
    [InlineData("1٫5")]
    [InlineData("1。5")]
    [InlineData("1.123456789")]
    [InlineData("1.000000000")]
    [InlineData("0.000000001")]
    [InlineData("0.9999999999999999999999999999")]
    [InlineData("0.999999999999999999999999999999")]
    [InlineData("20999999.99999999999999999999999")]
    [InlineData("21000000.00000001")]
    [InlineData("21000001")]
    [InlineData("92233720368.54775808")]
    [InlineData("184467440737.09551616")]
    [InlineData("79228162514264337593543950335")]
    [InlineData("79228162514264337593543950336")]
    [InlineData("00000000000000000000000000000001.5")]
    [InlineData("99999999999999999999999999999999999999999999999999")]
    public void TryParse_AnythingElse_IsRefused(string? text)
    {
        Assert.False(Amount.TryParse(text, out var amount));
        Assert.Equal(Amount.Zero, amount);
    }

    [Fact]
    public void TryParse_InAnyCulture_TakesThePointOnly()
    {
        var culture = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = new CultureInfo("") { NumberFormat = { NumberDecimalSeparator = ",", NumberGroupSeparator = "." } };
            Assert.True(Amount.TryParse("1.5", out var amount));
            Assert.Equal(150_000_000, amount.Satoshis);
            Assert.False(Amount.TryParse("1,5", out _));
            Assert.Equal("1.5", amount.ToString());
            Assert.Equal("1.50000000", amount.ToFixedString());
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [Theory]
    [InlineData(0, "0", "0.00000000")]
    [InlineData(1, "0.00000001", "0.00000001")]
    [InlineData(10, "0.0000001", "0.00000010")]
    [InlineData(150_000_000, "1.5", "1.50000000")]
    [InlineData(100_000_000_000, "1000", "1000.00000000")]
    [InlineData(Amount.MaxMoney, "21000000", "21000000.00000000")]
    public void ToString_IsDecimalCoinsWithoutTrailingZeros(long satoshis, string text, string withAllDecimals)
    {
        var amount = Amount.FromSatoshis(satoshis);
        Assert.Equal(text, amount.ToString());
        Assert.Equal(withAllDecimals, amount.ToFixedString());
    }

    [Fact]
    public void Parse_OfItsText_GivesTheSameAmount() => Property.ForAll<long>(_output, 10_000, number =>
    {
        var amount = Amount.FromSatoshis((number & long.MaxValue) % (Amount.MaxMoney + 1));
        return Amount.TryParse(amount.ToString(), out var shortest) && shortest == amount
            && Amount.TryParse(amount.ToFixedString(), out var full) && full == amount
            && Amount.TryFromCoins(amount.ToCoins(), out var coins) && coins == amount;
    });

    [Fact]
    public void TryParse_AnyText_NeverThrows() => Property.Check(_output, 20_000, g =>
    {
        var text = string.Concat(Enumerable.Range(0, g.Between(0, 40)).Select(_ => g.OneOf('0', '1', '9', '.', '.', ',', '-', '+', 'e', ' ', '\0', '٣', '\ud800')));
        if (Amount.TryParse(text, out var amount)) Assert.True(Amount.IsInRange(amount.Satoshis));
    });

    [Theory]
    [InlineData(-1, false)]
    [InlineData(long.MinValue, false)]
    [InlineData(0, true)]
    [InlineData(Amount.MaxMoney, true)]
    [InlineData(Amount.MaxMoney + 1, false)]
    [InlineData(long.MaxValue, false)]
    public void Range_IsFrom0To21MillionCoins(long satoshis, bool valid)
    {
        Assert.Equal(valid, Amount.IsInRange(satoshis));
        Assert.Equal(valid, Amount.TryFromSatoshis(satoshis, out var amount));
        Assert.Equal(valid ? satoshis : 0, amount.Satoshis);
        if (!valid) Assert.Throws<OverflowException>(() => Amount.FromSatoshis(satoshis));
    }

    [Fact]
    public void TryFromCoins_NegativeOrFinerThanASatoshi_IsRefused()
    {
        Assert.False(Amount.TryFromCoins(-0.00000001m, out _));
        Assert.False(Amount.TryFromCoins(0.000000001m, out _));
        Assert.False(Amount.TryFromCoins(21_000_000.00000001m, out _));
        Assert.False(Amount.TryFromCoins(decimal.MaxValue, out _));
        Assert.False(Amount.TryFromCoins(decimal.MinValue, out _));
        Assert.True(Amount.TryFromCoins(1.10000000000m, out var amount));
        Assert.Equal(110_000_000, amount.Satoshis);
    }

    [Fact]
    public void Sum_ThatLeavesTheRange_CannotExist()
    {
        var (most, one) = (Amount.FromSatoshis(Amount.MaxMoney), Amount.FromSatoshis(1));
        Assert.Throws<OverflowException>(() => most + one);
        Assert.Throws<OverflowException>(() => Amount.Zero - one);
        Assert.False(Amount.TryAdd(most, one, out var sum));
        Assert.Equal(Amount.Zero, sum);
        Assert.True(Amount.TryAdd(most - one, one, out sum));
        Assert.Equal(most, sum);
        Assert.Equal(most, most + Amount.Zero);
    }

    [Fact]
    public void Comparison_IsThatOfTheSatoshis()
    {
        var (one, two) = (Amount.FromSatoshis(1), Amount.FromSatoshis(2));
        Assert.True(one < two && two > one && one <= two && two >= one && one != two);
        Assert.True(one.CompareTo(two) < 0);
        Assert.Equal(0m, Amount.Zero.ToCoins());
    }
}
