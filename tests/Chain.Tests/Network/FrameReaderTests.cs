using Chain.Core.Encoding;
using Chain.Network.Messages;
using Chain.Network;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Network;

public class FrameReaderTests(ITestOutputHelper output)
{
    [Fact]
    public async Task ReadAsync_AnyPortions_GiveTheSameFrames()
    {
        var seed = Property.FirstSeed(output);
        var random = new Random(seed);
        for (var round = 0; round < 30; round++)
        {
            var payloads = Enumerable.Range(0, random.Next(1, 8)).Select(_ => RandomMessages.Bytes(random, Size(random))).ToList();
            var stream = payloads.SelectMany(p => MessageCodec.EncodeFrame(TestNode.Magic, new UnknownMessage("test", p))).ToArray();
            var reader = Reader(new ScriptedConnection(Cut(stream, random)));

            foreach (var payload in payloads)
            {
                var frame = await reader.ReadAsync(CancellationToken.None);
                Assert.True(frame is { Command: "test" } && frame.Payload.Span.SequenceEqual(payload), $"seed {seed}");
            }

            Assert.Null(await reader.ReadAsync(CancellationToken.None));
            Assert.Equal(stream.Length, reader.BytesReceived);
        }
    }

    [Fact]
    public async Task ReadAsync_AnnouncedButNotSent_MakesLittleRoom()
    {
        var connection = new ScriptedConnection([Header(MessageCodec.MaxPayloadLength), new byte[1000]]);
        await Assert.ThrowsAsync<DecodeException>(() => Reader(connection).ReadAsync(CancellationToken.None).AsTask());
        Assert.InRange(connection.LargestRoom, 1, FrameReader.FirstPayloadSize);
    }

    [Fact]
    public async Task ReadAsync_LargestPayload_IsRead()
    {
        var payload = RandomMessages.Bytes(new Random(5), MessageCodec.MaxPayloadLength);
        var frame = await Reader(new ScriptedConnection([MessageCodec.EncodeFrame(TestNode.Magic, new UnknownMessage("big", payload))])).ReadAsync(CancellationToken.None);
        Assert.True(frame!.Payload.Span.SequenceEqual(payload));
    }

    [Theory]
    [InlineData(MessageCodec.MaxPayloadLength + 1u)]
    [InlineData(uint.MaxValue)]
    [InlineData(0x80000000u)]
    public async Task ReadAsync_LengthBeyondTheBound_Throws(uint length)
    {
        var reason = await FailureAsync(Header(length));
        Assert.Contains("is announced, more than 4000000", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_WrongMagic_NamesBoth()
    {
        var reason = await FailureAsync(MessageCodec.EncodeFrame(0xd9b4bef9, new VerackMessage()));
        Assert.Equal("the peer belongs to another chain: its magic is f9beb4d9, ours is fabfb5da", reason);
    }

    [Fact]
    public async Task ReadAsync_DamagedFrames_AreMarkedAndTheNextIsRead()
    {
        var wrongSum = MessageCodec.EncodeFrame(TestNode.Magic, new PingMessage(1));
        wrongSum[^1] ^= 1;
        var noText = MessageCodec.EncodeFrame(TestNode.Magic, new VerackMessage());
        noText[4 + 11] = 7;
        var reader = Reader(new ScriptedConnection([wrongSum, noText, MessageCodec.EncodeFrame(TestNode.Magic, new PingMessage(2))]));
        Assert.Equal("the checksum of a 'ping' message is wrong", (await reader.ReadAsync(CancellationToken.None))!.Damage);
        Assert.Equal("its command is no text", (await reader.ReadAsync(CancellationToken.None))!.Damage);
        Assert.Null((await reader.ReadAsync(CancellationToken.None))!.Damage);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(23)]
    [InlineData(24)]
    [InlineData(31)]
    public async Task ReadAsync_EndInsideAFrame_Throws(int length) =>
        Assert.Equal("the connection ended inside a message", await FailureAsync(MessageCodec.EncodeFrame(TestNode.Magic, new PingMessage(1))[..length]));

    [Fact]
    public async Task MetForeignNode_OnlyVersionMessagesOfOtherChains()
    {
        var foreign = Reader(new ScriptedConnection([MessageCodec.EncodeFrame(1, TestNode.ClientVersion())]));
        await Assert.ThrowsAsync<DecodeException>(() => foreign.ReadAsync(CancellationToken.None).AsTask());
        Assert.True(foreign.MetForeignNode);

        var browser = Reader(new ScriptedConnection(["GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"u8.ToArray()]));
        await Assert.ThrowsAsync<DecodeException>(() => browser.ReadAsync(CancellationToken.None).AsTask());
        Assert.False(browser.MetForeignNode);
    }

    internal static FrameReader Reader(ScriptedConnection connection) => new(connection, TestNode.Magic, TimeProvider.System);

    private static async Task<string> FailureAsync(byte[] bytes) =>
        (await Assert.ThrowsAsync<DecodeException>(() => Reader(new ScriptedConnection([bytes])).ReadAsync(CancellationToken.None).AsTask())).Message;

    private static byte[] Header(uint length)
    {
        var bytes = new byte[FrameHeader.Size];
        new FrameHeader(TestNode.Magic, "block", length, 0).Write(bytes);
        return bytes;
    }

    private static int Size(Random random) => random.Next(4) switch { 0 => 0, 1 => random.Next(100), 2 => random.Next(20_000), _ => random.Next(300_000) };

    private static IEnumerable<byte[]> Cut(byte[] bytes, Random random)
    {
        for (var start = 0; start < bytes.Length;)
        {
            var length = Math.Min(bytes.Length - start, random.Next(3) == 0 ? random.Next(1, 30) : random.Next(1, 50_000));
            yield return bytes[start..(start + length)];
            start += length;
        }
    }
}
