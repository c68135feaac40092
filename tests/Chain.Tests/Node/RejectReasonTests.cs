using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>A refused block or transaction is logged with Bitcoin Core's reject string, which tools and people look for.</summary>
public sealed class RejectReasonTests : IClassFixture<RejectReasonTests.RegtestNode>
{
    private readonly RegtestNode _regtest;

    public RejectReasonTests(RegtestNode regtest) => _regtest = regtest;

    private ChainBuilder Builder => _regtest.Builder;

    [Theory]
    [InlineData("input that never was", "bad-txns-inputs-missingorspent")]
    [InlineData("input spent twice", "bad-txns-inputs-missingorspent")]
    [InlineData("coinbase amount", "bad-cb-amount")]
    [InlineData("signature operations", "bad-blk-sigops")]
    [InlineData("height", "bad-cb-height")]
    [InlineData("immature", "bad-txns-premature-spend-of-coinbase")]
    [InlineData("more out than in", "bad-txns-in-belowout")]
    [InlineData("bits", "bad-diffbits")]
    [InlineData("version", "bad-version(0x00000001)")]
    [InlineData("lock time", "bad-txns-nonfinal")]
    [InlineData("two coinbases", "bad-cb-multiple")]
    [InlineData("no coinbase", "bad-cb-missing")]
    [InlineData("coinbase script", "bad-cb-length")]
    [InlineData("negative output", "bad-txns-vout-negative")]
    [InlineData("same input twice", "bad-txns-inputs-duplicate")]
    [InlineData("weight", "bad-blk-length")]
    [InlineData("script", "mandatory-script-verify-flag-failed (")]
    [InlineData("parent", "bad-prevblk")]
    public async Task Block_Refused_IsLoggedWithCoresReason(string what, string reason)
    {
        Builder.SetTip("tip");
        var block = Builder.NextBlock(what, draft => Break(what, draft)).Block;
        if (what == "parent")
        {
            await SendAsync("block", block.Raw.ToArray());
            block = Builder.NextBlock("on a failed parent").Block;
        }

        var mark = _regtest.Node.Log.Count;
        await SendAsync("block", block.Raw.ToArray());
        var line = await _regtest.Node.WaitForLineAsync($"block {block.Hash} from peer", mark);
        Assert.Contains($"refused: {reason}", line, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("coinbase", "coinbase")]
    [InlineData("more out than in", "bad-txns-in-belowout")]
    [InlineData("immature", "bad-txns-premature-spend-of-coinbase")]
    [InlineData("too cheap", "min relay fee not met")]
    [InlineData("lock time", "non-final")]
    [InlineData("negative output", "bad-txns-vout-negative")]
    [InlineData("no outputs", "bad-txns-vout-empty")]
    [InlineData("same input twice", "bad-txns-inputs-duplicate")]
    [InlineData("spent in the pool", "txn-mempool-conflict")]
    [InlineData("script", "mandatory-script-verify-flag-failed (")]
    public async Task Transaction_Refused_IsLoggedWithCoresReason(string what, string reason)
    {
        if (what == "spent in the pool") await SendAsync("tx", Builder.SpendReward("b3", Keys.Alice, fee: 1_000).Raw.ToArray());
        var transaction = what switch
        {
            "coinbase" => Builder["b1"].Block.Transactions[0],
            "too cheap" => Builder.SpendReward("b2", Keys.Alice, fee: 10),
            "spent in the pool" => Builder.SpendReward("b3", Keys.Bob, fee: 1_000),
            "no outputs" => Keys.Spend(Builder["b2"].Reward, Keys.Miner),
            _ => Bad(what),
        };
        var mark = _regtest.Node.Log.Count;
        await SendAsync("tx", transaction.Raw.ToArray());
        var line = await _regtest.Node.WaitForLineAsync($"transaction {transaction.Id} from peer", mark);
        Assert.Contains($"refused: {reason}", line, StringComparison.Ordinal);
    }

    /// <summary>A transaction that breaks one rule; of the reward of b2.</summary>
    private Transaction Bad(string what)
    {
        var reward = Builder["b2"].Reward;
        var value = Builder["b2"].Block.Transactions[0].Outputs[0].Value;
        return what switch
        {
            "input that never was" => Keys.Spend(new OutPoint(new TxId(new Generate(1).Hash()), 0), Keys.Miner, Keys.PayTo(Keys.Bob, 1)),
            "immature" => Builder.SpendReward("tip", Keys.Bob, fee: 1_000),
            "more out than in" => Keys.Spend(reward, Keys.Miner, Keys.PayTo(Keys.Bob, value + 1)),
            "negative output" => Keys.Spend(reward, Keys.Miner, Keys.PayTo(Keys.Bob, -1)),
            "same input twice" => Keys.Sign(new Transaction(2, [new TxIn(reward, default), new TxIn(reward, default)], [Keys.PayTo(Keys.Bob, 1)], 0), Keys.Miner),
            "lock time" => Keys.Sign(new Transaction(2, [new TxIn(reward, default, sequence: 0)], [Keys.PayTo(Keys.Bob, value - 1_000)], lockTime: 10_000), Keys.Miner),
            "script" => Keys.Spend(reward, Keys.Bob, Keys.PayTo(Keys.Bob, value - 1_000)),
            _ => throw new ArgumentOutOfRangeException(nameof(what), what, null),
        };
    }

    private void Break(string what, BlockDraft draft)
    {
        switch (what)
        {
            case "input spent twice":
                draft.Transactions.AddRange([Builder.SpendReward("b2", Keys.Alice), Builder.SpendReward("b2", Keys.Bob)]);
                break;
            case "coinbase amount" or "parent":
                draft.SetCoinbaseOutputs(Keys.PayTo(Keys.Miner, (50 * Amount.Coin) + 1));
                break;
            case "signature operations":
                draft.SetCoinbaseOutputs([.. draft.Coinbase.Outputs, .. Enumerable.Repeat(new TxOut(0, Enumerable.Repeat((byte)0xac, 9_000).ToArray()), 3)]);
                break;
            case "height":
                draft.SetCoinbaseScript(1, 7, 0);
                break;
            case "bits":
                draft.Bits = 0x207ffffe;
                break;
            case "version":
                draft.Version = 1;
                break;
            case "two coinbases":
                draft.Transactions.Add(Builder["b1"].Block.Transactions[0]);
                break;
            case "no coinbase":
                draft.Coinbase = Builder.SpendReward("b2", Keys.Alice);
                break;
            case "coinbase script":
                draft.SetCoinbaseScript(new byte[101]);
                break;
            case "weight":
                draft.SetCoinbaseOutputs([.. draft.Coinbase.Outputs, new TxOut(0, new byte[1_000_000])]);
                break;
            default:
                draft.Transactions.Add(Bad(what));
                break;
        }
    }

    /// <summary>Sends one message from a client of its own, which the node may leave for it.</summary>
    private async Task SendAsync(string command, byte[] payload)
    {
        var peer = await RawPeer.ConnectAndGreetAsync(_regtest.Node.Port, _regtest.Magic);
        _regtest.Clients.Add(peer);
        await peer.SendAsync(command, payload);
    }

    /// <summary>A regtest node with mature rewards in b1 to b3.</summary>
    public sealed class RegtestNode : IAsyncLifetime, IDisposable
    {
        private readonly DataFolder _folder = new();
        private readonly ChainParams _params = TestChains.Regtest with { Magic = (uint)Random.Shared.Next() };

        internal ChainBuilder Builder { get; private set; } = null!;

        internal NodeProcess Node { get; private set; } = null!;

        internal List<RawPeer> Clients { get; } = [];

        internal byte[] Magic => BitConverter.GetBytes(_params.Magic);

        public async Task InitializeAsync()
        {
            _params.WriteTo(_folder.Root);
            Node = await NodeProcess.StartAsync(new NodeOptions(_folder.Root) { Debug = true });
            Builder = new ChainBuilder(_params);
            Builder.NextBlocks("b", _params.CoinbaseMaturity + 2);
            Builder.NextBlock("tip");
            using var giver = await RawPeer.ConnectAndGreetAsync(Node.Port, Magic);
            foreach (var block in Builder.Tip.Path().Skip(1)) await giver.SendAsync("block", block.Block.Raw.ToArray());
            await giver.PingAsync();
            Assert.Equal(Builder.Tip.Height, await Node.HeightAsync());
        }

        public async Task DisposeAsync()
        {
            foreach (var client in Clients) client.Dispose();
            if (Node is not null) await Node.DisposeAsync();
        }

        public void Dispose() => _folder.Dispose();
    }
}
