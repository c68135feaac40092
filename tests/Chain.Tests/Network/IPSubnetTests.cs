using System.Net;
using Chain.Network;

namespace Chain.Tests.Network;

public class IPSubnetTests
{
    [Theory]
    [InlineData("1.2.3.4", "1.2.3.4/32")]
    [InlineData("1.2.3.4/32", "1.2.3.4/32")]
    [InlineData("1.2.3.4/24", "1.2.3.0/24")]
    [InlineData("1.2.3.4/255.255.0.0", "1.2.0.0/16")]
    [InlineData("1.2.3.4/0", "0.0.0.0/0")]
    [InlineData("::ffff:1.2.3.4", "1.2.3.4/32")]
    [InlineData("2001:4d48:ac57:400:cacf:e9ff:fe1d:9c63/19", "2001:4000::/19")]
    [InlineData("::1", "::1/128")]
    [InlineData("fe80::1/ffff::", "fe80::/16")]
    public void TryParse_KeepsTheNetworkAlone(string text, string expected)
    {
        Assert.True(IPSubnet.TryParse(text, out var subnet));
        Assert.Equal(expected, subnet.ToString());
        Assert.True(IPSubnet.TryParse(expected, out var again));
        Assert.Equal(subnet, again);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("127.0.0.1/42")]
    [InlineData("127.0.0.1/-1")]
    [InlineData("127.0.0.1/")]
    [InlineData("127.0.0.1/255.0.255.0")]
    [InlineData("127.0.0.1/::")]
    [InlineData("127.1")]
    [InlineData("3001")]
    [InlineData("::1/129")]
    [InlineData("fe80::1%eth0")]
    [InlineData("[::1]")]
    [InlineData("localhost")]
    public void TryParse_NoSubnet_False(string text) => Assert.False(IPSubnet.TryParse(text, out _));

    [Theory]
    [InlineData("10.1.0.0/15", "10.0.255.255", true)]
    [InlineData("10.1.0.0/15", "10.2.0.0", false)]
    [InlineData("10.1.0.0/15", "::ffff:10.1.0.1", true)]
    [InlineData("10.1.0.0/15", "a01::", false)]
    [InlineData("2001:db8::/33", "2001:db8:7fff::1", true)]
    [InlineData("2001:db8::/33", "2001:db8:8000::", false)]
    [InlineData("0.0.0.0/0", "255.1.2.3", true)]
    public void Contains_ByTheSharedBits(string text, string address, bool expected)
    {
        Assert.True(IPSubnet.TryParse(text, out var subnet));
        Assert.Equal(expected, subnet.Contains(IPAddress.Parse(address)));
    }

    [Fact]
    public void CompareTo_WiderFirst_IPv4BeforeIPv6()
    {
        string[] sorted = ["0.0.0.0/0", "127.0.0.0/24", "127.0.0.0/32", "192.168.0.1/32", "::/0", "2001::/16"];
        Assert.Equal(sorted, sorted.Reverse().Select(text => IPSubnet.TryParse(text, out var subnet) ? subnet : null!).Order().Select(subnet => $"{subnet}"));
    }
}
