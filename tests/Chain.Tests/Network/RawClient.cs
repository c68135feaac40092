using System.Net;
using System.Net.Sockets;
using Chain.Network.Messages;

namespace Chain.Tests.Network;

/// <summary>The other side of a connection, with nothing but a socket: it sends whatever bytes a test wants.</summary>
internal sealed class RawClient : IDisposable
{
    private RawClient(Socket socket) => Socket = socket;

    public Socket Socket { get; }

    public static async Task<RawClient> ConnectAsync(IPEndPoint endPoint)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endPoint);
        return new RawClient(socket);
    }

    public async Task ShakeHandsAsync(VersionMessage? version = null)
    {
        version ??= TestNode.ClientVersion();
        await SendAsync(version);
        await SendAsync(new VerackMessage());
        await ReceiveVersionAndVerackAsync(version.ProtocolVersion);
    }

    /// <summary>What a node answers to a version: its own, the features that this version knows, verack.</summary>
    public async Task ReceiveVersionAndVerackAsync(int protocolVersion)
    {
        Assert.IsType<VersionMessage>(await ReceiveAsync());
        if (protocolVersion >= WtxidRelayMessage.SinceVersion) Assert.IsType<WtxidRelayMessage>(await ReceiveAsync());
        Assert.IsType<VerackMessage>(await ReceiveAsync());
    }

    public Task SendAsync(Message message, uint magic = TestNode.Magic) => SendBytesAsync(MessageCodec.EncodeFrame(magic, message));

    public async Task SendBytesAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[await Socket.SendAsync(bytes)..];
    }

    /// <summary>The next message; null at the connection's end.</summary>
    public async Task<Message?> ReceiveAsync(uint magic = TestNode.Magic)
    {
        var header = new byte[FrameHeader.Size];
        if (!await FillAsync(header)) return null;
        var parsed = FrameHeader.Read(header);
        Assert.Equal(FrameHeader.FormatMagic(magic), FrameHeader.FormatMagic(parsed.Magic));
        var payload = new byte[parsed.Length];
        Assert.True(await FillAsync(payload));
        Assert.Equal(FrameHeader.ComputeChecksum(payload), parsed.Checksum);
        return MessageCodec.Decode(parsed.Command, payload);
    }

    /// <summary>The next message of a kind; others before it are skipped.</summary>
    public async Task<T> ReceiveAsync<T>() where T : Message
    {
        while (true)
        {
            var message = await ReceiveAsync();
            Assert.NotNull(message);
            if (message is T wanted) return wanted;
        }
    }

    /// <summary>Reads and forgets until the other side closes.</summary>
    public async Task WaitForEndAsync(Action? meanwhile = null)
    {
        var end = DrainAsync();
        await Eventually.TrueAsync(() => end.IsCompleted, meanwhile);
        await end;
    }

    public void Dispose() => Socket.Dispose();

    private async Task DrainAsync()
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (await Socket.ReceiveAsync(buffer) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // A reset is an end too.
        }
    }

    private async Task<bool> FillAsync(Memory<byte> buffer)
    {
        while (!buffer.IsEmpty)
        {
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(30));
            var count = await Socket.ReceiveAsync(buffer, SocketFlags.None, deadline.Token);
            if (count == 0) return false;
            buffer = buffer[count..];
        }

        return true;
    }
}
