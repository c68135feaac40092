using Chain.Core.Encoding;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Encoding;

/// <summary>Mistakes in bech32 are found where they are.</summary>
public class Bech32ErrorsTests(ITestOutputHelper output)
{
    [Theory]
    [InlineData(Bech32Variant.Bech32)]
    [InlineData(Bech32Variant.Bech32m)]
    public void Locate_UpToTwoMistakes_TheirPlaces(Bech32Variant variant) => Property.Check(output, 20, random =>
    {
        var values = new byte[33];
        for (var i = 0; i < values.Length; i++) values[i] = (byte)random.Between(0, 31);
        var sound = Bech32.Encode("bcrt", values, variant);
        var places = Enumerable.Range(0, random.Between(1, 2)).Select(_ => random.Between(5, sound.Length - 1)).Distinct().Order().ToList();
        var text = sound.ToCharArray();
        foreach (var place in places)
        {
            do text[place] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"[random.Between(0, 31)];
            while (text[place] == sound[place]);
        }

        Assert.False(Bech32.TryDecode(new string(text), out _, out _, out _));
        var (message, found) = Bech32Errors.Locate(new string(text));
        Assert.Equal(($"Invalid {variant} checksum", string.Join(' ', places)), (message, string.Join(' ', found)));
    });

    [Theory]
    [InlineData("1", "Invalid separator position", "0")]
    [InlineData("abc1qqqqq", "Invalid separator position", "3")]
    [InlineData("abc", "Missing separator", "")]
    [InlineData("a\u0001b1qqqqqqq", "Invalid character or mixed case", "1")]
    [InlineData("aBc1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq", "Invalid character or mixed case", "1")]
    public void Locate_NoText_Places(string text, string message, string places)
    {
        var (found, where) = Bech32Errors.Locate(text);
        Assert.Equal((message, places), (found, string.Join(' ', where)));
    }

    [Fact]
    public void Locate_TooLong_EveryPlaceBeyondTheLimit()
    {
        var (message, places) = Bech32Errors.Locate("bcrt1" + new string('q', 88));
        Assert.Equal(("Bech32 string too long", "90 91 92"), (message, string.Join(' ', places)));
    }
}
