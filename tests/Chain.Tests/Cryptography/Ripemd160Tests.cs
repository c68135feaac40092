using Chain.Core.Cryptography;
using Chain.Tests.Kit;

namespace Chain.Tests.Cryptography;

public class Ripemd160Tests
{
    // The nine of the designers' own page.
    [Theory]
    [InlineData("", "9c1185a5c5e9fc54612808977ee8f548b2258d31")]
    [InlineData("a", "0bdc9d2d256b3ee9daae347be6f4dc835a467ffe")]
    [InlineData("abc", "8eb208f7e05d987a9b044a8e98c6b087f15a0bfc")]
    [InlineData("message digest", "5d0689ef49d2fae572b881b123a85ffa21595f36")]
    [InlineData("abcdefghijklmnopqrstuvwxyz", "f71c27109c692c1b56bbdceb5b9d2865b3708dbc")]
    [InlineData("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "12a053384a9c0c88e405a06c27dcf49ada62eb2b")]
    [InlineData("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "b0e20b6e3116640286ed3a87a5713079b21f5189")]
    [InlineData("12345678901234567890123456789012345678901234567890123456789012345678901234567890", "9b752e45573d4b39f4dbd3323cab82bf63326bfb")]
    public void Hash_PublishedVector_Matches(string text, string expected) => Assert.Equal(expected, HashOf(System.Text.Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Hash_AMillionTimesA_Matches() =>
        Assert.Equal("52783243c1697bdbe16d37f97f68f08325dc1528", HashOf(System.Text.Encoding.ASCII.GetBytes(new string('a', 1_000_000))));

    /// <summary>Lengths at which the padding moves into another block, from an independent implementation (OpenSSL).</summary>
    [Theory]
    [InlineData(55)]
    [InlineData(56)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(65)]
    [InlineData(119)]
    [InlineData(120)]
    [InlineData(128)]
    public void Hash_AtBlockEdges_Matches(int length) =>
        Assert.Equal(PaddingEdges[length], HashOf(Enumerable.Range(0, length).Select(i => (byte)i).ToArray()));

    private static readonly Dictionary<int, string> PaddingEdges = new()
    {
        [55] = "3c86963b3ff646a65ae42996e9664c747cc7e5e6",
        [56] = "ebdd79cfd4fd9949ef8089673d2620427f487cfb",
        [63] = "6d31d3d634b4a7aa15914c239576eb1956f2d9a4",
        [64] = "2581f5e9f957b44b0fa24d31996de47409dd1e0f",
        [65] = "109949b95341eeea7365e8ac4d0d3883d98f709a",
        [119] = "ad430b4283203a7b7f338b9d252dfdbf807402bf",
        [120] = "b89cdc109009f1982c8b34fca446953584d3f6c4",
        [128] = "7c4d36070c1e1176b2960a1b0dd2319d547cf8eb",
    };

    private static string HashOf(byte[] data)
    {
        var hash = new byte[Hash160.Size];
        Ripemd160.Hash(data, hash);
        return Hex.Of(hash);
    }
}
