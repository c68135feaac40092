using Chain.Core.Encoding;
using Chain.Core.Primitives;
using Chain.Network.Messages;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Network;

public class MessageCodecTests(ITestOutputHelper output)
{
    public static TheoryData<string> Commands => [.. RandomMessages.Commands];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Decode_EncodedMessage_IsTheSame(string command)
    {
        var seed = Property.FirstSeed(output);
        var random = new Random(seed);
        for (var i = 0; i < 200; i++)
        {
            var message = RandomMessages.Create(command, random);
            var writer = new ByteWriter();
            message.Write(writer);
            var payload = writer.ToArray();
            Assert.True(payload.AsSpan().SequenceEqual(message.ToPayload().Span), $"ToPayload differs from Write, seed {seed}");

            var decoded = MessageCodec.Decode(command, payload);

            Assert.True(decoded.GetType() == message.GetType() && decoded.Command == command, $"another type, seed {seed}");
            Assert.True(payload.AsSpan().SequenceEqual(decoded.ToPayload().Span), $"other bytes, seed {seed}");
            AssertSameFields(message, decoded, $"seed {seed}");
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Decode_MutatedPayload_ThrowsNothingButDecodeException(string command)
    {
        var seed = Property.FirstSeed(output);
        var random = new Random(seed);
        for (var i = 0; i < 3_000; i++)
        {
            var payload = RandomMessages.Create(command, random).ToPayload().ToArray();
            DecodeAndForget(command, Mutate(payload, random), seed);
            DecodeAndForget(command, RandomMessages.Bytes(random, random.Next(200)), seed);
        }
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Decode_EveryCutPayload_ThrowsNothingButDecodeException(string command)
    {
        var seed = Property.FirstSeed(output);
        var payload = RandomMessages.Create(command, new Random(seed)).ToPayload();
        for (var length = 0; length < Math.Min(payload.Length, 2_000); length++) DecodeAndForget(command, payload[..length], seed);
    }

    [Theory]
    [InlineData("verack", "00")]
    [InlineData("getaddr", "00")]
    [InlineData("sendheaders", "00")]
    [InlineData("wtxidrelay", "00")]
    [InlineData("feefilter", "00000000000000")]
    [InlineData("feefilter", "000000000000000000")]
    [InlineData("ping", "000000000000000000")]
    [InlineData("ping", "00000000000000")]
    [InlineData("pong", "000000000000000000")]
    [InlineData("pong", "")]
    [InlineData("inv", "0000")]
    [InlineData("headers", "0000")]
    [InlineData("addr", "0000")]
    public void Decode_BytesLeftOverOrMissing_Throws(string command, string payload) =>
        Assert.Throws<DecodeException>(() => MessageCodec.Decode(command, Convert.FromHexString(payload)));

    [Theory]
    [InlineData("inv", "fd0000")]
    [InlineData("getdata", "fe00000000")]
    [InlineData("headers", "fd0000")]
    [InlineData("addr", "ff0000000000000000")]
    public void Decode_NonMinimalCount_Throws(string command, string payload) =>
        Assert.Throws<DecodeException>(() => MessageCodec.Decode(command, Convert.FromHexString(payload)));

    [Theory]
    [InlineData("inv", "ffffffffffffffffff")]
    [InlineData("notfound", "feffffffff")]
    [InlineData("addr", "fde803")]
    [InlineData("headers", "fdd007")]
    [InlineData("block", "ffffffffffffffff7f")]
    public void Decode_CountBeyondTheBytes_Throws(string command, string payload) =>
        Assert.Throws<DecodeException>(() => MessageCodec.Decode(command, Convert.FromHexString(payload)));

    [Theory]
    [InlineData("inv", InventoryMessage.MaxItems, InventoryItem.Size)]
    [InlineData("getdata", InventoryMessage.MaxItems, InventoryItem.Size)]
    [InlineData("notfound", InventoryMessage.MaxItems, InventoryItem.Size)]
    [InlineData("headers", HeadersMessage.MaxHeaders, BlockHeader.Size + 1)]
    [InlineData("addr", AddrMessage.MaxAddresses, TimestampedAddress.Size)]
    public void Decode_MoreItemsThanAllowed_Throws(string command, int most, int itemSize)
    {
        Assert.Equal(command, MessageCodec.Decode(command, Payload(most)).Command);
        Assert.Throws<DecodeException>(() => MessageCodec.Decode(command, Payload(most + 1)));

        byte[] Payload(int count)
        {
            var writer = new ByteWriter();
            writer.WriteCompactSize((ulong)count).Take(count * itemSize);
            return writer.ToArray();
        }
    }

    [Fact]
    public void Decode_LocatorTooLong_Throws()
    {
        Assert.IsType<GetBlocksMessage>(MessageCodec.Decode("getblocks", Payload(BlockLocator.MaxSize)));
        Assert.Throws<DecodeException>(() => MessageCodec.Decode("getblocks", Payload(BlockLocator.MaxSize + 1)));
        Assert.Throws<DecodeException>(() => MessageCodec.Decode("getheaders", Payload(BlockLocator.MaxSize + 1)));

        static byte[] Payload(int hashes)
        {
            var writer = new ByteWriter();
            writer.WriteUInt32(70015).WriteCompactSize((ulong)hashes).Take((hashes + 1) * 32);
            return writer.ToArray();
        }
    }

    [Fact]
    public void Decode_UserAgentTooLong_Throws()
    {
        var longest = new VersionMessage { ProtocolVersion = 70015, UserAgent = new string('a', VersionMessage.MaxUserAgentLength) };
        var payload = longest.ToPayload().ToArray();
        Assert.Equal(longest.UserAgent, Assert.IsType<VersionMessage>(MessageCodec.Decode("version", payload)).UserAgent);

        var writer = new ByteWriter();
        writer.WriteBytes(payload.AsSpan(0, 80)).WriteVarBytes(new byte[VersionMessage.MaxUserAgentLength + 1]).WriteInt32(0);
        Assert.Throws<DecodeException>(() => MessageCodec.Decode("version", writer.ToArray()));
    }

    [Fact]
    public void Decode_UserAgentWithControlCharacters_IsMadeHarmless()
    {
        var writer = new ByteWriter();
        writer.WriteBytes(new VersionMessage { ProtocolVersion = 70015 }.ToPayload().Span[..80]).WriteVarBytes("a\n\u001b[2Jb\0\xff"u8);
        Assert.Equal("a??[2Jb???", Assert.IsType<VersionMessage>(MessageCodec.Decode("version", writer.ToArray())).UserAgent);
    }

    [Theory]
    [InlineData(46, 0, "", 0)]
    [InlineData(80, 5, "", 0)]
    [InlineData(85, 5, "/x:/", 0)]
    [InlineData(89, 5, "/x:/", 9)]
    public void Decode_VersionOfAnOlderClient_HasDefaults(int length, int nonce, string userAgent, int height)
    {
        var full = new VersionMessage { ProtocolVersion = 31800, Nonce = 5, UserAgent = "/x:/", StartHeight = 9, Relay = false }.ToPayload();

        var version = Assert.IsType<VersionMessage>(MessageCodec.Decode("version", full[..length]));

        Assert.Equal((31800, (ulong)nonce, userAgent, height, true), (version.ProtocolVersion, version.Nonce, version.UserAgent, version.StartHeight, version.Relay));
    }

    [Fact]
    public void Decode_VersionOfANewerClient_IgnoresWhatFollows()
    {
        var payload = new VersionMessage { ProtocolVersion = 99999, Relay = false, StartHeight = 4 }.ToPayload();
        var version = Assert.IsType<VersionMessage>(MessageCodec.Decode("version", (byte[])[.. payload.Span, 1, 2, 3]));
        Assert.Equal((4, false), (version.StartHeight, version.Relay));
    }

    [Fact]
    public void Decode_OldPing_HasNoNonce() => Assert.Null(Assert.IsType<PingMessage>(MessageCodec.Decode("ping", default)).Nonce);

    [Fact]
    public void Decode_UnknownCommand_KeepsTheBytes()
    {
        var message = Assert.IsType<UnknownMessage>(MessageCodec.Decode("sendcmpct", new byte[] { 1, 2, 3 }));
        Assert.Equal(("sendcmpct", "010203"), (message.Command, Convert.ToHexString(message.Payload.Span)));
    }

    [Fact]
    public void Decode_HeaderWithTransactionCount_Throws()
    {
        var payload = new HeadersMessage([RandomMessages.Header(new Random(1))]).ToPayload().ToArray();
        payload[^1] = 1;
        Assert.Throws<DecodeException>(() => MessageCodec.Decode("headers", payload));
    }

    [Fact]
    public void ToPayload_BlockAndTransaction_AreNotCopied()
    {
        var random = new Random(1);
        var block = RandomMessages.Block(random);
        var transaction = block.Transactions.First(t => t.HasWitness);
        Assert.True(new BlockMessage(block).ToPayload().Equals(block.Raw));
        Assert.True(new TxMessage(transaction).ToPayload().Equals(transaction.Raw));
        Assert.True(new TxMessage(transaction, withWitness: false).ToPayload().Equals(transaction.StrippedRaw));
        Assert.True(new BlockMessage(block, withWitness: false).ToPayload().Span.SequenceEqual(block.ToStripped().Span));
    }

    [Fact]
    public void Messages_BeyondTheirBounds_CannotBeBuilt()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new InvMessage([.. new InventoryItem[InventoryMessage.MaxItems + 1]]));
        Assert.Throws<ArgumentException>(() => new VersionMessage { ProtocolVersion = 1, UserAgent = new string('a', 257) });
        Assert.Throws<ArgumentException>(() => new VersionMessage { ProtocolVersion = 1, UserAgent = "line\nbreak" });
        Assert.Equal(RejectMessage.MaxReasonLength, new RejectMessage("tx", RejectCode.Invalid, new string('x', 500)).Reason.Length);
    }

    private static void DecodeAndForget(string command, ReadOnlyMemory<byte> payload, int seed)
    {
        try
        {
            _ = MessageCodec.Decode(command, payload);
        }
        catch (Exception e) when (e is not DecodeException)
        {
            Assert.Fail($"{e.GetType().Name} from a '{command}' payload {Convert.ToHexStringLower(payload.Span)}, seed {seed}");
        }
        catch (DecodeException)
        {
            // What is promised.
        }
    }

    private static byte[] Mutate(byte[] payload, Random random)
    {
        if (payload.Length == 0) return RandomMessages.Bytes(random, 1);
        for (var i = random.Next(1, 6); i > 0; i--) payload[random.Next(payload.Length)] = (byte)(random.Next(3) == 0 ? 0xff : random.Next(256));
        return random.Next(3) == 0 ? payload[..random.Next(payload.Length)] : payload;
    }

    internal static void AssertSameFields(Message expected, Message actual, string because)
    {
        foreach (var property in expected.GetType().GetProperties())
        {
            var (left, right) = (property.GetValue(expected), property.GetValue(actual));
            if (left is null or ValueType or string or NetworkAddress && !property.PropertyType.Name.StartsWith("ImmutableArray", StringComparison.Ordinal))
                Assert.True(Equals(left, right), $"{property.Name}: {left} became {right}, {because}");
        }
    }
}
