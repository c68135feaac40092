using Chain.Core.Cryptography;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Cryptography;

public class PrivateKeyTests
{
    private readonly ITestOutputHelper _output;

    public PrivateKeyTests(ITestOutputHelper output) => _output = output;

    [Theory]
    [InlineData("KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn", true, "751e76e8199196d454941c45d1b3a323f1433bd6")]
    [InlineData("5HpHagT65TZzG1PH3CSu63k8DbpvD8s5ip4nEB3kEsreAnchuDf", false, "91b24bf9f5288532960ac687abb035127b1d28a5")]
    public void Wif_OfKeyOne_IsTheKnownText(string wif, bool compressed, string hash)
    {
        var key = PrivateKey.TryParseWif(wif, version: 128);
        Assert.NotNull(key);
        Assert.Equal(compressed, key.IsCompressed);
        Assert.Equal(hash, key.PublicKey.Hash.ToString());
        Assert.Equal(wif, key.ToWif(128));
    }

    [VectorFact("key_io_valid.json")]
    public void Wif_CoresValidKeys_AreReadAndWritten()
    {
        var count = 0;
        foreach (var item in Vectors.ReadJson("key_io_valid.json").EnumerateArray())
        {
            var (text, hex, about) = (item[0].GetString()!, item[1].GetString()!, item[2]);
            var version = (byte)(about.GetProperty("chain").GetString() == "main" ? 128 : 239);
            var key = PrivateKey.TryParseWif(text, version);
            Assert.Equal(about.GetProperty("isPrivkey").GetBoolean(), key is not null);
            if (key is null) continue;
            Assert.Equal(hex, Hex.Of(key.Bytes));
            Assert.Equal(about.GetProperty("isCompressed").GetBoolean(), key.IsCompressed);
            Assert.Equal(text, key.ToWif(version));
            Assert.Null(PrivateKey.TryParseWif(text, (byte)(version ^ 1)));
            count++;
        }

        Assert.NotEqual(0, count);
        _output.WriteLine($"{count} keys");
    }

    [VectorFact("key_io_invalid.json")]
    public void Wif_CoresInvalidTexts_AreRefused()
    {
        foreach (var item in Vectors.ReadJson("key_io_invalid.json").EnumerateArray())
        {
            Assert.Null(PrivateKey.TryParseWif(item[0].GetString()!, version: 128));
            Assert.Null(PrivateKey.TryParseWif(item[0].GetString()!, version: 239));
        }
    }

    [Theory]
    [InlineData("80" + "0000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("80" + "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141")]
    [InlineData("80" + "0000000000000000000000000000000000000000000000000000000000000001" + "00")]
    [InlineData("80" + "0000000000000000000000000000000000000000000000000000000000000001" + "02")]
    [InlineData("80" + "0000000000000000000000000000000000000000000000000000000000000001" + "0101")]
    [InlineData("80" + "00000000000000000000000000000000000000000000000000000000000001")]
    [InlineData("80")]
    [InlineData("")]
    public void TryParseWif_PayloadThatIsNoKey_IsNull(string payload) =>
        Assert.Null(PrivateKey.TryParseWif(Base58Check.Encode(Hex.Bytes(payload)), version: 128));

    [Fact]
    public void Wif_WrittenThenRead_IsTheSameKey() => Property.Check(_output, 200, g =>
    {
        var key = PrivateKey.TryCreate(g.Bytes(32), g.Bool());
        Assert.NotNull(key);
        var version = (byte)g.Between(0, 255);
        var read = PrivateKey.TryParseWif(key.ToWif(version), version);
        Assert.NotNull(read);
        Assert.True(read.Bytes.SequenceEqual(key.Bytes));
        Assert.Equal(key.PublicKey, read.PublicKey);
    });

    [Fact]
    public void TryCreate_KeepsItsOwnCopy()
    {
        var bytes = Hex.Bytes("0000000000000000000000000000000000000000000000000000000000000001");
        var key = PrivateKey.TryCreate(bytes);
        bytes[0] = 0xff;
        Assert.Equal(0, key!.Bytes[0]);
    }

    [Fact]
    public void PublicKey_EqualBytes_AreEqual()
    {
        var key = PrivateKey.TryCreate(Hex.Bytes("0000000000000000000000000000000000000000000000000000000000000002"))!;
        var same = PublicKey.TryCreate(key.PublicKey.Bytes);
        Assert.Equal(key.PublicKey, same);
        Assert.Equal(key.PublicKey.GetHashCode(), same!.GetHashCode());
        Assert.Equal("02c6047f9441ed7d6d3045406e95c07cd85c778e4b8cef3ca7abac09b95c709ee5", same.ToString());
        Assert.False(key.PublicKey.Equals((object?)null));
    }
}
