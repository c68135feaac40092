using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Primitives;

public class AddressTests
{
    private static readonly AddressFormat Main = new(0, 5, "bc");

    private static readonly AddressFormat Test = new(111, 196, "tb");

    private readonly ITestOutputHelper _output;

    public AddressTests(ITestOutputHelper output) => _output = output;

    private static (AddressFormat Format, byte Wif)[] Networks => [(Main, 128), (Test, 239), (Profiles.Regtest.AddressFormat, 239)];

    [VectorFact("key_io_valid.json")]
    public void TryParse_CoresValidTexts_AreTheirScriptsAndKeysBothWays()
    {
        var (addresses, keys) = (0, 0);
        foreach (var item in Vectors.ReadJson("key_io_valid.json").EnumerateArray())
        {
            var (text, hex, about) = (item[0].GetString()!, item[1].GetString()!, item[2]);
            var (format, wif) = about.GetProperty("chain").GetString() switch
            {
                "main" => Networks[0],
                "regtest" => Networks[2],
                _ => Networks[1],
            };
            if (about.GetProperty("isPrivkey").GetBoolean())
            {
                var key = PrivateKey.TryParseWif(text, wif);
                Assert.NotNull(key);
                Assert.Equal(hex, Hex.Of(key.Bytes));
                Assert.Equal(about.GetProperty("isCompressed").GetBoolean(), key.IsCompressed);
                Assert.Equal(text, key.ToWif(wif));
                Assert.NotEqual(AddressError.None, Address.TryParse(text, format, out _));
                keys++;
                continue;
            }

            Assert.Equal(AddressError.None, Address.TryParse(text, format, out var address));
            Assert.Equal(hex, Hex.Of(StandardScripts.PayTo(address)));
            Assert.Equal(text, address.ToString());
            Assert.Equal(address, StandardScripts.FindAddress(Hex.Bytes(hex), format));
            Assert.Equal(AddressError.Version, Address.TryParse(text, new AddressFormat(1, 2, "other"), out _));
            Assert.Null(PrivateKey.TryParseWif(text, wif));
            if (about.TryGetProperty("tryCaseFlip", out var flip) && flip.GetBoolean())
            {
                Assert.Equal(AddressError.None, Address.TryParse(text.ToUpperInvariant(), format, out var flipped));
                Assert.Equal(address, flipped);
            }

            addresses++;
        }

        _output.WriteLine($"{addresses + keys} texts: {addresses} addresses, {keys} keys");
        Assert.Equal(70, addresses + keys);
    }

    [VectorFact("key_io_invalid.json")]
    public void TryParse_CoresInvalidTexts_AreRefusedOnEveryNetwork()
    {
        var run = 0;
        foreach (var item in Vectors.ReadJson("key_io_invalid.json").EnumerateArray())
        {
            run++;
            foreach (var (format, wif) in Networks)
            {
                Assert.NotEqual(AddressError.None, Address.TryParse(item[0].GetString()!, format, out _));
                Assert.Null(PrivateKey.TryParseWif(item[0].GetString()!, wif));
            }
        }

        _output.WriteLine($"{run} texts");
        Assert.Equal(70, run);
    }

    [Fact]
    public void Of_KeyOne_IsTheKnownAddress()
    {
        var key = Keys.Of(1).PublicKey;
        Assert.Equal("1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMH", Address.Of(key, Main).ToString());
        Assert.Equal("mrCDrCybB6J1vRfbwM5hemdJz73FwDBC8r", Address.Of(key, Test).ToString());
        Assert.Equal(key.Hash, Address.Of(key, Main).KeyHash);
    }

    // BIP173 and BIP350.
    [Theory]
    [InlineData(0, "751e76e8199196d454941c45d1b3a323f1433bd6", "bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4")]
    [InlineData(0, "1863143c14c5166804bd19203356da136c985678cd4d27a1b8c6329604903262", "bc1qrp33g0q5c5txsp9arysrx4k6zdkfs4nce4xj0gdcccefvpysxf3qccfmv3")]
    [InlineData(1, "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", "bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0")]
    [InlineData(1, "751e76e8199196d454941c45d1b3a323f1433bd6751e76e8199196d454941c45d1b3a323f1433bd6", "bc1pw508d6qejxtdg4y5r3zarvary0c5xw7kw508d6qejxtdg4y5r3zarvary0c5xw7kt5nd6y")]
    [InlineData(2, "751e76e8199196d454941c45d1b3a323", "bc1zw508d6qejxtdg4y5r3zarvaryvaxxpcs")]
    [InlineData(16, "751e", "bc1sw50qgdz25j")]
    public void OfWitnessProgram_TheBipsPrograms_HaveTheirTexts(int version, string program, string text)
    {
        var address = Address.OfWitnessProgram(version, Hex.Bytes(program), Main);
        Assert.Equal(text, address.ToString());
        Assert.Equal(AddressError.None, Address.TryParse(text, Main, out var read));
        Assert.Equal(address, read);
        Assert.Null(address.KeyHash);
    }

