using System.Net;
using Chain.Core.Cryptography;
using Chain.Network.Messages;

namespace Chain.Tests.Network;

/// <summary>Bytes as the protocol's documentation prints them.</summary>
public class MessageVectorTests
{
    private const uint MainMagic = 0xd9b4bef9;

    [Fact]
    public void Version_OfTheDocumentation_DecodesAndEncodes()
    {
        var message = Assert.IsType<VersionMessage>(DecodeAndEncode(
            "f9beb4d976657273696f6e000000000064000000358d493262ea0000010000000000000011b2d05000000000" +
            "010000000000000000000000000000000000ffff000000000000000000000000000000000000000000000000ffff000000000000" +
            "3b2eb35d8ce617650f2f5361746f7368693a302e372e322fc03e0300", appended: "01"));

        Assert.Equal(60002, message.ProtocolVersion);
        Assert.Equal(ServiceFlags.Network, message.Services);
        Assert.Equal(1355854353, message.Timestamp);
        Assert.Equal(0x6517e68c5db32e3bUL, message.Nonce);
        Assert.Equal("/Satoshi:0.7.2/", message.UserAgent);
        Assert.Equal(212672, message.StartHeight);
        Assert.True(message.Relay);
    }

    [Fact]
    public void Verack_OfTheDocumentation_DecodesAndEncodes() =>
        Assert.IsType<VerackMessage>(DecodeAndEncode("f9beb4d976657261636b000000000000000000005df6e0e2"));

    [Fact]
    public void Addr_OfTheDocumentation_DecodesAndEncodes()
    {
        var message = Assert.IsType<AddrMessage>(DecodeAndEncode(
            "f9beb4d96164647200000000000000001f000000ed52399b" +
            "01e215104d010000000000000000000000000000000000ffff0a000001208d"));

        var address = Assert.Single(message.Addresses);
        Assert.Equal(1292899810u, address.Time);
        Assert.Equal(new NetworkAddress(ServiceFlags.Network, IPAddress.Parse("10.0.0.1"), 8333), address.Address);
    }

    [Fact]
    public void Ping_OfTheDocumentation_DecodesAndEncodes() =>
        Assert.Equal(0x4dafe21121109400UL, Assert.IsType<PingMessage>(PayloadBothWays("ping", "0094102111e2af4d")).Nonce);

    [Fact]
    public void Inv_OfTheDocumentation_DecodesAndEncodes()
    {
        var message = Assert.IsType<InvMessage>(PayloadBothWays("inv",
            "0201000000de55ffd709ac1f5dc509a0925d0b1fc442ca034f224732e429081da1b621f55a" +
            "0100000091d36d997037e08018262978766f24b8a055aaf1d872e94ae85e9817b2c68dc7"));

        Assert.Equal(2, message.Items.Length);
        Assert.Equal(new InventoryItem(InventoryType.Tx, Hash256.Parse("5af521b6a11d0829e43247224f03ca42c41f0b5d92a009c55d1fac09d7ff55de")), message.Items[0]);
    }

    [Fact]
    public void GetBlocks_OfTheDocumentation_DecodesAndEncodes()
    {
        var message = Assert.IsType<GetBlocksMessage>(PayloadBothWays("getblocks",
            "7111010002d39f608a7775b537729884d4e6633bb2105e55a16a14d31b0000000000000000" +
            "5c3e6403d40837110a2e8afb602b1c01714bda7ce23bea0a0000000000000000" + new string('0', 64)));

        Assert.Equal((70001u, 2, true), (message.ProtocolVersion, message.Locator.Hashes.Length, message.StopHash.IsZero));
    }

    [Fact]
    public void Headers_OfTheDocumentation_DecodesAndEncodes()
    {
        var message = Assert.IsType<HeadersMessage>(PayloadBothWays("headers",
            "0102000000b6ff0b1b1680a2862a30ca44d346d9e8910d334beb48ca0c0000000000000000" +
            "9d10aa52ee949386ca9385695f04ede270dda20810decd12bc9b048aaab3147124d95a5430c31b18fe9f086400"));

        Assert.Equal(0x64089ffeu, Assert.Single(message.Headers).Nonce);
    }

    [Fact]
    public void Reject_OfTheDocumentation_DecodesAndEncodes()
    {
        var message = Assert.IsType<RejectMessage>(PayloadBothWays("reject",
            "02747812156261642d74786e732d696e707574732d7370656e74394715fcab51093be7bfca5a31005972947baf86a31017939575fb2354222821"));

        Assert.Equal(("tx", RejectCode.Duplicate, "bad-txns-inputs-spent"), (message.RejectedCommand, message.Code, message.Reason));
        Assert.Equal("2128225423fb7595931710a386af7b94725900315acabfe73b0951abfc154739", message.Hash.ToString());
    }

    [Fact]
    public void Block_BitcoinsGenesis_HasThePublishedHash()
    {
        var message = Assert.IsType<BlockMessage>(PayloadBothWays("block",
            "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa" +
            "4b1e5e4a29ab5f49ffff001d1dac2b7c0101000000010000000000000000000000000000000000000000000000000000000000000000ffffffff4d04ffff001d" +
            "0104455468652054696d65732030332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f757420666f" +
            "722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828e03909a67962e0ea1f61deb649f6bc3f4cef38c4f355" +
            "04e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac00000000"));

        Assert.Equal("000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f", message.Block.Hash.ToString());
    }

    /// <summary>Checks the frame's checksum, decodes, and requires the same frame from the message.</summary>
    private static Message DecodeAndEncode(string hex, string appended = "")
    {
        var frame = Convert.FromHexString(hex);
        var header = FrameHeader.Read(frame);
        var payload = frame.AsMemory(FrameHeader.Size);
        Assert.Equal((MainMagic, (uint)payload.Length), (header.Magic, header.Length));
        Assert.Equal(header.Checksum, FrameHeader.ComputeChecksum(payload.Span));
        var message = MessageCodec.Decode(header.Command, payload);
        var encoded = MessageCodec.EncodeFrame(MainMagic, message);
        if (appended.Length == 0) Assert.Equal(hex, Convert.ToHexStringLower(encoded));
        else Assert.Equal(Convert.ToHexStringLower(payload.Span) + appended, Convert.ToHexStringLower(encoded.AsSpan(FrameHeader.Size)));
        return message;
    }

    private static Message PayloadBothWays(string command, string hex)
    {
        var message = MessageCodec.Decode(command, Convert.FromHexString(hex));
        Assert.Equal(hex, Convert.ToHexStringLower(message.ToPayload().Span));
        return message;
    }
}
