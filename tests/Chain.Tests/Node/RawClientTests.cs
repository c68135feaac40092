using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>
/// A client with plain sockets and bytes put together by hand walks the ways that the protocol's documentation describes,
/// against a running node.
/// </summary>
public sealed class RawClientTests : IClassFixture<RawClientTests.ServingNode>
{
    private const int Blocks = 12;

    private readonly ServingNode _serving;

    public RawClientTests(ServingNode serving) => _serving = serving;

    private NodeProcess Node => _serving.Node;

    private byte[] Magic => _serving.Magic;

    private byte[] GenesisHash => _serving.Hashes[0];

    /// <summary>The old path: version, verack, getblocks, inv, getdata, block, and each block's bytes taken apart by hand.</summary>
    [Fact]
    public async Task OldPath_VersionToBlock_GivesTheChain()
    {
        using var peer = await RawPeer.ConnectAsync(Node.Port, Magic);
        var version = new WireReader(await peer.GreetAsync());
        Assert.Equal(70016u, version.UInt32());
        Assert.Equal(9ul, version.UInt64());
        Assert.InRange((long)version.UInt64(), DateTimeOffset.UtcNow.AddMinutes(-5).ToUnixTimeSeconds(), DateTimeOffset.UtcNow.AddMinutes(5).ToUnixTimeSeconds());
        version.Bytes(26);
        version.Bytes(26);
        Assert.NotEqual(0ul, version.UInt64());
        Assert.StartsWith("/chain:", System.Text.Encoding.ASCII.GetString(version.Bytes(version.CompactSize())), StringComparison.Ordinal);
        Assert.Equal((uint)Blocks, version.UInt32());
        Assert.Equal(1, version.Bytes(1)[0]);
        Assert.Equal(0, version.Remaining);

        await peer.SendAsync("getblocks", Wire.Locator([GenesisHash]));
        var inventory = Wire.ReadInventory(await peer.ExpectAsync("inv"));
        Assert.Equal(_serving.Hashes.Skip(1).Select(h => Wire.Text(h)), inventory.Select(item => Wire.Text(item.Hash)));
        Assert.All(inventory, item => Assert.Equal(Wire.BlockType, item.Type));

        await peer.SendAsync("getdata", Wire.Inventory(Wire.BlockType, [.. inventory.Select(item => item.Hash)]));
        var previous = GenesisHash;
        foreach (var (_, hash) in inventory)
        {
            var block = await peer.ExpectAsync("block");
            Assert.Equal(hash, Wire.DoubleHash(block.AsSpan(0, 80)));
            Assert.Equal(previous, block[4..36]);
            AssertOneCoinbase(block);
            previous = hash;
        }
    }

    [Fact]
    public async Task GetBlocks_WithALocator_GoesOnFromTheFirstKnownHash()
    {
        using var peer = await RawPeer.ConnectAndGreetAsync(Node.Port, Magic);
        var unknown = Enumerable.Repeat((byte)7, 32).ToArray();
        await peer.SendAsync("getblocks", Wire.Locator([unknown, _serving.Hashes[9], GenesisHash]));
        Assert.Equal(_serving.Hashes[10..], await HashesAsync());
        // The block at which to stop is not named, as in Core.
        await peer.SendAsync("getblocks", Wire.Locator([_serving.Hashes[4]], stop: _serving.Hashes[7]));
        Assert.Equal(_serving.Hashes[5..7], await HashesAsync());
        await peer.SendAsync("getblocks", Wire.Locator([unknown]));
        Assert.Equal(_serving.Hashes[1..], await HashesAsync());

        // Whoever has the tip is told of nothing.
        await peer.SendAsync("getblocks", Wire.Locator([_serving.Hashes[^1]]));
        await peer.SendAsync("getblocks", Wire.Locator([_serving.Hashes[^2]]));
        Assert.Equal(_serving.Hashes[^1..], await HashesAsync());

        async Task<List<byte[]>> HashesAsync() => [.. Wire.ReadInventory(await peer.ExpectAsync("inv")).Select(item => item.Hash)];
    }

