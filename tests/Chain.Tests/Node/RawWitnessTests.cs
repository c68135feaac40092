using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>
/// Spends of segregated witness and taproot through a running regtest node: as transactions and in blocks, given with and
/// without their witnesses, and blocks whose witnesses somebody spoilt on the way.
/// </summary>
public sealed class RawWitnessTests : IAsyncLifetime, IDisposable
{
    private const long Value = 10 * Amount.Coin;

    private static readonly WitnessForm[] Forms = Enum.GetValues<WitnessForm>();

    private readonly DataFolder _folder = new();
    private readonly ChainParams _params = TestChains.Regtest with { Magic = (uint)Random.Shared.Next() };
    private readonly ChainBuilder _builder;
    private NodeProcess _node = null!;
    private List<Transaction> _spends = [];

    public RawWitnessTests() => _builder = new ChainBuilder(_params);

    private byte[] Magic => BitConverter.GetBytes(_params.Magic);

    /// <summary>A chain whose last block funds one output of each form; the spends pay 2,000 satoshis each.</summary>
    public async Task InitializeAsync()
    {
        _params.WriteTo(_folder.Root);
        _node = await NodeProcess.StartAsync(new NodeOptions(_folder.Root) { Debug = true });
        _builder.NextBlocks("b", _params.CoinbaseMaturity);
        var funding = Keys.Spend(_builder["b1"].Reward, Keys.Miner, [.. Forms.Select(form => WitnessCoin.Output(form, Value))]);
        _builder.NextBlock("funding", draft => draft.Transactions.Add(funding));
        _spends = [.. Forms.Select((form, i) => WitnessCoin.Spend(form, new OutPoint(funding.Id, (uint)i), funding.Outputs[i], Keys.PayTo(Keys.Bob, Value - 2_000)))];
        using var giver = await GreetAsync();
        foreach (var block in _builder.Tip.Path().Skip(1)) await giver.SendAsync("block", block.Block.Raw.ToArray());
        await giver.PingAsync();
        Assert.Equal(_builder.Tip.Height, await _node.HeightAsync());
    }

