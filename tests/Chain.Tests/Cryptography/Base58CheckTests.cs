using Chain.Core.Cryptography;
using Chain.Core.Encoding;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Cryptography;

public class Base58CheckTests
{
    private readonly ITestOutputHelper _output;

    public Base58CheckTests(ITestOutputHelper output) => _output = output;

    [VectorFact("base58_encode_decode.json")]
    public void Base58_CoresVectors_EncodeAndDecode()
    {
        var cases = Vectors.ReadJson("base58_encode_decode.json").EnumerateArray().ToArray();
        foreach (var item in cases)
        {
            var (bytes, text) = (Hex.Bytes(item[0].GetString()!), item[1].GetString()!);
            Assert.Equal(text, Base58.Encode(bytes));
            Assert.True(Base58.TryDecode(text, out var decoded));
            Assert.Equal(bytes, decoded);
        }

        Assert.Equal(14, cases.Length);
        _output.WriteLine($"{cases.Length} cases");
    }

    /// <summary>SimpleBase is another's code for the same.</summary>
    [Fact]
    public void Base58_AnyBytes_IsAnothersText() => Property.Check(_output, 2_000, g =>
    {
        byte[] bytes = [.. new byte[g.Between(0, 4)], .. g.Bytes(g.Between(0, 100))];
        var text = Base58.Encode(bytes);
        Assert.Equal(SimpleBase.Base58.Bitcoin.Encode(bytes), text);
        Assert.True(Base58.TryDecode(text, out var decoded));
        Assert.Equal(bytes, decoded);
    });

    [Theory]
    [InlineData("00751e76e8199196d454941c45d1b3a323f1433bd6", "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH")]
    [InlineData("000000000000000000000000000000000000000000", "1111111111111111111114oLvT2")]
    [InlineData("", "3QJmnh")]
    public void Encode_KnownPayload_GivesItsText(string payload, string text)
    {
        Assert.Equal(text, Base58Check.Encode(Hex.Bytes(payload)));
        Assert.Equal(payload, Hex.Of(Base58Check.TryDecode(text)));
    }

    [Fact]
    public void TryDecode_AnyOneCharacterChanged_IsRefused()
    {
        const string Text = "1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH";
        const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
        for (var i = 0; i < Text.Length; i++)
        {
            foreach (var c in Alphabet)
            {
                if (c != Text[i]) Assert.Null(Base58Check.TryDecode($"{Text[..i]}{c}{Text[(i + 1)..]}"));
            }
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("1")]
    [InlineData("111")]
    [InlineData("0BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH")]
    [InlineData("OBgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH")]
    [InlineData("IBgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH")]
    [InlineData("lBgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH")]
    [InlineData(" 1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH")]
    [InlineData("1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH ")]
    [InlineData("1BgGZ9tcN4rm9KBzDn7K prQz87SZ26SAMH")]
    [InlineData("1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAM")]
    [InlineData("11BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH")]
    [InlineData("BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH")]
    [InlineData("1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMé")]
    [InlineData("１BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH")]
    [InlineData("1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAM\0")]
    [InlineData("\ud83d\ude00")]
    public void TryDecode_MalformedText_IsNull(string text) => Assert.Null(Base58Check.TryDecode(text));

    [Fact]
    public void TryDecode_AVeryLongText_IsRefusedWithoutDecoding()
    {
        var text = new string('z', 10_000_000);
        var allocated = Allocation.Of(() => Assert.Null(Base58Check.TryDecode(text)));
        Assert.InRange(allocated, 0, 4096);
    }

    [Fact]
    public void EncodeThenDecode_GivesTheSamePayload() => Property.Check(_output, 2_000, g =>
    {
        byte[] payload = [.. new byte[g.Between(0, 4)], .. g.Bytes(g.Between(0, 60))];
        Assert.Equal(payload, Base58Check.TryDecode(Base58Check.Encode(payload)));
    });

    [Fact]
    public void TryDecode_AnyText_NeverThrows() => Property.Check(_output, 20_000, g =>
    {
        var text = string.Concat(Enumerable.Range(0, g.Between(0, 130)).Select(_ => (char)(g.Between(0, 9) == 0 ? g.Between(0, 0xffff) : g.Between('1', 'z'))));
        _ = Base58Check.TryDecode(text);
    });
}