    [Fact]
    public async Task GetHeaders_GivesHeadersThatLink()
    {
        using var peer = await RawPeer.ConnectAndGreetAsync(Node.Port, Magic);
        await peer.SendAsync("getheaders", Wire.Locator([GenesisHash]));
        var reader = new WireReader(await peer.ExpectAsync("headers"));
        Assert.Equal(Blocks, reader.CompactSize());
        var previous = GenesisHash;
        for (var height = 1; height <= Blocks; height++)
        {
            var header = reader.Bytes(80);
            Assert.Equal(previous, header[4..36]);
            previous = Wire.DoubleHash(header);
            Assert.Equal(_serving.Hashes[height], previous);
            Assert.Equal(0, reader.CompactSize());
        }

        Assert.Equal(0, reader.Remaining);

        // Without a locator the stop hash names the one that is wanted.
        await peer.SendAsync("getheaders", Wire.Locator([], stop: _serving.Hashes[3]));
        reader = new WireReader(await peer.ExpectAsync("headers"));
        Assert.Equal(1, reader.CompactSize());
        Assert.Equal(_serving.Hashes[3], Wire.DoubleHash(reader.Bytes(80)));
    }

    [Fact]
    public async Task Ping_IsAnsweredWithItsNonce()
    {
        using var peer = await RawPeer.ConnectAndGreetAsync(Node.Port, Magic);
        for (var i = 0; i < 100; i++) await peer.PingAsync();
    }

    [Fact]
    public async Task GetAddr_IsAnsweredOnce_WithWhoWasHeardOf()
    {
        using var first = await RawPeer.ConnectAndGreetAsync(Node.Port, Magic);
        var now = (uint)DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        byte[] address = [.. Wire.UInt32(now), .. Wire.UInt64(1), .. new byte[10], 0xff, 0xff, 198, 51, 100, 7, 0x0b, 0xb8];
        await first.SendAsync("addr", [1, .. address]);
        await first.PingAsync();

        using var second = await RawPeer.ConnectAndGreetAsync(Node.Port, Magic);
        await second.SendAsync("getaddr");
        var reader = new WireReader(await second.ExpectAsync("addr"));
        Assert.Contains(Enumerable.Range(0, reader.CompactSize()).Select(_ => reader.Bytes(30)[4..]), known => known.AsSpan().SequenceEqual(address.AsSpan(4)));
        await second.SendAsync("getaddr");
        var nonce = Wire.UInt64(5);
        await second.SendAsync("ping", nonce);
        while (await second.ReceiveAsync() is { } message && message.Command != "pong") Assert.NotEqual("addr", message.Command);
    }

    [Fact]
    public async Task GetData_OfWhatIsNotThere_NotFound()
    {
        using var peer = await RawPeer.ConnectAndGreetAsync(Node.Port, Magic);
        var unknown = Enumerable.Repeat((byte)9, 32).ToArray();
        await peer.SendAsync("getdata", [.. Wire.Inventory(Wire.BlockType, unknown)]);
        Assert.Equal(Wire.Inventory(Wire.BlockType, unknown), await peer.ExpectAsync("notfound"));
        await peer.SendAsync("getdata", [.. Wire.Inventory(Wire.TxType, unknown)]);
        Assert.Equal(Wire.Inventory(Wire.TxType, unknown), await peer.ExpectAsync("notfound"));

        // What is there comes, and what is not is named behind it.
        await peer.SendAsync("getdata", [.. Wire.Inventory(Wire.BlockType, unknown, GenesisHash)]);
        Assert.Equal(GenesisHash, Wire.DoubleHash((await peer.ExpectAsync("block")).AsSpan(0, 80)));
        Assert.Equal(Wire.Inventory(Wire.BlockType, unknown), await peer.ExpectAsync("notfound"));
    }

    /// <summary>A node of 2009 sends a version that ends behind the receiver's address, and pings without a nonce.</summary>
    [Theory]
    [InlineData(31800u)]
    [InlineData(60000u)]
    [InlineData(70001u)]
    public async Task Version_OfAnOldNode_IsUnderstood(uint protocol)
    {
        using var peer = await RawPeer.ConnectAsync(Node.Port, Magic);
        await peer.SendAsync("version", Wire.OldVersion(protocol));
        await peer.ExpectAsync("version");
        await peer.SendAsync("verack");
        await peer.ExpectAsync("verack");
        await peer.SendAsync("ping");
        await peer.SendAsync("getblocks", Wire.Locator([GenesisHash]));
        Assert.Equal(Blocks, Wire.ReadInventory(await peer.ExpectAsync("inv")).Count);
    }

