using System.Security.Cryptography;
using Chain.Core.Cryptography;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Cryptography;

public class SchnorrTests
{
    private readonly ITestOutputHelper _output;

    public SchnorrTests(ITestOutputHelper output) => _output = output;

    [VectorFact("bip-0340_test-vectors.csv")]
    public void Verify_EveryVectorOfBip340_GivesItsResult()
    {
        var (run, signed) = (0, 0);
        foreach (var line in Vectors.ReadLines("bip-0340_test-vectors.csv").Skip(1))
        {
            var cells = line.Split(',');
            var (privateKey, publicKey, randomness, message, signature) =
                (Hex.Bytes(cells[1]), Hex.Bytes(cells[2]), Hex.Bytes(cells[3]), Hex.Bytes(cells[4]), Hex.Bytes(cells[5]));
            Assert.Equal(cells[6] == "TRUE", Schnorr.Verify(publicKey, signature, message));
            run++;
            if (privateKey.Length == 0) continue;
            Assert.Equal(Hex.Of(publicKey), Hex.Of(PrivateKey.TryCreate(privateKey)!.PublicKey.XOnly));
            Assert.Equal(Hex.Of(signature), Hex.Of(Schnorr.Sign(privateKey, message, randomness)));
            signed++;
        }

        _output.WriteLine($"{run} vectors, of which {signed} are signed too");
        Assert.Equal(19, run);
    }

    [Fact]
    public void SignSchnorr_AnyKeyAndHash_Verifies() => Property.Check(_output, 300, g =>
    {
        var key = PrivateKey.TryCreate(g.Bytes(32), g.Bool())!;
        var hash = g.Hash();
        var signature = key.SignSchnorr(hash, g.Bytes(32));
        Assert.True(Schnorr.Verify(key.PublicKey.XOnly, signature, hash.ToByteArray()));
        Assert.False(Schnorr.Verify(key.PublicKey.XOnly, signature, g.Hash().ToByteArray()));
        signature[g.Between(0, 63)] ^= (byte)(1 << g.Between(0, 7));
        Assert.False(Schnorr.Verify(key.PublicKey.XOnly, signature, hash.ToByteArray()));
    });

    [Fact]
    public void Tweak_OfPrivateAndPublicKey_BelongTogether() => Property.Check(_output, 300, g =>
    {
        var key = PrivateKey.TryCreate(g.Bytes(32))!;
        var tweak = g.Hash();
        var publicKey = Schnorr.TryTweakPublicKey(key.PublicKey.XOnly, tweak.ToByteArray(), out var isOdd);
        Assert.NotNull(publicKey);
        Assert.Equal(Hex.Of(publicKey), Hex.Of(key.Tweak(tweak).PublicKey.XOnly));
        Assert.True(Schnorr.IsTweaked(publicKey, isOdd, key.PublicKey.XOnly, tweak.ToByteArray()));
        Assert.False(Schnorr.IsTweaked(publicKey, !isOdd, key.PublicKey.XOnly, tweak.ToByteArray()));
        Assert.False(Schnorr.IsTweaked(publicKey, isOdd, key.PublicKey.XOnly, g.Bytes(32)));
        Assert.False(Schnorr.IsTweaked(key.PublicKey.XOnly, isOdd, key.PublicKey.XOnly, tweak.ToByteArray()));
    });

    [Theory]
    [InlineData(0)]
    [InlineData(31)]
    [InlineData(33)]
    [InlineData(65)]
    public void AnotherLength_IsRefusedBeforeTheLibraryIsCalled(int length)
    {
        var key = Keys.Alice;
        var bytes = new byte[length];
        var signature = Schnorr.Sign(key.Bytes, [], new byte[32]);
        Assert.False(Schnorr.IsValidPublicKey(bytes));
        Assert.False(Schnorr.Verify(bytes, signature, []));
        Assert.False(Schnorr.Verify(key.PublicKey.XOnly, bytes, []));
        Assert.Null(Schnorr.TryTweakPublicKey(bytes, new byte[32], out _));
        Assert.False(Schnorr.IsTweaked(bytes, false, key.PublicKey.XOnly, new byte[32]));
        Assert.False(Schnorr.IsTweaked(key.PublicKey.XOnly, false, bytes, new byte[32]));
        Assert.Throws<ArgumentException>(() => Schnorr.Sign(bytes, [], new byte[32]));
        Assert.Throws<ArgumentException>(() => Schnorr.Sign(key.Bytes, [], bytes));
        Assert.Throws<ArgumentException>(() => Schnorr.TryTweakPublicKey(key.PublicKey.XOnly, bytes, out _));
        Assert.Throws<ArgumentException>(() => Schnorr.IsTweaked(key.PublicKey.XOnly, false, key.PublicKey.XOnly, bytes));
        Assert.Throws<ArgumentException>(() => Schnorr.TweakPrivateKey(key.Bytes, bytes));
        Assert.Throws<ArgumentException>(() => Schnorr.TweakPrivateKey(bytes, new byte[32]));
    }

    [Fact]
    public void PrivateKeyOrTweakOutOfRange_IsRefused()
    {
        var beyond = Enumerable.Repeat((byte)0xff, 32).ToArray();
        Assert.Throws<ArgumentException>(() => Schnorr.Sign(new byte[32], [], new byte[32]));
        Assert.Throws<ArgumentException>(() => Schnorr.Sign(beyond, [], new byte[32]));
        Assert.Throws<ArgumentException>(() => Schnorr.TweakPrivateKey(Keys.Alice.Bytes, beyond));
        Assert.Null(Schnorr.TryTweakPublicKey(Keys.Alice.PublicKey.XOnly, beyond, out _));
        Assert.False(Schnorr.IsValidPublicKey(beyond));
    }

    [Fact]
    public void TaggedHash_IsThatOfTheTagTwiceAndTheMessage()
    {
        var tag = SHA256.HashData("TapLeaf"u8);
        var message = new byte[] { 1, 2, 3 };
        Assert.Equal(new Hash256(tag), TaggedHash.TapLeaf);
        Assert.Equal(new Hash256(SHA256.HashData([.. tag, .. tag, .. message])), TaggedHash.End(TaggedHash.Begin(TaggedHash.TapLeaf, 3).WriteBytes(message)));
    }
}