    [Theory]
    [InlineData("1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAMJ", AddressError.Checksum)]
    [InlineData("1BgGZ9tcN4rm9KBzDn7KprQz87SZ26SAM", AddressError.Checksum)]
    [InlineData("", AddressError.Checksum)]
    [InlineData("nobody", AddressError.Checksum)]
    [InlineData("mrCDrCybB6J1vRfbwM5hemdJz73FwDBC8r", AddressError.Version)]
    [InlineData("3QJmnh", AddressError.Length)]
    [InlineData("tb1qw508d6qejxtdg4y5r3zarvary0c5xw7kxpjzsx", AddressError.Version)]
    // The checksums of BIP173 where BIP350's belong, and the other way round.
    [InlineData("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqh2y7hd", AddressError.Checksum)]
    [InlineData("BC1S0XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ54WELL", AddressError.Checksum)]
    [InlineData("bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kemeawh", AddressError.Checksum)]
    // Version 17, a program of one byte, of 41 bytes, bits left over, and no version at all.
    [InlineData("BC130XLXVLHEMJA6C4DQV22UAPCTQUPFHLXM9H8Z3K2E72Q4K9HCZ7VQ7ZWS8R", AddressError.Program)]
    [InlineData("bc1pw5dgrnzv", AddressError.Length)]
    [InlineData("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v8n0nx0muaewav253zgeav", AddressError.Length)]
    [InlineData("BC1QR508D6QEJXTDG4Y5R3ZARVARYV98GJ9P", AddressError.Length)]
    [InlineData("bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7v07qwwzcrf", AddressError.Program)]
    [InlineData("bc1gmk9yu", AddressError.Program)]
    public void TryParse_WrongText_SaysWhatIsWrong(string text, AddressError expected)
    {
        Assert.Equal(expected, Address.TryParse(text, Main, out var address));
        Assert.Equal(default, address);
        Assert.Equal("", address.ToString());
    }

    [Theory]
    [InlineData(19)]
    [InlineData(21)]
    [InlineData(32)]
    public void TryParse_AnotherLength_IsRefused(int length) =>
        Assert.Equal(AddressError.Length, Address.TryParse(Base58Check.Encode(new byte[1 + length]), Main, out _));

    [Fact]
    public void OfWitnessProgram_OfNoVersionOrLength_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Address.OfWitnessProgram(-1, new byte[32], Main));
        Assert.Throws<ArgumentOutOfRangeException>(() => Address.OfWitnessProgram(17, new byte[32], Main));
        Assert.Throws<ArgumentException>(() => Address.OfWitnessProgram(0, new byte[21], Main));
        Assert.Throws<ArgumentException>(() => Address.OfWitnessProgram(1, new byte[1], Main));
        Assert.Throws<ArgumentException>(() => Address.OfWitnessProgram(1, new byte[41], Main));
    }

    [Fact]
    public void TryParse_OfItsText_IsTheSameAddressAndScript() => Property.Check(_output, 3_000, g =>
    {
        var format = g.OneOf(Main, Test, Profiles.PrivateAddressFormat, Profiles.Regtest.AddressFormat);
        var version = g.Between(1, 16);
        var address = g.Between(0, 4) switch
        {
            0 => Address.OfPublicKeyHash(new Hash160(g.Bytes(Hash160.Size)), format),
            1 => Address.OfScriptHash(new Hash160(g.Bytes(Hash160.Size)), format),
            2 => Address.OfWitnessProgram(0, g.Bytes(g.OneOf(20, 32)), format),
            _ => Address.OfWitnessProgram(version, g.Bytes(g.Between(2, 40)), format),
        };
        Assert.Equal(AddressError.None, Address.TryParse(address.ToString(), format, out var read));
        Assert.Equal(address, read);
        Assert.True(address == read && address.GetHashCode() == read.GetHashCode());
        Assert.Equal(address, StandardScripts.FindAddress(StandardScripts.PayTo(address), format));
    });
}
