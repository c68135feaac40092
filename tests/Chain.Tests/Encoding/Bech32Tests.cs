using Chain.Core.Encoding;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Encoding;

public class Bech32Tests
{
    private readonly ITestOutputHelper _output;

    public Bech32Tests(ITestOutputHelper output) => _output = output;

    // The valid texts of BIP173 and BIP350.
    [Theory]
    [InlineData("A12UEL5L", Bech32Variant.Bech32)]
    [InlineData("a12uel5l", Bech32Variant.Bech32)]
    [InlineData("an83characterlonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1tt5tgs", Bech32Variant.Bech32)]
    [InlineData("abcdef1qpzry9x8gf2tvdw0s3jn54khce6mua7lmqqqxw", Bech32Variant.Bech32)]
    [InlineData("11qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqc8247j", Bech32Variant.Bech32)]
    [InlineData("split1checkupstagehandshakeupstreamerranterredcaperred2y9e3w", Bech32Variant.Bech32)]
    [InlineData("?1ezyfcl", Bech32Variant.Bech32)]
    [InlineData("A1LQFN3A", Bech32Variant.Bech32m)]
    [InlineData("a1lqfn3a", Bech32Variant.Bech32m)]
    [InlineData("an83characterlonghumanreadablepartthatcontainsthetheexcludedcharactersbioandnumber11sg7hg6", Bech32Variant.Bech32m)]
    [InlineData("abcdef1l7aum6echk45nj3s0wdvt2fg8x9yrzpqzd3ryx", Bech32Variant.Bech32m)]
    [InlineData("11llllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllllludsr8", Bech32Variant.Bech32m)]
    [InlineData("split1checkupstagehandshakeupstreamerranterredcaperredlc445v", Bech32Variant.Bech32m)]
    [InlineData("?1v759aa", Bech32Variant.Bech32m)]
    public void TryDecode_TheBipsTexts_AreValid(string text, Bech32Variant expected)
    {
        Assert.True(Bech32.TryDecode(text, out var prefix, out var values, out var variant));
        Assert.Equal(expected, variant);
        Assert.Equal(text.ToLowerInvariant(), Bech32.Encode(prefix, values, variant));
    }

    // Characters out of range, an empty or too long whole, no or an empty prefix, a wrong character, a short or wrong checksum.
    [Theory]
    [InlineData("\u00201nwldj5")]
    [InlineData("\u007f1axkwrx")]
    [InlineData("\u00801eym55h")]
    [InlineData("an84characterslonghumanreadablepartthatcontainsthenumber1andtheexcludedcharactersbio1569pvx")]
    [InlineData("pzry9x0s0muk")]
    [InlineData("1pzry9x0s0muk")]
    [InlineData("x1b4n0q5v")]
    [InlineData("li1dgmt3")]
    [InlineData("de1lg7wt\u00ff")]
    [InlineData("A1G7SGD8")]
    [InlineData("10a06t8")]
    [InlineData("1qzzfhee")]
    [InlineData("qyrz8wqd2c9m")]
    [InlineData("1qyrz8wqd2c9m")]
    [InlineData("y1b0jsk6g")]
    [InlineData("lt1igcx5c0")]
    [InlineData("in1muywd")]
    [InlineData("mm1crxm3i")]
    [InlineData("au1s5cgom")]
    [InlineData("M1VUXWEZ")]
    [InlineData("16plkw9")]
    [InlineData("1p2gdwpf")]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("A12uEL5L")]
    public void TryDecode_OtherTexts_AreNot(string text) => Assert.False(Bech32.TryDecode(text, out _, out _, out _));

    [Fact]
    public void TryDecode_UpToFourCharactersChanged_IsRefused() => Property.Check(_output, 5_000, g =>
    {
        var text = Bech32.Encode("bc", Bech32.ToValues(g.Bytes(g.Between(2, 40))), g.OneOf(Bech32Variant.Bech32, Bech32Variant.Bech32m)).ToCharArray();
        var before = new string(text);
        for (var changes = g.Between(1, 4); changes > 0; changes--) text[g.Between(3, text.Length - 1)] = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"[g.Between(0, 31)];
        Assert.Equal(before == new string(text), Bech32.TryDecode(new string(text), out _, out _, out _));
    });

    [Fact]
    public void TryToBytes_OfValues_GivesTheSameBytes() => Property.Check(_output, 2_000, g =>
    {
        var bytes = g.Bytes(g.Between(0, 40));
        Assert.Equal(bytes, Bech32.TryToBytes(Bech32.ToValues(bytes)));
    });

    [Theory]
    [InlineData(new byte[] { 1 })]
    [InlineData(new byte[] { 0, 1 })]
    [InlineData(new byte[] { 0, 0, 0 })]
    [InlineData(new byte[] { 0, 0, 0, 1 })]
    [InlineData(new byte[] { 0, 0, 0, 0, 0, 0 })]
    public void TryToBytes_WithBitsLeftOver_IsNull(byte[] values) => Assert.Null(Bech32.TryToBytes(values));

    [Fact]
    public void TryDecode_AnyText_NeverThrows() => Property.Check(_output, 20_000, g =>
    {
        var text = string.Concat(Enumerable.Range(0, g.Between(0, 100)).Select(_ => (char)(g.Between(0, 9) == 0 ? g.Between(0, 0xffff) : g.Between('0', 'z'))));
        _ = Bech32.TryDecode(text, out _, out _, out _);
    });
}
