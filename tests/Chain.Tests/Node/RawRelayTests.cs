using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>Transactions and blocks that a client delivers by hand, and what the node makes of them.</summary>
public sealed class RawRelayTests : IAsyncLifetime, IDisposable
{
    private readonly DataFolder _folder = new();
    private readonly ChainParams _params = FreshChain.Create();
    private readonly ChainBuilder _builder;
    private NodeProcess _node = null!;

    public RawRelayTests() => _builder = new ChainBuilder(_params);

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

    [Fact]
    public async Task Transaction_DeliveredByHand_IsPassedOn()
    {
        using var giver = await GreetAsync();
        using var taker = await GreetAsync();
        var payment = _builder.SpendReward("genesis", Keys.Alice);
        var id = Wire.Hash(payment.Id.ToString());

        // Named, asked for, sent.
        await giver.SendAsync("inv", Wire.Inventory(Wire.TxType, id));
        Assert.Equal(Wire.Inventory(Wire.TxType, id), await giver.ExpectAsync("getdata"));
        await giver.SendAsync("tx", payment.Raw.ToArray());

        // Named to the other, asked for, given byte for byte.
        Assert.Equal(Wire.Inventory(Wire.TxType, id), await taker.ExpectAsync("inv"));
        await taker.SendAsync("getdata", Wire.Inventory(Wire.TxType, id));
        var given = await taker.ExpectAsync("tx");
        Assert.Equal(payment.Raw.ToArray(), given);
        Assert.Equal(id, Wire.DoubleHash(given));
        Assert.Equal([payment.Id.ToString()], await _node.PoolAsync());

        // Who connects later is told of it too.
        using var late = await GreetAsync();
        Assert.Equal(Wire.Inventory(Wire.TxType, id), await late.ExpectAsync("inv"));
    }

    [Fact]
    public async Task Transaction_BeforeItsParent_BothArrive()
    {
        using var giver = await GreetAsync();
        var parent = _builder.SpendReward("genesis", Keys.Alice);
        var child = Keys.Spend(new OutPoint(parent.Id, 0), Keys.Alice, Keys.PayTo(Keys.Bob, 1_000));
        await giver.SendAsync("tx", child.Raw.ToArray());
        Assert.Equal(Wire.Inventory(Wire.TxType, Wire.Hash(parent.Id.ToString())), await giver.ExpectAsync("getdata"));
        await giver.SendAsync("tx", parent.Raw.ToArray());
        await giver.PingAsync();
        Assert.Equal([parent.Id.ToString(), child.Id.ToString()], await _node.PoolAsync());
    }

