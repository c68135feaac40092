using Chain.Core.Cryptography;
using Chain.Tests.Kit;

namespace Chain.Tests.Cryptography;

/// <summary>The hash of sets, and the stream cipher in it.</summary>
public class MuHashTests
{
    /// <summary>RFC 8439, A.1: test vectors 1 and 2, the first two blocks of the stream of a key of zeros.</summary>
    [Fact]
    public void KeyStream_KeyOfZeros_AsPublished()
    {
        var stream = new byte[128];
        ChaCha20.KeyStream(new byte[32], stream);
        Assert.Equal(
            "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586"
            + "9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f",
            Hex.Of(stream));
    }

    /// <summary>The vector of Bitcoin Core's muhash_tests: what 0 and 1 give without 2, each a number of 32 bytes.</summary>
    [Fact]
    public void ToHash_ZeroAndOneWithoutTwo_AsPublished()
    {
        var set = new MuHash();
        set.Add(Number(0));
        set.Add(Number(1));
        set.Remove(Number(2));
        Assert.Equal("10d312b100cbd32ada024a6646e40d3482fcff103668d2625f10002a607d5863", set.ToHash().ToString());
    }

    [Fact]
    public void ToHash_AnyOrder_IsTheSame()
    {
        var (one, other) = (new MuHash(), new MuHash());
        for (byte i = 0; i < 10; i++)
        {
            one.Add(Number(i));
            other.Add(Number((byte)(9 - i)));
        }

        Assert.Equal(one.ToHash(), other.ToHash());
        other.Remove(Number(3));
        Assert.NotEqual(one.ToHash(), other.ToHash());
        one.Remove(Number(3));
        Assert.Equal(one.ToHash(), other.ToHash());
    }

    private static byte[] Number(byte value) => [value, .. new byte[31]];
}