    [Fact]
    public async Task Version_WithMoreBehindItsEnd_IsUnderstood()
    {
        using var peer = await RawPeer.ConnectAsync(Node.Port, Magic);
        await peer.SendAsync("version", [.. Wire.Version(1234, 0), 1, 2, 3]);
        await peer.ExpectAsync("verack");
        await peer.SendAsync("verack");
        await peer.PingAsync();
    }

    [Fact]
    public async Task UnknownCommands_AreIgnored_AlsoInsideTheHandshake()
    {
        using var peer = await RawPeer.ConnectAsync(Node.Port, Magic);
        await peer.SendAsync("version", Wire.Version(77, 0));
        await peer.SendAsync("wtxidrelay");
        await peer.SendAsync("sendaddrv2");
        await peer.SendAsync("verack");
        await peer.ExpectAsync("verack");
        await peer.SendAsync("sendheaders");
        await peer.SendAsync("feefilter", Wire.UInt64(1000));
        await peer.SendAsync("sendcmpct", 0, 2, 0, 0, 0, 0, 0, 0, 0);
        await peer.SendAsync("whatisthis", new byte[5000]);
        await peer.PingAsync();
    }

    /// <summary>What breaks the protocol ends the connection, and the log says why; the node and its other peers go on.</summary>
    [Theory]
    [InlineData("magic", "the peer belongs to another chain: its magic is 0b110907, ours is ")]
    [InlineData("length", "a 'block' message of 4000001 bytes is announced")]
    [InlineData("huge length", "a 'tx' message of 4294967295 bytes is announced")]
    [InlineData("short inv", "disconnected")]
    [InlineData("inv too long", "an inventory has 50001 items")]
    [InlineData("locator too long", "a locator has 102 hashes")]
    [InlineData("headers too long", "a headers message has 2001 headers")]
    [InlineData("half a block", "disconnected")]
    [InlineData("tail", "disconnected")]
    public async Task BrokenProtocol_ClosesTheConnectionWithTheReason(string what, string reason)
    {
        using var witness = await RawPeer.ConnectAndGreetAsync(Node.Port, Magic);
        var mark = Node.Log.Count;
        using var peer = await RawPeer.ConnectAndGreetAsync(Node.Port, Magic);
        await peer.SendBytesAsync(Broken(what));
        await peer.ExpectEndAsync();
        var line = await Node.WaitForLineAsync(reason, mark);
        Assert.Contains("disconnected: peer ", line, StringComparison.Ordinal);
        await witness.PingAsync();
        Assert.Null(Node.Log.Find("could not be handled"));
    }

    [Theory]
    [InlineData("getblocks")]
    [InlineData("verack")]
    public async Task MessageBeforeTheVersion_IsLetPass(string command)
    {
        using var peer = await RawPeer.ConnectAsync(Node.Port, Magic);
        await peer.SendAsync(command, command == "getblocks" ? Wire.Locator([]) : []);
        await peer.SendAsync("version", Wire.Version(77, 0));
        await peer.SendAsync("verack");
        await peer.ExpectAsync("verack");
        await peer.PingAsync();
    }

    /// <summary>A node of another chain says version first: it is told this chain's magic, so that both logs say what is wrong.</summary>
    [Fact]
    public async Task VersionOfAnotherChain_IsAnsweredAndRefused()
    {
        var mark = Node.Log.Count;
        using var peer = await RawPeer.ConnectAsync(Node.Port, Magic);
        await peer.SendBytesAsync(Wire.Frame([0xf9, 0xbe, 0xb4, 0xd9], "version", Wire.Version(3, 0)));
        Assert.Equal("version", (await peer.ReceiveAsync())!.Command);
        await peer.ExpectEndAsync();
        await Node.WaitForLineAsync("the peer belongs to another chain: its magic is f9beb4d9", mark);
    }

    [Fact]
    public async Task TooOldVersion_IsRefused()
    {
        var mark = Node.Log.Count;
        using var peer = await RawPeer.ConnectAsync(Node.Port, Magic);
        await peer.SendAsync("version", Wire.OldVersion(31799));
        await peer.ExpectEndAsync();
        await Node.WaitForLineAsync("protocol version 31799 is older", mark);
    }

