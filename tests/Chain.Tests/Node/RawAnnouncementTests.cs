using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>
/// What a node says to clients of every protocol version after the handshake, how it announces blocks and transactions to
/// them, and what their announcements lead to.
/// </summary>
public sealed class RawAnnouncementTests : IAsyncLifetime, IDisposable
{
    private readonly DataFolder _folder = new();
    private readonly ChainParams _params = FreshChain.Create() with { MinRelayFeeRate = 1_000 };
    private readonly ChainBuilder _builder;
    private NodeProcess _node = null!;

    public RawAnnouncementTests() => _builder = new ChainBuilder(_params);

    private byte[] Magic => BitConverter.GetBytes(_params.Magic);

    public async Task InitializeAsync()
    {
        _params.WriteTo(_folder.Root);
        _node = await NodeProcess.StartAsync(new NodeOptions(_folder.Root) { Debug = true });
    }

    public async Task DisposeAsync()
    {
        if (_node is not null) await _node.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>No message goes to a client whose protocol version does not know it.</summary>
    [Theory]
    [InlineData(70001u, "getblocks")]
    [InlineData(70011u, "getblocks")]
    [InlineData(70012u, "sendheaders getblocks ping")]
    [InlineData(70013u, "sendheaders feefilter getblocks ping")]
    [InlineData(70015u, "sendheaders feefilter getblocks ping")]
    [InlineData(70016u, "sendheaders feefilter getblocks ping")]
    public async Task AfterTheHandshake_OnlyWhatTheVersionKnows_IsSaid(uint protocol, string commands)
    {
        using var peer = await GreetAsync(new RawGreeting { Protocol = protocol });
        var messages = await peer.MessagesUntilPongAsync();
        Assert.Equal(commands, string.Join(' ', messages.Select(message => message.Command)));
        Assert.All(messages.Where(message => message.Command == "feefilter"), message => Assert.Equal(Wire.UInt64(1_000), message.Payload));
    }

    [Theory]
    [InlineData(70015u, "version verack")]
    [InlineData(70016u, "version wtxidrelay verack")]
    public async Task Handshake_WitnessHashes_AreOfferedToWhoKnowsThem(uint protocol, string commands)
    {
        using var peer = await RawPeer.ConnectAsync(_node.Port, Magic);
        await peer.SendAsync("version", Wire.Version(5, 0, protocol: protocol));
        var said = new List<string>();
        while (said.LastOrDefault() != "verack") said.Add((await peer.ReceiveAsync())!.Command);
        Assert.Equal(commands, string.Join(' ', said));
        await peer.SendAsync("verack");
        await peer.PingAsync();
    }

    [Fact]
    public async Task WitnessHashes_AfterVerack_EndTheConnection()
    {
        using var peer = await GreetAsync(RawGreeting.Today);
        var mark = _node.Log.Count;
        await peer.SendAsync("wtxidrelay");
        await peer.ExpectEndAsync();
        await _node.WaitForLineAsync("a 'wtxidrelay' message came after the verack", mark);
    }

    /// <summary>
    /// A client that knows only version, verack, inv, getdata, block, tx and getblocks, as course projects do, gives and takes
    /// blocks and transactions and is sent nothing else.
    /// </summary>
    [Fact]
    public async Task MinimalClient_GivesAndTakesBlocksAndTransactions()
    {
        string[] known = ["inv", "getdata", "block", "tx", "getblocks"];
        using var peer = await GreetAsync(new RawGreeting { Protocol = 70001 });
        Assert.Equal("getblocks", await NextAsync());
        var block = _builder.NextBlock("b1").Block;
        await peer.SendAsync("inv", Wire.Inventory(Wire.BlockType, Raw(block.Hash)));
        Assert.Equal("getdata", await NextAsync());
        await peer.SendAsync("block", block.Raw.ToArray());
        var payment = _builder.SpendReward("genesis", Keys.Alice, fee: 1_000);
        await peer.SendAsync("inv", Wire.Inventory(Wire.TxType, Raw(payment.Id)));
        Assert.Equal("getdata", await NextAsync());
        await peer.SendAsync("tx", payment.Raw.ToArray());
        await Eventually.EqualAsync(1, async () => (await _node.PoolAsync()).Length, "the pool");

        var mined = await _node.GenerateAsync(1, _params.AddressOf(Keys.Bob));
        Assert.Equal("inv", await NextAsync());
        await peer.SendAsync("getblocks", Wire.Locator([Raw(block.Hash)]));
        Assert.Equal("inv", await NextAsync());
        await peer.SendAsync("getdata", Wire.Inventory(Wire.BlockType, Wire.Hash(mined[0])));
        Assert.Equal("block", await NextAsync());

        async Task<string> NextAsync()
        {
            var message = (await peer.ReceiveAsync())!;
            Assert.Contains(message.Command, known);
            return message.Command;
        }
    }

    [Fact]
    public async Task NewBlocks_ToWhoAskedForHeaders_AreAnnouncedByHeadersThatConnect()
    {
        using var peer = await GreetAsync(RawGreeting.Today);
        await peer.SendAsync("sendheaders");
        await peer.SendAsync("getheaders", Wire.Locator([Raw(_params.Genesis.Hash)]));
        Assert.Empty(Wire.ReadHeaders(await peer.ExpectAsync("headers")));

        // One, then several at once, then more than headers announce.
        var one = await _node.GenerateAsync(1, _params.AddressOf(Keys.Bob));
        var header = Assert.Single(Wire.ReadHeaders(await peer.ExpectAsync("headers")));
        Assert.Equal(Wire.Hash(one[0]), Wire.DoubleHash(header));
        Assert.Equal(Raw(_params.Genesis.Hash), header[4..36]);
        var many = await _node.GenerateAsync(20, _params.AddressOf(Keys.Bob));
        var tip = await LastAnnouncedAsync(peer, many[^1]);
        Assert.Equal(Wire.Hash(many[^1]), tip);
    }

    [Fact]
    public async Task NewBlocks_ToWhoDidNotAsk_AreNamed()
    {
        using var peer = await GreetAsync(RawGreeting.Today);
        await peer.SendAsync("getheaders", Wire.Locator([Raw(_params.Genesis.Hash)]));
        await peer.ExpectAsync("headers");
        var mined = await _node.GenerateAsync(1, _params.AddressOf(Keys.Bob));
        Assert.Equal(Wire.Inventory(Wire.BlockType, Wire.Hash(mined[0])), await peer.ExpectAsync("inv"));
        Assert.DoesNotContain(await peer.MessagesUntilPongAsync(), message => message.Command == "headers");
    }

    /// <summary>Headers as news: their blocks are fetched, with witnesses from who has them; the others are told.</summary>
    [Fact]
    public async Task HeadersOfNewBlocks_AreFetched()
    {
        var blocks = _builder.NextBlocks("b", 3).Select(b => b.Block).ToList();
        using var giver = await GreetAsync(RawGreeting.Today);
        using var other = await GreetAsync(new RawGreeting());
        await other.PingAsync();
        await giver.SendAsync("headers", Wire.Headers(Raw(blocks[0].Header)));
        Assert.Equal(Wire.Inventory(Wire.BlockType | Wire.WitnessFlag, Raw(blocks[0].Hash)), await giver.ExpectAsync("getdata"));
        await giver.SendAsync("block", blocks[0].Raw.ToArray());

        // The last alone connects to nothing: what lies between is asked for.
        await giver.SendAsync("headers", Wire.Headers(Raw(blocks[2].Header)));
        var request = new WireReader(await giver.ExpectAsync("getheaders"));
        request.UInt32();
        Assert.Equal(2, request.CompactSize());
        Assert.Equal(Raw(blocks[0].Hash), request.Bytes(32));
        await giver.SendAsync("headers", Wire.Headers(Raw(blocks[1].Header), Raw(blocks[2].Header)));
        Assert.Equal(Wire.Inventory(Wire.BlockType | Wire.WitnessFlag, Raw(blocks[1].Hash), Raw(blocks[2].Hash)), await giver.ExpectAsync("getdata"));
        foreach (var block in blocks[1..]) await giver.SendAsync("block", block.Raw.ToArray());
        await other.ExpectAsync("inv", payload => payload.AsSpan(5).SequenceEqual(Raw(blocks[2].Hash)));
        Assert.Equal(3, await _node.HeightAsync());
    }

    [Fact]
    public async Task FeeFilter_WhatPaysLess_IsNotAnnounced()
    {
        foreach (var block in _builder.NextBlocks("b", 3)) await SubmitAsync(block.Block);
        using var giver = await GreetAsync(RawGreeting.Today);
        using var wantsAll = await GreetAsync(RawGreeting.Today);
        using var wantsMore = await GreetAsync(RawGreeting.Today);
        await wantsMore.SendAsync("feefilter", Wire.UInt64(10_000));
        await wantsMore.PingAsync();
        await wantsAll.PingAsync();
        var cheap = _builder.SpendReward("b1", Keys.Alice, fee: 1_000);
        var dear = _builder.SpendReward("b2", Keys.Alice, fee: 5_000);
        await giver.SendAsync("tx", cheap.Raw.ToArray());
        await giver.SendAsync("tx", dear.Raw.ToArray());
        Assert.Equal(Wire.Inventory(Wire.WitnessTransactionType, Raw(cheap.Id)), await wantsAll.ExpectAsync("inv"));
        Assert.Equal(Wire.Inventory(Wire.WitnessTransactionType, Raw(dear.Id)), await wantsAll.ExpectAsync("inv"));
        Assert.Equal(Wire.Inventory(Wire.WitnessTransactionType, Raw(dear.Id)), await wantsMore.ExpectAsync("inv"));

        // What is no amount of money changes nothing.
        await wantsMore.SendAsync("feefilter", Wire.UInt64(ulong.MaxValue));
        await wantsMore.PingAsync();
        var another = _builder.SpendReward("b3", Keys.Alice, fee: 1_000);
        await giver.SendAsync("tx", another.Raw.ToArray());
        await wantsAll.ExpectAsync("inv");
        Assert.DoesNotContain(await wantsMore.MessagesUntilPongAsync(), message => message.Command == "inv");
    }

    private static byte[] Raw(BlockHash hash) => hash.Hash.ToByteArray();

    private static byte[] Raw(TxId id) => id.Hash.ToByteArray();

    private static byte[] Raw(BlockHeader header)
    {
        var writer = new Core.Encoding.ByteWriter();
        header.Write(writer);
        return writer.ToArray();
    }

    /// <summary>Reads announcements, which must be of headers that connect or names, until that of a block.</summary>
    private static async Task<byte[]> LastAnnouncedAsync(RawPeer peer, string last)
    {
        while (true)
        {
            var message = (await peer.ReceiveAsync())!;
            var hash = message.Command switch
            {
                "headers" => Wire.DoubleHash(Wire.ReadHeaders(message.Payload)[^1]),
                "inv" => Wire.ReadInventory(message.Payload)[^1].Hash,
                _ => [],
            };
            if (Wire.Hash(last).AsSpan().SequenceEqual(hash)) return hash;
        }
    }

    private async Task SubmitAsync(Block block)
    {
        using var giver = await GreetAsync(new RawGreeting());
        await giver.SendAsync("block", block.Raw.ToArray());
        await giver.PingAsync();
    }

    private Task<RawPeer> GreetAsync(RawGreeting greeting) => RawPeer.ConnectAndGreetAsync(_node.Port, Magic, greeting);
}
