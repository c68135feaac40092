using Chain.Core.Encoding;

namespace Chain.Network.Messages;

/// <summary>Turns a frame's command and payload into a <see cref="Message"/>, and a message into a frame.</summary>
public static class MessageCodec
{
    /// <summary>The protocol version that this node announces: the last one that changed how the messages spoken here read.</summary>
    public const int ProtocolVersion = 70016;

    /// <summary>The most bytes of a payload (Core: MAX_PROTOCOL_MESSAGE_LENGTH).</summary>
    public const int MaxPayloadLength = 4_000_000;

    /// <summary>
    /// Decodes a payload, which the message keeps. Throws <see cref="DecodeException"/> where the bytes are not of the
    /// command's form or go on behind it, and nothing else. A command that is not spoken here gives an
    /// <see cref="UnknownMessage"/>.
    /// </summary>
    public static Message Decode(string command, ReadOnlyMemory<byte> payload)
    {
        var reader = new ByteReader(payload);
        Message message = command switch
        {
            VersionMessage.CommandName => VersionMessage.Read(ref reader),
            VerackMessage.CommandName => new VerackMessage(),
            PingMessage.CommandName => PingMessage.Read(ref reader),
            PongMessage.CommandName => PongMessage.Read(ref reader),
            AddrMessage.CommandName => AddrMessage.Read(ref reader),
            GetAddrMessage.CommandName => new GetAddrMessage(),
            InvMessage.CommandName => InvMessage.Read(ref reader),
            GetDataMessage.CommandName => GetDataMessage.Read(ref reader),
            NotFoundMessage.CommandName => NotFoundMessage.Read(ref reader),
            GetBlocksMessage.CommandName => GetBlocksMessage.Read(ref reader),
            GetHeadersMessage.CommandName => GetHeadersMessage.Read(ref reader),
            HeadersMessage.CommandName => HeadersMessage.Read(ref reader),
            BlockMessage.CommandName => BlockMessage.Read(ref reader),
            TxMessage.CommandName => TxMessage.Read(ref reader),
            RejectMessage.CommandName => RejectMessage.Read(ref reader),
            SendHeadersMessage.CommandName => new SendHeadersMessage(),
            FeeFilterMessage.CommandName => FeeFilterMessage.Read(ref reader),
            WtxidRelayMessage.CommandName => new WtxidRelayMessage(),
            SendAddrV2Message.CommandName => new SendAddrV2Message(),
            _ => new UnknownMessage(command, payload),
        };
        if (message is not (VersionMessage or UnknownMessage)) reader.ExpectEnd();
        return message;
    }

    /// <summary>The whole frame: header and payload.</summary>
    public static byte[] EncodeFrame(uint magic, Message message)
    {
        var payload = message.ToPayload().Span;
        var frame = new byte[FrameHeader.Size + payload.Length];
        FrameHeader.For(magic, message.Command, payload).Write(frame);
        payload.CopyTo(frame.AsSpan(FrameHeader.Size));
        return frame;
    }
}