    /// <summary>Frames may come in any pieces, and several in one.</summary>
    [Fact]
    public async Task Frames_InPiecesAndTogether_AreTheSame()
    {
        using var peer = await RawPeer.ConnectAndGreetAsync(Node.Port, Magic);
        var ping = Wire.Frame(Magic, "ping", Wire.UInt64(42));
        foreach (var value in ping) await peer.SendBytesAsync(new[] { value });
        Assert.Equal(Wire.UInt64(42), await peer.ExpectAsync("pong"));
        await peer.SendBytesAsync((byte[])[.. ping, .. ping, .. ping]);
        for (var i = 0; i < 3; i++) Assert.Equal(Wire.UInt64(42), await peer.ExpectAsync("pong"));
    }

    private byte[] Broken(string what)
    {
        var ping = Wire.Frame(Magic, "ping", Wire.UInt64(1));
        switch (what)
        {
            case "magic":
                return Wire.Frame([0x0b, 0x11, 0x09, 0x07], "ping", Wire.UInt64(1));
            case "length":
                return [.. Magic, .. "block\0\0\0\0\0\0\0"u8, .. Wire.UInt32(4_000_001), .. Wire.UInt32(0)];
            case "huge length":
                return [.. Magic, .. "tx\0\0\0\0\0\0\0\0\0\0"u8, .. Wire.UInt32(uint.MaxValue), .. Wire.UInt32(0)];
            case "short inv":
                return Wire.Frame(Magic, "inv", [5, 1, 0, 0, 0]);
            case "inv too long":
                return Wire.Frame(Magic, "inv", [.. Wire.CompactSize(50_001), .. new byte[50_001 * 36]]);
            case "locator too long":
                return Wire.Frame(Magic, "getblocks", Wire.Locator([.. Enumerable.Repeat(GenesisHash, 102)]));
            case "headers too long":
                return Wire.Frame(Magic, "headers", [.. Wire.CompactSize(2_001), .. new byte[2_001 * 81]]);
            case "half a block":
                return Wire.Frame(Magic, "block", _serving.Params.Genesis.Raw.Span[..100]);
            case "tail":
                return Wire.Frame(Magic, "getaddr", [1]);
            default:
                throw new ArgumentOutOfRangeException(nameof(what), what, null);
        }
    }

    /// <summary>A block with nothing but its coinbase, read field by field; the Merkle root is that transaction's hash.</summary>
    private static void AssertOneCoinbase(byte[] block)
    {
        var reader = new WireReader(block);
        reader.Bytes(36);
        var root = reader.Bytes(32);
        reader.Bytes(12);
        Assert.Equal(1, reader.CompactSize());
        Assert.Equal(root, Wire.DoubleHash(block.AsSpan(81)));
        reader.UInt32();
        Assert.Equal(1, reader.CompactSize());
        Assert.Equal(new byte[32], reader.Bytes(32));
        Assert.Equal(uint.MaxValue, reader.UInt32());
        reader.Bytes(reader.CompactSize());
        reader.UInt32();
        Assert.Equal(1, reader.CompactSize());
        Assert.Equal(10ul * 100_000_000, reader.UInt64());
        Assert.Equal(25, reader.CompactSize());
        reader.Bytes(25);
        reader.UInt32();
        Assert.Equal(0, reader.Remaining);
    }

    /// <summary>One node with a few blocks, which the tests only read.</summary>
    public sealed class ServingNode : IAsyncLifetime, IDisposable
    {
        private readonly DataFolder _folder = new();

        internal ChainParams Params { get; } = FreshChain.Create();

        internal NodeProcess Node { get; private set; } = null!;

        /// <summary>The magic as genesis.json tells it.</summary>
        internal byte[] Magic { get; private set; } = [];

        /// <summary>The hashes of the chain, genesis first, in the order of their bytes.</summary>
        internal List<byte[]> Hashes { get; } = [];

        public async Task InitializeAsync()
        {
            Params.WriteTo(_folder.Root);
            var genesis = JsonNode.Parse(await File.ReadAllTextAsync(_folder.PathOf("genesis.json")))!;
            Magic = Convert.FromHexString(genesis["magic"]!.GetValue<string>());
            var header = Convert.FromHexString(genesis["genesis"]!.GetValue<string>()).AsSpan(0, 80);
            Hashes.Add(Wire.DoubleHash(header));
            Node = await NodeProcess.StartAsync(new NodeOptions(_folder.Root) { Debug = true });
            Hashes.AddRange((await Node.GenerateAsync(Blocks, Params.AddressOf(Keys.Bob))).Select(Wire.Hash));
        }

        public async Task DisposeAsync()
        {
            if (Node is not null) await Node.DisposeAsync();
        }

        public void Dispose() => _folder.Dispose();
    }
}
