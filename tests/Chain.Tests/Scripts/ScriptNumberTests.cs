using Chain.Core.Scripts;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Scripts;

public class ScriptNumberTests
{
    private readonly ITestOutputHelper _output;

    public ScriptNumberTests(ITestOutputHelper output) => _output = output;

    [Theory]
    [InlineData(0, "")]
    [InlineData(1, "01")]
    [InlineData(-1, "81")]
    [InlineData(127, "7f")]
    [InlineData(128, "8000")]
    [InlineData(-128, "8080")]
    [InlineData(2147483647, "ffffff7f")]
    [InlineData(-2147483647, "ffffffff")]
    [InlineData(2147483648, "0000008000")]
    [InlineData(4294967295, "ffffffff00")]
    [InlineData(long.MaxValue, "ffffffffffffff7f")]
    [InlineData(long.MinValue, "000000000000008080")]
    public void Encode_IsTheShortestForm(long value, string expected) => Assert.Equal(expected, Hex.Of(ScriptNumber.Encode(value)));

    [Theory]
    [InlineData("00", 0, false)]
    [InlineData("80", 0, false)]
    [InlineData("0100", 1, false)]
    [InlineData("0180", -1, false)]
    [InlineData("7f00", 127, false)]
    [InlineData("8000", 128, true)]
    [InlineData("00000080", 0, false)]
    public void TryRead_LongerForms_AreReadUnlessTheShortestIsAsked(string element, long expected, bool isMinimal)
    {
        Assert.True(ScriptNumber.TryRead(Hex.Bytes(element), requireMinimal: false, out var value));
        Assert.Equal(expected, value);
        Assert.Equal(isMinimal, ScriptNumber.TryRead(Hex.Bytes(element), requireMinimal: true, out _));
    }

    [Fact]
    public void TryRead_LongerThanAllowed_Fails()
    {
        Assert.False(ScriptNumber.TryRead(new byte[5], false, out _));
        Assert.True(ScriptNumber.TryRead(new byte[5], false, out _, ScriptNumber.MaxLockTimeSize));
        Assert.False(ScriptNumber.TryRead(new byte[6], false, out _, ScriptNumber.MaxLockTimeSize));
    }

    [Fact]
    public void TryRead_OfWhatWasEncoded_IsTheSameNumber() => Property.ForAll<long>(_output, 10_000, value =>
    {
        value >>= 25;
        return ScriptNumber.TryRead(ScriptNumber.Encode(value), requireMinimal: true, out var read, ScriptNumber.MaxLockTimeSize) && read == value;
    });
}
