using System.Net;
using Chain.Network;
using Chain.Network.Messages;

namespace Chain.Tests.Network;

public class AddressBookTests
{
    private static readonly IPAddress Source = IPAddress.Parse("9.9.9.9");

    private readonly ManualTimeProvider _clock = new();
    private readonly Random _random = new(1);

    [Fact]
    public void Add_FromOneSource_StopsAtAQuarter()
    {
        var book = Book(100);
        for (var i = 0; i < 200; i++) book.Add(Address(i), Source);
        Assert.Equal(25, book.Count);
        Assert.True(book.Add(Address(500), IPAddress.Parse("8.8.8.8")));
    }

    [Fact]
    public void Add_FromManySources_StopsAtTheCapacity()
    {
        var book = Book(100);
        for (var i = 0; i < 1_000; i++)
        {
            book.Add(Address(i), new IPAddress([7, 7, 7, (byte)(i % 50)]));
            Assert.InRange(book.Count, 1, 100);
        }

        Assert.Equal(100, book.Count);
        Assert.Equal(100, book.Sample(1_000).Select(a => a.Address).Distinct().Count());
    }

    [Fact]
    public void Add_KnownAddress_IsNotNewAndKeepsTheLaterTime()
    {
        var book = Book(100);
        var now = (uint)_clock.GetUtcNow().ToUnixTimeSeconds();
        Assert.True(book.Add(Address(1) with { Time = now - 100 }, Source));
        Assert.False(book.Add(Address(1) with { Time = now - 50 }, Source));
        Assert.False(book.Add(Address(1) with { Time = now - 70 }, Source));
        Assert.Equal(now - 50, Assert.Single(book.Sample(10)).Time);
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(uint.MaxValue)]
    public void Add_ImpossibleTime_IsSetToDaysAgo(uint time)
    {
        var book = Book(100);
        Assert.True(book.Add(Address(1) with { Time = time }, Source));
        Assert.Equal((_clock.GetUtcNow() - TimeSpan.FromDays(5)).ToUnixTimeSeconds(), Assert.Single(book.Sample(1)).Time);
    }

    [Theory]
    [InlineData("0.0.0.0", 1)]
    [InlineData("255.255.255.255", 1)]
    [InlineData("224.0.0.1", 1)]
    [InlineData("0.1.2.3", 1)]
    [InlineData("::", 1)]
    [InlineData("ff02::1", 1)]
    [InlineData("fe80::1", 1)]
    [InlineData("127.0.0.1", 1)]
    [InlineData("::1", 1)]
    [InlineData("5.5.5.5", 0)]
    public void Add_NobodysAddress_IsRefused(string address, int port) =>
        Assert.False(Book(100).Add(new TimestampedAddress(1, new NetworkAddress(ServiceFlags.Network, IPAddress.Parse(address), (ushort)port)), Source));

    [Fact]
    public void Add_ThisMachinesAddress_OnlyFromThisMachine() =>
        Assert.True(Book(100).Add(new TimestampedAddress(1, new NetworkAddress(ServiceFlags.Network, IPAddress.Loopback, 3001)), IPAddress.Loopback));

    [Fact]
    public void MarkFailed_ThreeTimesInARow_ForgetsTheAddress()
    {
        var book = Book(100);
        var endPoint = Address(1).Address.ToEndPoint();
        book.Add(Address(1), Source);
        book.MarkFailed(endPoint);
        book.MarkFailed(endPoint);
        book.MarkGood(endPoint);
        book.MarkFailed(endPoint);
        book.MarkFailed(endPoint);
        Assert.True(book.Contains(endPoint));
        book.MarkFailed(endPoint);
        Assert.False(book.Contains(endPoint));
        book.MarkFailed(endPoint);
    }

    [Fact]
    public void Remove_InAnyOrder_KeepsTheRest()
    {
        var book = Book(400);
        for (var i = 0; i < 100; i++) book.Add(Address(i), Source);
        foreach (var i in Enumerable.Range(0, 100).OrderBy(_ => _random.Next()).Take(60)) book.Remove(Address(i).Address.ToEndPoint());
        var left = book.Sample(1_000);
        Assert.Equal((40, 40), (book.Count, left.Select(a => a.Address).Distinct().Count()));
        Assert.All(left, a => Assert.True(book.Contains(a.Address.ToEndPoint())));
        for (var i = 200; i < 260; i++) Assert.True(book.Add(Address(i), Source));
    }

    [Fact]
    public void Sample_FewerThanKnown_AreDifferentOnes()
    {
        var book = Book(400);
        for (var i = 0; i < 100; i++) book.Add(Address(i), Source);
        Assert.Equal(10, book.Sample(10).Select(a => a.Address).Distinct().Count());
        Assert.NotEqual(book.Sample(10).Select(a => a.Address), book.Sample(10).Select(a => a.Address));
    }

    private AddressBook Book(int capacity) => new(capacity, _clock, () => (ulong)_random.NextInt64());

    private static TimestampedAddress Address(int index) =>
        new(1_735_000_000, new NetworkAddress(ServiceFlags.Network, new IPAddress([5, 5, (byte)(index >> 8), (byte)(index & 0xff)]), 3000));
}