    [Fact]
    public async Task Transaction_ThatIsRefused_RejectSaysWhy()
    {
        using var giver = await GreetAsync();
        await giver.SendAsync("tx", _builder.SpendReward("genesis", Keys.Alice).Raw.ToArray());
        var conflict = _builder.SpendReward("genesis", Keys.Bob);
        await giver.SendAsync("tx", conflict.Raw.ToArray());
        AssertReject(await giver.ExpectAsync("reject"), "tx", 0x12, "txn-mempool-conflict", conflict.Id.ToString());

        // One that no block can ever hold ends the connection.
        var worthless = new Transaction(1, [new TxIn(new OutPoint(conflict.Id, 0), default)], [], 0);
        var mark = _node.Log.Count;
        await giver.SendAsync("tx", worthless.Raw.ToArray());
        AssertReject(await giver.ExpectAsync("reject"), "tx", 0x10, "bad-txns-vout-empty", worthless.Id.ToString());
        await giver.ExpectEndAsync();
        Assert.Contains("it sent the invalid transaction", await _node.WaitForLineAsync("disconnected", mark), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Block_DeliveredByHand_IsAnnouncedToOthersOnly()
    {
        using var giver = await GreetAsync();
        using var other = await GreetAsync();
        await other.PingAsync();
        var block = _builder.NextBlock("b1").Block;
        await giver.SendAsync("block", block.Raw.ToArray());
        Assert.Equal(Wire.Inventory(Wire.BlockType, Wire.Hash(block.Hash.ToString())), await other.ExpectAsync("inv"));
        await giver.SendAsync("ping", Wire.UInt64(1));
        while (await giver.ReceiveAsync() is { } message && message.Command != "pong") Assert.NotEqual("inv", message.Command);
        Assert.Equal(1, await _node.HeightAsync());
    }

    /// <summary>A peer that says it has many blocks, and sends none, must not keep the node from telling others of new ones.</summary>
    [Fact]
    public async Task NewBlock_WhileAPeerOwesMany_IsAnnouncedWithinSeconds()
    {
        using var liar = await GreetAsync();
        using var other = await GreetAsync();
        await other.PingAsync();
        var generate = new Generate(1);
        await liar.SendAsync("inv", Wire.Inventory(Wire.BlockType, [.. Enumerable.Range(0, 500).Select(_ => generate.Bytes(32))]));
        await liar.ExpectAsync("getdata");
        var first = await _node.GenerateAsync(1, _params.AddressOf(Keys.Bob));
        await other.ExpectAsync("inv", payload => payload.AsSpan(5).SequenceEqual(Wire.Hash(first[0])));
        var clock = System.Diagnostics.Stopwatch.StartNew();
        var second = await _node.GenerateAsync(1, _params.AddressOf(Keys.Bob));
        await other.ExpectAsync("inv", payload => payload.AsSpan(5).SequenceEqual(Wire.Hash(second[0])));
        Assert.InRange(clock.Elapsed, TimeSpan.Zero, TimeSpan.FromSeconds(8));
    }

    [Theory]
    [InlineData("coinbase amount", "bad-cb-amount")]
    [InlineData("merkle root", "bad-txnmrklroot")]
    [InlineData("proof of work", "high-hash")]
    [InlineData("time", "time-too-old")]
    [InlineData("signature", "mandatory-script-verify-flag-failed")]
    [InlineData("known to be invalid", "duplicate-invalid")]
    public async Task Block_ThatIsInvalid_EndsTheConnectionWithTheReasonAndNotTheNode(string what, string reason)
    {
        using var witness = await GreetAsync();
        using var giver = await GreetAsync();
        var block = Invalid(what);
        if (what == "known to be invalid")
        {
            using var before = await GreetAsync();
            await before.SendAsync("block", block.Raw.ToArray());
            await before.ExpectEndAsync();
        }

        var mark = _node.Log.Count;
        await giver.SendAsync("block", block.Raw.ToArray());
        await giver.ExpectEndAsync();
        var line = await _node.WaitForLineAsync($"it sent the invalid block {block.Hash}: {reason}", mark);
        Assert.Contains("disconnected: peer", line, StringComparison.Ordinal);
        await witness.PingAsync();
        Assert.Equal(0, await _node.HeightAsync());
        Assert.Null(_node.Log.Find("could not be handled"));
    }

    private Block Invalid(string what) => _builder.NextBlock("bad", draft =>
    {
        switch (what)
        {
            case "coinbase amount" or "known to be invalid":
                draft.SetCoinbaseOutputs(Keys.PayTo(Keys.Miner, (10 * Amount.Coin) + 1));
                break;
            case "merkle root":
                draft.MerkleRoot = new Generate(1).Hash();
                break;
            case "proof of work":
                draft.HasProofOfWork = false;
                break;
            case "time":
                draft.Time = _params.Genesis.Header.Time;
                break;
            case "signature":
                var payment = _builder.SpendReward("genesis", Keys.Alice);
                draft.Transactions.Add(Keys.With(payment, [payment.Inputs[0].WithScriptSig(new byte[] { 0x51, 0x51 })]));
                break;
        }
    }).Block;

    private Task<RawPeer> GreetAsync() => RawPeer.ConnectAndGreetAsync(_node.Port, Magic);

    private static void AssertReject(byte[] payload, string command, byte code, string reason, string id)
    {
        var reader = new WireReader(payload);
        Assert.Equal(command, System.Text.Encoding.ASCII.GetString(reader.Bytes(reader.CompactSize())));
        Assert.Equal(code, reader.Bytes(1)[0]);
        Assert.Equal(reason, System.Text.Encoding.ASCII.GetString(reader.Bytes(reader.CompactSize())));
        Assert.Equal(id, Wire.Text(reader.Bytes(32)));
    }
}
