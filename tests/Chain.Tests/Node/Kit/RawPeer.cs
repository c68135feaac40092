using System.Net;
using System.Net.Sockets;
using Xunit.Sdk;

namespace Chain.Tests.Node.Kit;

/// <summary>A message as it came.</summary>
internal sealed record RawMessage(string Command, byte[] Payload);

/// <summary>How a client introduces itself.</summary>
internal sealed record RawGreeting
{
    public uint Protocol { get; init; } = 70015;

    public ulong Services { get; init; } = 1;

    public int Height { get; init; }

    /// <summary>Whether it says wtxidrelay.</summary>
    public bool ByWitnessHash { get; init; }

    /// <summary>As today's nodes do: with witnesses, and transactions by their witness hashes.</summary>
    public static RawGreeting Today { get; } = new() { Protocol = 70016, Services = 9, ByWitnessHash = true };
}

/// <summary>The other side of a node's connection with nothing but a socket and <see cref="Wire"/>.</summary>
internal sealed class RawPeer : IDisposable
{
    private readonly TcpClient _client;
    private readonly NetworkStream _stream;
    private readonly byte[] _magic;

    public RawPeer(TcpClient client, byte[] magic)
    {
        _client = client;
        _client.NoDelay = true;
        _stream = client.GetStream();
        _magic = magic;
    }

    /// <summary>Connects to a node on this machine.</summary>
    public static async Task<RawPeer> ConnectAsync(int port, byte[] magic)
    {
        var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, port);
            return new RawPeer(client, magic);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Connects and introduces itself.</summary>
    public static async Task<RawPeer> ConnectAndGreetAsync(int port, byte[] magic, RawGreeting? greeting = null)
    {
        var peer = await ConnectAsync(port, magic);
        try
        {
            await peer.GreetAsync(greeting);
            return peer;
        }
        catch
        {
            peer.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Version and verack both ways; gives the node's version. The node's verack says nothing of ours: who wants to be told of
    /// what comes next pings first.
    /// </summary>
    public async Task<byte[]> GreetAsync(RawGreeting? greeting = null)
    {
        greeting ??= new RawGreeting();
        await SendAsync("version", Wire.Version((ulong)Random.Shared.NextInt64(1, long.MaxValue), greeting.Height, protocol: greeting.Protocol, services: greeting.Services));
        var version = await ExpectAsync("version");
        if (greeting.ByWitnessHash) await SendAsync("wtxidrelay");
        await SendAsync("verack");
        await ExpectAsync("verack");
        return version;
    }

    public Task SendAsync(string command, params byte[] payload) => SendBytesAsync(Wire.Frame(_magic, command, payload));

    public async Task SendBytesAsync(ReadOnlyMemory<byte> bytes)
    {
        using var patience = new CancellationTokenSource(Eventually.Patience);
        await _stream.WriteAsync(bytes, patience.Token);
    }

    /// <summary>The next message; null where the node closed the connection.</summary>
    public async Task<RawMessage?> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        patience.CancelAfter(Eventually.Patience);
        var header = new byte[Wire.HeaderSize];
        try
        {
            if (await _stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, patience.Token) < header.Length) return null;
            Assert.Equal(Convert.ToHexStringLower(_magic), Convert.ToHexStringLower(header.AsSpan(0, 4)));
            var payload = new byte[BitConverter.ToInt32(header, 16)];
            await _stream.ReadExactlyAsync(payload, patience.Token);
            Assert.Equal(Wire.DoubleHash(payload)[..4], header[20..]);
            return new RawMessage(System.Text.Encoding.ASCII.GetString(header, 4, 12).TrimEnd('\0'), payload);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The payload of the next message of this kind that fits; others before it are skipped.</summary>
    public async Task<byte[]> ExpectAsync(string command, Func<byte[], bool>? fits = null)
    {
        while (true)
        {
            var message = await ReceiveAsync() ?? throw new XunitException($"the node closed the connection instead of sending '{command}'");
            if (message.Command == command && fits?.Invoke(message.Payload) != false) return message.Payload;
        }
    }

    /// <summary>Sends a ping and gives all that comes before its pong.</summary>
    public async Task<List<RawMessage>> MessagesUntilPongAsync()
    {
        var nonce = Wire.UInt64((ulong)Random.Shared.NextInt64());
        await SendAsync("ping", nonce);
        var messages = new List<RawMessage>();
        while (true)
        {
            var message = await ReceiveAsync() ?? throw new XunitException("the node closed the connection instead of answering a ping");
            if (message.Command == "pong" && message.Payload.AsSpan().SequenceEqual(nonce)) return messages;
            messages.Add(message);
        }
    }

    /// <summary>Sends a ping and waits for its pong: what was sent before has been dealt with then.</summary>
    public async Task PingAsync()
    {
        var nonce = Wire.UInt64((ulong)Random.Shared.NextInt64());
        await SendAsync("ping", nonce);
        await ExpectAsync("pong", payload => payload.AsSpan().SequenceEqual(nonce));
    }

    /// <summary>As <see cref="PingAsync"/>; false where the node closes the connection instead.</summary>
    public async Task<bool> TryPingAsync()
    {
        var nonce = Wire.UInt64((ulong)Random.Shared.NextInt64());
        try
        {
            await SendAsync("ping", nonce);
        }
        catch (IOException)
        {
            return false;
        }

        while (await ReceiveAsync() is { } message)
        {
            if (message.Command == "pong" && message.Payload.AsSpan().SequenceEqual(nonce)) return true;
        }

        return false;
    }

    /// <summary>Reads and forgets until the node closes the connection.</summary>
    public async Task ExpectEndAsync()
    {
        while (await ReceiveAsync() is not null)
        {
        }
    }

    public void Dispose() => _client.Dispose();
}
