using System.Numerics;
using System.Security.Cryptography;
using Chain.Core.Cryptography;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Cryptography;

public class Secp256k1Tests
{
    private const string Order = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141";
    private const string OrderLess1 = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364140";
    private const string OrderPlus1 = "fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364142";
    private const string One = "0000000000000000000000000000000000000000000000000000000000000001";
    private const string GeneratorX = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
    private const string GeneratorY = "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8";

    private readonly ITestOutputHelper _output;

    public Secp256k1Tests(ITestOutputHelper output) => _output = output;

    // The vectors that Bitcoin libraries share for RFC 6979 with secp256k1 and SHA-256: key, message, r, s.
    [Theory]
    [InlineData(One, "Satoshi Nakamoto",
        "934b1ea10a4b3c1757e2b0c017d0b6143ce3c9a7e6a4a49860d7a6ab210ee3d8", "2442ce9d2b916064108014783e923ec36b49743e2ffa1c4496f01a512aafd9e5")]
    [InlineData(One, "All those moments will be lost in time, like tears in rain. Time to die...",
        "8600dbd41e348fe5c9465ab92d23e3db8b98b873beecd930736488696438cb6b", "547fe64427496db33bf66019dacbf0039c04199abb0122918601db38a72cfc21")]
    [InlineData(OrderLess1, "Satoshi Nakamoto",
        "fd567d121db66e382991534ada77a6bd3106f0a1098c231e47993447cd6af2d0", "6b39cd0eb1bc8603e159ef5c20a5c8ad685a45b06ce9bebed3f153d10d93bed5")]
    [InlineData("f8b8af8ce3c7cca5e300d33939540c10d45ce001b8f252bfbc57ba0342904181", "Alan Turing",
        "7063ae83e7f62bbb171798131b4a0564b956930092b33b07b395615d9ec7e15c", "58dfcc1e00a35e1572f366ffe34ba0fc47db1e7189759b9fb233c5b05ab388ea")]
    [InlineData("e91671c46231f833a6406ccbea0e3e392c76c167bac1cb013f6f1013980455c2",
        "There is a computer disease that anybody who works with computers knows about. It's a very serious disease and it interferes completely with the work. The trouble with computers is that you 'play' with them!",
        "b552edd27580141f3b2a5463048cb7cd3e047b97c9f98076c32dbdf85a68718b", "279fa72dd19bfae05577e06c7c0c1900c371fcd5893f7e1d56a37d30174671f6")]
    public void Sign_Rfc6979Vector_Matches(string key, string message, string r, string s)
    {
        var hash = SHA256.HashData(System.Text.Encoding.ASCII.GetBytes(message));
        var signature = Secp256k1.Sign(Hex.Bytes(key), hash);
        Assert.Equal(Der(r, s), Hex.Of(signature));
        Assert.True(Secp256k1.Verify(Secp256k1.CreatePublicKey(Hex.Bytes(key), compressed: true), signature, hash));
    }

    [Fact]
    public void Sign_AnyKeyAndHash_GivesLowSAndVerifies() => Property.Check(_output, 500, g =>
    {
        var key = PrivateKey.TryCreate(g.Bytes(32), g.Bool());
        Assert.NotNull(key);
        var hash = g.Hash();
        var signature = key.Sign(hash);
        Assert.InRange(signature.Length, 8, 72);
        Assert.True(Secp256k1.IsLowS(signature));
        Assert.True(key.PublicKey.Verify(signature, hash));
        Assert.Equal(signature, key.Sign(hash));
        Assert.False(key.PublicKey.Verify(signature, g.Hash()));
        Assert.False(PrivateKey.TryCreate(g.Bytes(32))!.PublicKey.Verify(signature, hash));
    });

    [Fact]
    public void Verify_HighS_IsAcceptedAsConsensusDoes()
    {
        var hash = SHA256.HashData("high"u8);
        var signature = Secp256k1.Sign(Hex.Bytes(One), hash);
        var high = WithHighS(signature);
        var publicKey = Secp256k1.CreatePublicKey(Hex.Bytes(One), compressed: true);
        Assert.True(Secp256k1.IsLowS(signature));
        Assert.False(Secp256k1.IsLowS(high));
        Assert.True(Secp256k1.Verify(publicKey, high, hash));
    }

    [Theory]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000000", false)]
    [InlineData(One, true)]
    [InlineData(OrderLess1, true)]
    [InlineData(Order, false)]
    [InlineData(OrderPlus1, false)]
    [InlineData("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", false)]
    [InlineData("", false)]
    [InlineData("01", false)]
    [InlineData("0000000000000000000000000000000000000000000000000000000000000001" + "00", false)]
    public void PrivateKey_IsANumberFrom1ToTheOrderLess1(string key, bool valid)
    {
        Assert.Equal(valid, Secp256k1.IsValidPrivateKey(Hex.Bytes(key)));
        Assert.Equal(valid, PrivateKey.TryCreate(Hex.Bytes(key)) is not null);
        if (valid) return;
        Assert.Throws<ArgumentException>(() => Secp256k1.CreatePublicKey(Hex.Bytes(key), compressed: true));
        Assert.Throws<ArgumentException>(() => Secp256k1.Sign(Hex.Bytes(key), new byte[32]));
    }

