using Chain.Network;

namespace Chain.Tests.Network;

public class PeerEndPointTests
{
    [Theory]
    [InlineData("1.2.3.4:3001", "1.2.3.4:3001")]
    [InlineData("1.2.3.4", "1.2.3.4:3000")]
    [InlineData("localhost:3001", "127.0.0.1:3001")]
    [InlineData("LOCALHOST", "127.0.0.1:3000")]
    [InlineData("[::1]:3001", "[::1]:3001")]
    [InlineData("::1", "[::1]:3000")]
    [InlineData("[::1]", "[::1]:3000")]
    [InlineData("::ffff:1.2.3.4", "1.2.3.4:3000")]
    [InlineData("[::ffff:1.2.3.4]:5", "1.2.3.4:5")]
    [InlineData("Node.Example.org:80", "node.example.org:80")]
    [InlineData("box", "box:3000")]
    public void TryParse_HostAndPort_IsRead(string text, string expected)
    {
        Assert.True(PeerEndPoint.TryParse(text, 3000, out var endPoint));
        Assert.Equal(expected, PeerEndPoint.Format(endPoint));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(":3000")]
    [InlineData("host:")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:-1")]
    [InlineData("host:+1")]
    [InlineData("host:1x")]
    [InlineData("a b:3000")]
    [InlineData("http://host:3000")]
    [InlineData("a:b:3000")]
    [InlineData("3001")]
    [InlineData("1.2.3:3000")]
    [InlineData("[::1")]
    [InlineData("[]:3000")]
    [InlineData("[::1]x:3000")]
    [InlineData("[::1]:")]
    public void TryParse_AnythingElse_IsRefused(string? text) => Assert.False(PeerEndPoint.TryParse(text, 3000, out _));
}
