using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Chain.Core.Primitives;
using Chain.Network.Messages;

namespace Chain.Benchmarks.Processes;

/// <summary>The other side of a node's P2P connection: a socket that sends messages and notes when blocks are announced.</summary>
public sealed class WirePeer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TcpClient _client = new() { NoDelay = true };
    private readonly uint _magic;
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _commands = new();
    private readonly ConcurrentDictionary<BlockHash, TaskCompletionSource<long>> _announced = new();
    private Task _reading = Task.CompletedTask;

    private WirePeer(uint magic) => _magic = magic;

    /// <summary>Connects to a node and shakes hands.</summary>
    public static async Task<WirePeer> ConnectAsync(int port, uint magic)
    {
        var peer = new WirePeer(magic);
        await peer._client.ConnectAsync(IPAddress.Loopback, port).ConfigureAwait(false);
        peer._reading = Task.Run(peer.ReadAsync);
        await peer.SendAsync(new VersionMessage
        {
            ProtocolVersion = MessageCodec.ProtocolVersion,
            Timestamp = DateTimeOffset.UtcNow.ToUnixTimeSeconds(),
            Nonce = (ulong)Random.Shared.NextInt64(1, long.MaxValue),
        }).ConfigureAwait(false);
        await peer.ReceiveAsync(VersionMessage.CommandName).ConfigureAwait(false);
        await peer.SendAsync(new VerackMessage()).ConfigureAwait(false);
        await peer.ReceiveAsync(VerackMessage.CommandName).ConfigureAwait(false);
        await peer.SendAsync(new PingMessage(1)).ConfigureAwait(false);
        await peer.ReceiveAsync(PongMessage.CommandName).ConfigureAwait(false);
        return peer;
    }

    /// <summary>Sends one message.</summary>
    public Task SendAsync(Message message) => SendAsync(MessageCodec.EncodeFrame(_magic, message));

    /// <summary>Sends frames.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> frames) => await _client.GetStream().WriteAsync(frames).ConfigureAwait(false);

    /// <summary>The frame of a message.</summary>
    public byte[] Frame(Message message) => MessageCodec.EncodeFrame(_magic, message);

    /// <summary>When the node named this block to us, as a time stamp of <see cref="Stopwatch"/>.</summary>
    public Task<long> AnnouncedAsync(BlockHash hash) => Announced(hash).Task.WaitAsync(Patience);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private Task ReceiveAsync(string command) => Command(command).Task.WaitAsync(Patience);

    private TaskCompletionSource Command(string command) => _commands.GetOrAdd(command, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously));

    private TaskCompletionSource<long> Announced(BlockHash hash) =>
        _announced.GetOrAdd(hash, _ => new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously));

    private async Task ReadAsync()
    {
        var stream = _client.GetStream();
        var header = new byte[FrameHeader.Size];
        while (await stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false).ConfigureAwait(false) == header.Length)
        {
            var frame = FrameHeader.Read(header);
            var payload = new byte[frame.Length];
            await stream.ReadExactlyAsync(payload).ConfigureAwait(false);
            var now = Stopwatch.GetTimestamp();
            switch (MessageCodec.Decode(frame.Command, payload))
            {
                case InvMessage inv:
                    foreach (var item in inv.Items.Where(item => item.Type == InventoryType.Block)) Announced(new BlockHash(item.Hash)).TrySetResult(now);
                    break;
                case HeadersMessage headers:
                    foreach (var announced in headers.Headers) Announced(announced.Hash).TrySetResult(now);
                    break;
                default:
                    Command(frame.Command).TrySetResult();
                    break;
            }
        }
    }
}
