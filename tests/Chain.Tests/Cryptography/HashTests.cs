using System.Security.Cryptography;
using Chain.Core.Cryptography;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Cryptography;

public class HashTests
{
    private readonly ITestOutputHelper _output;

    public HashTests(ITestOutputHelper output) => _output = output;

    [Theory]
    [InlineData("", "5df6e0e2761359d30a8275058e299fcc0381534545f55cf43e41983f5d4c9456")]
    [InlineData("hello", "9595c9df90075148eb06860365df33584b75bff782a510c6cd4883a419833d50")]
    public void Sha256d_KnownText_Matches(string text, string expected) =>
        Assert.Equal(expected, Hex.Of(Sha256d.Hash(System.Text.Encoding.ASCII.GetBytes(text)).ToByteArray()));

    /// <summary>FIPS 180-4's examples, and the hash of nothing.</summary>
    [Theory]
    [InlineData("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")]
    [InlineData("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1")]
    public void ManagedSha256_TheStandardsExamples_Match(string text, string expected)
    {
        var hash = new byte[Sha256.Size];
        ManagedSha256.Hash(System.Text.Encoding.ASCII.GetBytes(text), hash);
        Assert.Equal(expected, Hex.Of(hash));
    }

    /// <summary>What makes the first hashes of a process is not what makes the others.</summary>
    [Fact]
    public void ManagedSha256_EveryLength_IsDotNetsHash() => Property.Check(_output, 50, g =>
    {
        foreach (var length in Enumerable.Range(0, 200).Concat([1000, 1024]))
        {
            var data = g.Bytes(length);
            var expected = SHA256.HashData(data);
            var hash = new byte[Sha256.Size];
            ManagedSha256.Hash(data, hash);
            Assert.Equal(expected, hash);
            if (length < Sha256.Size) continue;
            ManagedSha256.Hash(data, data);
            Assert.Equal(expected, data[..Sha256.Size]);
        }
    });

    /// <summary>Both ways, OpenSSL's own functions and .NET's, at every length around a block of the hash and at the limit.</summary>
    [Fact]
    public void Sha256_EveryLength_IsDotNetsHash() => Property.Check(_output, 50, g =>
    {
        foreach (var length in Enumerable.Range(0, 200).Concat([1000, 16_383, 16_384, 16_385, 100_000]))
        {
            var data = g.Bytes(length);
            var expected = SHA256.HashData(data);
            Assert.Equal(expected, Sha256.Hash(data));
            if (length < Sha256.Size) continue;
            Sha256.Hash(data, data);
            Assert.Equal(expected, data[..Sha256.Size]);
        }
    });

    [Fact]
    public void Sha256_DestinationTooShort_Throws() => Assert.ThrowsAny<ArgumentException>(() => Sha256.Hash([1], new byte[31]));

    [Theory]
    [InlineData("0279be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798", "751e76e8199196d454941c45d1b3a323f1433bd6")]
    [InlineData("0479be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8",
        "91b24bf9f5288532960ac687abb035127b1d28a5")]
    public void Hash160_OfTheGenerator_IsKeyOnesHash(string key, string expected) => Assert.Equal(expected, Hash160.Of(Hex.Bytes(key)).ToString());

    [Fact]
    public void Hash256_AsText_ReversesTheBytes()
    {
        var bytes = Enumerable.Range(0, 32).Select(i => (byte)i).ToArray();
        var hash = new Hash256(bytes);
        Assert.Equal("1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100", hash.ToString());
        Assert.Equal(hash, Hash256.Parse(hash.ToString().ToUpperInvariant()));
        Assert.Equal(bytes, hash.ToByteArray());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a0908070605040302010")]
    [InlineData("1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a090807060504030201000")]
    [InlineData("0x1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100")]
    [InlineData("1f1e1d1c1b1a191817161514131211100f0e0d0c0b0a0908070605040302010g")]
    [InlineData(" f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100")]
    [InlineData("１f1e1d1c1b1a191817161514131211100f0e0d0c0b0a09080706050403020100")]
    public void Hash256_MalformedText_IsRefused(string? text)
    {
        Assert.False(Hash256.TryParse(text, out _));
        if (text is not null) Assert.Throws<FormatException>(() => Hash256.Parse(text));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Hash256_OfAnotherLength_Throws(int length) => Assert.Throws<ArgumentException>(() => new Hash256(new byte[length]));

    [Theory]
    [InlineData(19)]
    [InlineData(21)]
    public void Hash160_OfAnotherLength_Throws(int length) => Assert.Throws<ArgumentException>(() => new Hash160(new byte[length]));

    [Fact]
    public void Hash256_Compared_AsLittleEndianNumbers()
    {
        for (var i = 0; i + 1 < Hash256.Size; i++)
        {
            var (low, high) = (new byte[Hash256.Size], new byte[Hash256.Size]);
            low[i] = 0xff;
            high[i + 1] = 0x01;
            Assert.True(new Hash256(low) < new Hash256(high));
            Assert.True(new Hash256(high) > new Hash256(low));
            Assert.True(new Hash256(low) != new Hash256(high));
        }

        var same = Hash256.Parse("00000000000000000000000000000000000000000000000000000000000000ff");
        Assert.True(same <= Hash256.Parse(same.ToString()) && same >= Hash256.Parse(same.ToString()) && same == Hash256.Parse(same.ToString()));
        Assert.Equal(0, same.CompareTo(same));
        Assert.True(Hash256.Zero.IsZero && !same.IsZero);
    }

    [Fact]
    public void Hash160_EqualBytes_AreEqual()
    {
        var hash = Hash160.Of([1, 2, 3]);
        var bytes = hash.ToByteArray();
        Assert.True(hash == new Hash160(bytes));
        bytes[^1] ^= 1;
        Assert.True(hash != new Hash160(bytes));
    }
}
