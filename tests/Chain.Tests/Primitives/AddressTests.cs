using Chain.Core.Cryptography;
using Chain.Core.Encoding;
using Chain.Core.Primitives;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Primitives;

public class AddressTests
{
    private readonly ITestOutputHelper _output;

    public AddressTests(ITestOutputHelper output) => _output = output;

    [VectorFact("key_io_valid.json")]
    public void TryParse_CoresValidAddresses_TakesThoseOfPublicKeyHashes()
    {
        var count = 0;
        foreach (var item in Vectors.ReadJson("key_io_valid.json").EnumerateArray())
        {
            var (text, script, about) = (item[0].GetString()!, item[1].GetString()!, item[2]);
            if (about.GetProperty("isPrivkey").GetBoolean()) continue;
            var version = (byte)(about.GetProperty("chain").GetString() == "main" ? 0 : 111);
            var isPublicKeyHash = script.StartsWith("76a914", StringComparison.Ordinal) && script.Length == 50;
            var error = Address.TryParse(text, version, out var address);
            Assert.Equal(isPublicKeyHash, error == AddressError.None);
            if (!isPublicKeyHash) continue;
            Assert.Equal(script[6..46], address.Hash.ToString());
            Assert.Equal(text, address.ToString());
            Assert.Equal(AddressError.Version, Address.TryParse(text, (byte)(version ^ 111), out _));
            count++;
        }

        Assert.NotEqual(0, count);
        _output.WriteLine($"{count} addresses");
    }

    [VectorFact("key_io_invalid.json")]
    public void TryParse_CoresInvalidTexts_AreRefused()
    {
        foreach (var item in Vectors.ReadJson("key_io_invalid.json").EnumerateArray())
        {
            Assert.NotEqual(AddressError.None, Address.TryParse(item[0].GetString()!, version: 0, out _));
            Assert.NotEqual(AddressError.None, Address.TryParse(item[0].GetString()!, version: 111, out _));
        }
    }

    [Fact]
    public void Of_KeyOne_IsTheKnownAddress()
    {
        var key = PrivateKey.TryCreate(Hex.Bytes("0000000000000000000000000000000000000000000000000000000000000001"))!;
        Assert.Equal("1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", Address.Of(key.PublicKey, version: 0).ToString());
        Assert.Equal("mrCDrCybB6J1vRfbwM5hemdJz73FwDBC8r", Address.Of(key.PublicKey, version: 111).ToString());
    }

    [Theory]
    [InlineData("1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMJ", AddressError.Checksum)]
    [InlineData("1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAM", AddressError.Checksum)]
    [InlineData("", AddressError.Checksum)]
    [InlineData("nobody", AddressError.Checksum)]
    [InlineData("mrCDrCybB6J1vRfbwM5hemdJz73FwDBC8r", AddressError.Version)]
    [InlineData("3QJmnh", AddressError.Length)]
    public void TryParse_WrongText_SaysWhatIsWrong(string text, AddressError expected)
    {
        Assert.Equal(expected, Address.TryParse(text, version: 0, out var address));
        Assert.Equal(default, address);
    }

    [Theory]
    [InlineData(19)]
    [InlineData(21)]
    [InlineData(32)]
    public void TryParse_AnotherLength_IsRefused(int length) =>
        Assert.Equal(AddressError.Length, Address.TryParse(Base58Check.Encode(new byte[1 + length]), version: 0, out _));

    [Fact]
    public void TryParse_OfItsText_IsTheSameAddress() => Property.Check(_output, 1_000, g =>
    {
        var address = new Address((byte)g.Between(0, 255), new Hash160(g.Bytes(Hash160.Size)));
        Assert.Equal(AddressError.None, Address.TryParse(address.ToString(), address.Version, out var read));
        Assert.Equal(address, read);
    });
}