    public async Task DisposeAsync()
    {
        if (_node is not null) await _node.DisposeAsync();
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Transactions_OfEachForm_AreTakenNamedAndGiven()
    {
        using var giver = await GreetAsync(RawGreeting.Today);
        using var today = await GreetAsync(RawGreeting.Today);
        using var old = await GreetAsync();
        foreach (var spend in _spends)
        {
            var (id, witnessHash) = (spend.Id.Hash.ToByteArray(), spend.WitnessHash.ToByteArray());
            await giver.SendAsync("inv", Wire.Inventory(Wire.WitnessTransactionType, witnessHash));
            Assert.Equal(Wire.Inventory(Wire.WitnessTransactionType, witnessHash), await giver.ExpectAsync("getdata"));
            await giver.SendAsync("tx", spend.Raw.ToArray());
            Assert.Equal(Wire.Inventory(Wire.WitnessTransactionType, witnessHash), await today.ExpectAsync("inv"));
            Assert.Equal(Wire.Inventory(Wire.TxType, id), await old.ExpectAsync("inv"));

            Assert.Equal(spend.Raw.ToArray(), await AskAsync(today, Wire.WitnessTransactionType, witnessHash, "tx"));
            Assert.Equal(spend.Raw.ToArray(), await AskAsync(today, Wire.TxType | Wire.WitnessFlag, id, "tx"));
            Assert.Equal(spend.StrippedRaw.ToArray(), await AskAsync(old, Wire.TxType, id, "tx"));

            // An id is no witness hash, and the other way round.
            await AskAsync(today, Wire.WitnessTransactionType, id, "notfound");
            await AskAsync(today, Wire.TxType, witnessHash, "notfound");
        }

        Assert.Equal(_spends.Select(spend => spend.Id.ToString()).Order(), (await _node.PoolAsync()).Order());
    }

    [Fact]
    public async Task Block_OfEachForm_IsTakenAndGivenWithAndWithoutWitnesses()
    {
        using var giver = await GreetAsync(RawGreeting.Today);
        using var taker = await GreetAsync();
        await taker.PingAsync();
        var block = NextBlock();
        await giver.SendAsync("block", block.Raw.ToArray());
        await taker.ExpectAsync("inv", payload => payload.AsSpan(5).SequenceEqual(Raw(block)));
        Assert.Equal(block.Hash.ToString(), await _node.TipAsync());

        Assert.Equal(block.Raw.ToArray(), await AskAsync(taker, Wire.BlockType | Wire.WitnessFlag, Raw(block), "block"));
        var stripped = await AskAsync(taker, Wire.BlockType, Raw(block), "block");
        Assert.Equal(block.StrippedSize, stripped.Length);
        Assert.Equal(new Block(block.Header, [.. block.Transactions.Select(Strip)]).Raw.ToArray(), stripped);
    }

    /// <summary>
    /// A witness, and what else the header's hash does not bind, may be spoilt on the way: who sends that is left, and the
    /// good block of the same hash is taken afterwards.
    /// </summary>
    [Theory]
    [InlineData("all witnesses stripped", "bad-witness-nonce-size")]
    [InlineData("reserved value of 31 bytes", "bad-witness-nonce-size")]
    [InlineData("two reserved values", "bad-witness-nonce-size")]
    [InlineData("another reserved value", "bad-witness-merkle-match")]
    [InlineData("one witness stripped", "bad-witness-merkle-match")]
    [InlineData("one witness with more", "bad-witness-merkle-match")]
    [InlineData("a transaction twice", "bad-txns-duplicate")]
    [InlineData("a transaction exchanged", "bad-txnmrklroot")]
    [InlineData("witness without commitment", "unexpected-witness")]
    public async Task Block_SpoiltOnTheWay_IsRefusedAndTheGoodOneTaken(string what, string reason)
    {
        using var attacker = await GreetAsync(RawGreeting.Today);
        using var honest = await GreetAsync(RawGreeting.Today);
        var good = what == "witness without commitment" ? _builder.NextBlock("plain").Block : NextBlock();
        var bad = new Block(good.Header, Spoil(what, [.. good.Transactions]));
        Assert.Equal(good.Hash, bad.Hash);
        Assert.NotEqual(good.Raw.ToArray(), bad.Raw.ToArray());

        // The attacker answers first: both named it, and the honest one is asked when the other's turns out bad.
        byte[] headers = [1, .. good.Header.ToByteArray(), 0];
        await attacker.SendAsync("headers", headers);
        await attacker.ExpectAsync("getdata");
        await honest.SendAsync("headers", headers);
        await honest.PingAsync();
        await attacker.SendAsync("block", bad.Raw.ToArray());
        await attacker.ExpectEndAsync();
        Assert.Contains("from peer", await _node.WaitForLineAsync($"refused: {reason}"), StringComparison.Ordinal);
        await honest.ExpectAsync("getheaders");
        await honest.SendAsync("headers", headers);
        Assert.Equal(Wire.Inventory(Wire.BlockType | Wire.WitnessFlag, Raw(good)), await honest.ExpectAsync("getdata"));
        await honest.SendAsync("block", good.Raw.ToArray());
        await honest.PingAsync();
        Assert.Equal(good.Hash.ToString(), await _node.TipAsync());
    }

    /// <summary>The spoilt block comes before its parent: what it is shows only when the parent is there, and then the others are asked.</summary>
    [Fact]
    public async Task Block_SpoiltAndBeforeItsParent_IsRefusedAndTheGoodOneTaken()
    {
        using var attacker = await GreetAsync(RawGreeting.Today);
        using var honest = await GreetAsync(RawGreeting.Today);
        var parent = _builder.NextBlock("parent").Block;
        var good = NextBlock();
        await honest.PingAsync();
        await attacker.SendAsync("block", new Block(good.Header, [.. good.Transactions.Select(Strip)]).Raw.ToArray());
        await attacker.PingAsync();
        await honest.SendAsync("block", parent.Raw.ToArray());
        await attacker.ExpectEndAsync();
        await _node.WaitForLineAsync("refused: bad-witness-nonce-size");
        await honest.ExpectAsync("getheaders");
        await honest.SendAsync("headers", [1, .. good.Header.ToByteArray(), 0]);
        await honest.ExpectAsync("getdata");
        await honest.SendAsync("block", good.Raw.ToArray());
        await honest.PingAsync();
        Assert.Equal(good.Hash.ToString(), await _node.TipAsync());
    }

    /// <summary>A block from the future is nobody's fault and not remembered: once its time has come it is taken.</summary>
    [Fact]
    public async Task Block_FromTheFuture_IsTakenOnceItsTimeHasCome()
    {
        using var giver = await GreetAsync(RawGreeting.Today);
        var early = _builder.NextBlock("early", draft => draft.Time = (uint)(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + _params.MaxFutureBlockTime + 4)).Block;
        await giver.SendAsync("block", early.Raw.ToArray());
        await _node.WaitForLineAsync($"block {early.Hash} from peer");
        await _node.WaitForLineAsync("refused: time-too-new");
        await giver.PingAsync();
        Assert.NotEqual(early.Hash.ToString(), await _node.TipAsync());
        await Eventually.TrueAsync(
            async () =>
            {
                await giver.SendAsync("block", early.Raw.ToArray());
                await giver.PingAsync();
                return await _node.TipAsync() == early.Hash.ToString();
            },
            () => "the block is taken");
    }

    private static byte[] Raw(Block block) => block.Hash.Hash.ToByteArray();

    private static Transaction Strip(Transaction transaction) => WitnessCoin.WithWitness(transaction);

    private static async Task<byte[]> AskAsync(RawPeer peer, uint type, byte[] hash, string answer)
    {
        await peer.SendAsync("getdata", Wire.Inventory(type, hash));
        var message = (await peer.MessagesUntilPongAsync()).Single(m => m.Command is "tx" or "block" or "notfound");
        Assert.Equal(answer, message.Command);
        return message.Payload;
    }

    private static List<Transaction> Change(List<Transaction> transactions, int index, Transaction changed)
    {
        transactions[index] = changed;
        return transactions;
    }

    private System.Collections.Immutable.ImmutableArray<Transaction> Spoil(string what, List<Transaction> all) =>
    [
        .. what switch
        {
            "all witnesses stripped" => all.Select(Strip),
            "reserved value of 31 bytes" => Change(all, 0, WitnessCoin.WithWitness(all[0], new byte[31])),
            "two reserved values" => Change(all, 0, WitnessCoin.WithWitness(all[0], new byte[32], new byte[32])),
            "another reserved value" => Change(all, 0, WitnessCoin.WithWitness(all[0], [1, .. new byte[31]])),
            "one witness stripped" => Change(all, 1, Strip(all[1])),
            "one witness with more" => Change(all, 1, WitnessCoin.WithWitness(all[1], [.. all[1].Inputs[0].Witness.Select(item => item.ToArray()), [1]])),
            "a transaction twice" => all.Append(all[^1]),
            "a transaction exchanged" => Change(all, 2, _builder.SpendReward("b2", Keys.Bob)),
            _ => Change(all, 0, WitnessCoin.WithWitness(all[0], new byte[32])),
        },
    ];

    /// <summary>The spends in one block: with the coinbase five transactions, so that the last may stand twice under the same root.</summary>
    private Block NextBlock() => _builder.NextBlock("spends", draft =>
    {
        draft.Transactions.AddRange(_spends);
        draft.CommitToWitnesses(new byte[32]);
    }).Block;

    private Task<RawPeer> GreetAsync(RawGreeting? greeting = null) => RawPeer.ConnectAndGreetAsync(_node.Port, Magic, greeting);
}