    [Theory]
    [InlineData(One, "02" + GeneratorX, "04" + GeneratorX + GeneratorY)]
    [InlineData(OrderLess1, "03" + GeneratorX, "04" + GeneratorX + "b7c52588d95c3b9aa25b0403f1eef75702e84bb7597aabe663b82f6f04ef2777")]
    public void CreatePublicKey_OfOneAndMinusOne_IsTheGenerator(string key, string compressed, string uncompressed)
    {
        Assert.Equal(compressed, Hex.Of(Secp256k1.CreatePublicKey(Hex.Bytes(key), compressed: true)));
        Assert.Equal(uncompressed, Hex.Of(Secp256k1.CreatePublicKey(Hex.Bytes(key), compressed: false)));
    }

    // x = 5 is on no point of the curve; the last is the generator with another y; then wrong prefixes and lengths.
    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("02")]
    [InlineData("020000000000000000000000000000000000000000000000000000000000000005")]
    [InlineData("03ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff")]
    [InlineData("02fffffffffffffffffffffffffffffffffffffffffffffffffffffffefffffc2f")]
    [InlineData("000000000000000000000000000000000000000000000000000000000000000000")]
    [InlineData("01" + GeneratorX)]
    [InlineData("04" + GeneratorX)]
    [InlineData("05" + GeneratorX)]
    [InlineData("02" + GeneratorX + "00")]
    [InlineData("02" + GeneratorX + GeneratorY)]
    [InlineData("04" + GeneratorX + GeneratorX)]
    [InlineData("04" + GeneratorX + GeneratorY + "00")]
    [InlineData("07" + GeneratorX + GeneratorY)]
    [InlineData("0400000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000")]
    public void PublicKey_ThatIsNoPointInOneOfItsForms_IsRefused(string key)
    {
        Assert.False(Secp256k1.IsValidPublicKey(Hex.Bytes(key)));
        Assert.Null(PublicKey.TryCreate(Hex.Bytes(key)));
        var hash = SHA256.HashData("point"u8);
        Assert.False(Secp256k1.Verify(Hex.Bytes(key), Secp256k1.Sign(Hex.Bytes(One), hash), hash));
    }

    [Fact]
    public void PublicKey_HybridForm_VerifiesAsConsensusDoes()
    {
        var hash = SHA256.HashData("hybrid"u8);
        Assert.True(Secp256k1.Verify(Hex.Bytes("06" + GeneratorX + GeneratorY), Secp256k1.Sign(Hex.Bytes(One), hash), hash));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    public void Hash_OfAnotherLength_ThrowsBeforeTheLibraryIsCalled(int length)
    {
        var publicKey = Secp256k1.CreatePublicKey(Hex.Bytes(One), compressed: true);
        var signature = Secp256k1.Sign(Hex.Bytes(One), new byte[32]);
        Assert.Throws<ArgumentException>(() => Secp256k1.Sign(Hex.Bytes(One), new byte[length]));
        Assert.Throws<ArgumentException>(() => Secp256k1.Verify(publicKey, signature, new byte[length]));
    }

    [Fact]
    public void Verify_SignatureOfAnyLengthAndBytes_IsFalse() => Property.Check(_output, 2_000, g =>
    {
        var publicKey = Secp256k1.CreatePublicKey(Hex.Bytes(One), g.Bool());
        var signature = g.Bool() ? g.Bytes(g.Between(0, 200)) : g.Mutate(Secp256k1.Sign(Hex.Bytes(One), new byte[32]));
        Assert.False(Secp256k1.Verify(publicKey, signature, SHA256.HashData(signature)));
        _ = Secp256k1.IsLowS(signature);
        _ = Secp256k1.IsValidPublicKey(g.Bytes(g.OneOf(0, 1, 32, 33, 34, 64, 65, 66)));
    });

    [Fact]
    public void Secp256k1_FromManyThreads_SharesOneContext()
    {
        var hash = SHA256.HashData("threads"u8);
        var expected = Secp256k1.Sign(Hex.Bytes(One), hash);
        var publicKey = Secp256k1.CreatePublicKey(Hex.Bytes(One), compressed: true);
        Parallel.For(0, 400, _ =>
        {
            Assert.Equal(expected, Secp256k1.Sign(Hex.Bytes(One), hash));
            Assert.True(Secp256k1.Verify(publicKey, expected, hash));
        });
    }

    private static string Der(string r, string s)
    {
        var (first, second) = (DerInteger(r), DerInteger(s));
        return $"30{(first.Length + second.Length) / 2:x2}{first}{second}";
    }

    private static string DerInteger(string value)
    {
        var digits = Convert.ToInt32(value[..2], 16) >= 0x80 ? "00" + value : value;
        return $"02{digits.Length / 2:x2}{digits}";
    }

    private static byte[] WithHighS(byte[] signature)
    {
        var r = signature.AsSpan(4, signature[3]);
        var s = new BigInteger(signature.AsSpan(6 + r.Length), isUnsigned: true, isBigEndian: true);
        var high = new BigInteger(Hex.Bytes(Order), isUnsigned: true, isBigEndian: true) - s;
        byte[] body = [0x02, (byte)r.Length, .. r, 0x02, (byte)high.GetByteCount(), .. high.ToByteArray(isBigEndian: true)];
        return [0x30, (byte)body.Length, .. body];
    }
}
