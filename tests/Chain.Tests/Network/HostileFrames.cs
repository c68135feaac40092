using System.Net;
using System.Net.Sockets;
using Chain.Network.Messages;

namespace Chain.Tests.Network;

/// <summary>An attacker that throws random and damaged frames, and connects again whenever it is cut off.</summary>
internal static class HostileFrames
{
    /// <summary>Throws frames, each time waiting until the node ended the connection or answered; gives how many it ended.</summary>
    public static async Task<int> ThrowAsync(IPEndPoint endPoint, Random random, int frames)
    {
        var ended = 0;
        while (frames > 0)
        {
            using var client = await RawClient.ConnectAsync(endPoint);
            client.Socket.LingerState = new LingerOption(true, 0);
            var shaken = random.Next(4) != 0;
            if (shaken) await client.ShakeHandsAsync();
            do frames--;
            while (await SurvivesAsync(client, Hostile(random), shaken) && frames > 0);
            ended++;
        }

        return ended;
    }

    private static async Task<bool> SurvivesAsync(RawClient client, byte[] frame, bool shaken)
    {
        try
        {
            await client.SendBytesAsync(frame);
            // Without a handshake anything is the end, or leaves the node waiting for the rest of a frame.
            if (!shaken) return false;
            await client.SendAsync(new PingMessage(77));
            while (await client.ReceiveAsync() is { } message)
            {
                if (message is PongMessage { Nonce: 77 }) return true;
            }

            return false;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static byte[] Hostile(Random random)
    {
        var command = RandomMessages.Commands[random.Next(RandomMessages.Commands.Count)];
        var message = RandomMessages.Create(command, random);
        switch (random.Next(4))
        {
            case 0:
                return RandomMessages.Bytes(random, random.Next(FrameHeader.Size, 400));
            case 1:
                var frame = MessageCodec.EncodeFrame(TestNode.Magic, message);
                // Not the length: that would leave the node waiting for bytes that never come.
                var position = random.Next(frame.Length - 4);
                frame[position < 16 ? position : position + 4] ^= (byte)(1 << random.Next(8));
                return frame;
            case 2:
                // The checksum is right, so that the decoder sees the damage.
                var payload = message.ToPayload().ToArray();
                if (payload.Length > 0) payload[random.Next(payload.Length)] = (byte)random.Next(256);
                return MessageCodec.EncodeFrame(TestNode.Magic, new UnknownMessage(command, payload));
            default:
                return MessageCodec.EncodeFrame(TestNode.Magic, message is VersionMessage ? new PingMessage(1) : message);
        }
    }
}
