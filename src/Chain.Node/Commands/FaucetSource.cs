using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Node.Commands.Wallets;
using Chain.Node.Mining;
using Chain.Node.Rpc;
using Chain.Node.Wallet;
using Chain.State;

namespace Chain.Node.Commands;

/// <summary>Where the coins of a faucet come from: addresses of the wallet that can pay, or blocks that are mined for it.</summary>
internal sealed class FaucetSource(CommandRun run, INodeClient client, Address to)
{
    /// <summary>More than what a payment weighs beside its inputs, and what each input adds, in vbytes.</summary>
    private const int BaseSize = 200;

    private const int InputSize = 150;

    private long _feeRate;

    /// <summary>Rewards that who asked was paid, and that are too young to be spent, in satoshis.</summary>
    public long Young { get; private set; }

    private ChainParams Params => run.Params;

    /// <summary>Pays from the newest address that can alone, else from all together; where they have too little, mines for one of them first.</summary>
    public async Task<JsonObject> PayAsync(FaucetPayers payers, Amount amount, CancellationToken cancellationToken)
    {
        using var unlock = await WalletUnlock.AskAsync(run, client, run.Get(WalletAccess.PassphraseFile), cancellationToken).ConfigureAwait(false);
        _feeRate = await FeeRateAsync(cancellationToken).ConfigureAwait(false);
        var single = payers.All.FirstOrDefault(payer => payer.Satoshis >= amount.Satoshis + FeeFor(payer.Coins));
        var mined = 0;
        if (single is null && payers.Satoshis < amount.Satoshis + FeeFor(payers.Coins))
        {
            // What it has and cannot spend yet counts too: it will be mature by then.
            var others = payers.Satoshis - payers.Miner.Satoshis;
            var missing = amount.Satoshis + FeeFor(payers.Coins) - others - await BalanceAsync(payers.Miner.Address, cancellationToken).ConfigureAwait(false);
            mined = await MineUntilAsync(payers.Miner.Address, missing, cancellationToken).ConfigureAwait(false);
        }

        // Change goes back to the first.
        var from = single is not null ? [single.Address] : payers.All.Select(payer => payer.Address).Where(address => address != payers.Miner.Address).Prepend(payers.Miner.Address);
        var options = new JsonObject { ["from"] = new JsonArray([.. from.Select(address => (JsonNode)JsonValue.Create(address))]) };
        var payment = await unlock.DoAsync(() => WalletPayment.MakeAsync(client, to, amount, options, cancellationToken), cancellationToken).ConfigureAwait(false);
        run.Reached = Confirmations.Reached(payment.Id, confirmations: 0, wanted: 1);
        return await run.AfterAsync(
            payment.Pick("txid", "from", "to", "amount"),
            () => BringIntoBlockAsync(payment, single?.Address ?? payers.Miner.Address, mined, cancellationToken)).ConfigureAwait(false);
    }

    /// <summary>Mines straight to who asks, where no wallet could pay: whole rewards, as many as are needed.</summary>
    public async Task<JsonObject> MineToAsync(Amount amount, CancellationToken cancellationToken)
    {
        var (before, young) = await SpendableAsync(cancellationToken).ConfigureAwait(false);
        var most = await PlanAsync(amount.Satoshis, forWallet: false, cancellationToken).ConfigureAwait(false);
        run.Say($"Mining {(young > 0 ? "at most " : "")}{Blocks(most)} to {to}.");
        var mined = await ProgressLine.ShowAsync(run, "mining", async tell =>
        {
            for (var made = 1; ; made++)
            {
                // Rewards that it has already come of age meanwhile: fewer blocks may do.
                _ = await MineCommand.MineAsync(client, 1, to.ToString(), _ => { }, cancellationToken).ConfigureAwait(false);
                run.Reached = $"{Blocks(made)} {(made == 1 ? "was" : "were")} mined, paid to {to}.";
                tell((double)made / most);
                if (made == most || (await SpendableAsync(cancellationToken).ConfigureAwait(false)).Spendable - before >= amount.Satoshis) return made;
            }
        }).ConfigureAwait(false);
        (var after, Young) = await SpendableAsync(cancellationToken).ConfigureAwait(false);
        var got = after - before;
        var tip = await client.GetAsync("getbestblockhash", cancellationToken).ConfigureAwait(false);
        return new JsonObject { ["txid"] = null, ["from"] = null, ["to"] = to.ToString(), ["amount"] = RpcJson.Money(got), ["mined"] = mined, ["blockhash"] = tip.DeepClone() };
    }

    /// <summary>Brings what was sent into a block: the node's own miner does, or a block is mined for it.</summary>
    private async Task<JsonObject> BringIntoBlockAsync(WalletPayment payment, string payer, int mined, CancellationToken cancellationToken)
    {
        string? block = null;
        if (await MinesByItselfAsync(cancellationToken).ConfigureAwait(false))
        {
            block = await Confirmations.WaitAsync(client, payment.Id, 1, _ => { }, cancellationToken).ConfigureAwait(false);
        }
        else if (await ExpectAsync(1, cancellationToken).ConfigureAwait(false) <= MiningTime.Longest)
        {
            (block, var blocks) = await Confirmations.MineAsync(client, payer, payment.Id, 1, _ => { }, cancellationToken).ConfigureAwait(false);
            mined += blocks;
        }

        var told = payment.Pick("txid", "from", "to", "amount");
        told["from"] = payer;
        told["mined"] = mined;
        told["blockhash"] = block;
        return told;
    }

    private async Task<bool> MinesByItselfAsync(CancellationToken cancellationToken)
    {
        if (!client.IsRemote) return false;
        var miner = await client.GetAsync("getminerinfo", cancellationToken).ConfigureAwait(false);
        return miner["running"]!.GetValue<bool>() && miner["automine"]!.GetValue<bool>();
    }

    /// <summary>Mines to an address of the wallet until it has so much more that can be spent; gives the number of blocks.</summary>
    private async Task<int> MineUntilAsync(string miner, long missing, CancellationToken cancellationToken)
    {
        var blocks = await PlanAsync(missing, forWallet: true, cancellationToken).ConfigureAwait(false);
        run.Say($"There is not enough yet: mining {Blocks(blocks)} to {miner}.");
        _ = await ProgressLine.ShowAsync(run, "mining", tell => MineCommand.MineAsync(client, blocks, miner, tell, cancellationToken)).ConfigureAwait(false);
        return blocks;
    }

    /// <summary>How many blocks bring so much. Throws where that would take hours.</summary>
    private async Task<int> PlanAsync(long missing, bool forWallet, CancellationToken cancellationToken)
    {
        var height = (await client.GetAsync("getblockcount", cancellationToken).ConfigureAwait(false)).GetValue<int>();
        var blocks = CountBlocks(height, missing, forWallet);
        var expected = await ExpectAsync(blocks, cancellationToken).ConfigureAwait(false);
        if (expected > MiningTime.Longest)
        {
            throw CommandException.FromRpc(
                RpcErrorCode.InsufficientFunds,
                $"The wallet has not enough, and the {blocks} blocks that would bring it would take {MiningTime.Words(expected)} to mine here. Ask somebody who has coins on this chain, or ask for less.");
        }

        return blocks;
    }

    private static string Blocks(int count) => count == 1 ? "1 block" : $"{count} blocks";

    /// <summary>How many blocks bring so many satoshis, the last of them mature in the end; for a wallet also the fee for spending them.</summary>
    private int CountBlocks(int height, long missing, bool forWallet)
    {
        var (rewards, sum) = (0, 0L);
        for (; sum < missing + (forWallet ? FeeFor(rewards) : 0); rewards++)
        {
            var subsidy = Subsidy.At(height + rewards + 1, Params).Satoshis;
            if (subsidy == 0)
                throw CommandException.FromRpc(RpcErrorCode.InsufficientFunds, $"This chain's blocks will not bring that many coins any more: {(decimal)sum / Amount.Coin:0.########} are left. Ask for less.");
            sum = checked(sum + subsidy);
        }

        // As Core's does, the wallet lets one more block pass than the rules ask, but on a private chain.
        var wait = Params.CoinbaseMaturity - (forWallet && Params.Profile != Profiles.Private ? 0 : 1);
        return Math.Max(1, rewards + wait);
    }

    private long FeeFor(int inputs) => MempoolPolicy.FeeFor(BaseSize + ((long)inputs * InputSize), _feeRate);

    /// <summary>What the wallet will pay, in satoshis per 1,000 vbytes: what the node asks, or more where its owner wants that.</summary>
    private async Task<long> FeeRateAsync(CancellationToken cancellationToken)
    {
        var pool = await client.GetAsync("getmempoolinfo", cancellationToken).ConfigureAwait(false);
        var wallet = await client.GetAsync("getwalletinfo", cancellationToken).ConfigureAwait(false);
        var least = WalletSettings.From(ConfigurationFile.Read(run.Settings, Params.Profile)).LeastFeeRate;
        return Math.Max(least, Math.Max(RpcParams.AmountOf(pool["minrelaytxfee"]).Satoshis, RpcParams.AmountOf(wallet["paytxfee"]).Satoshis));
    }

    private async Task<TimeSpan> ExpectAsync(int blocks, CancellationToken cancellationToken)
    {
        var info = await client.GetAsync("getmininginfo", cancellationToken).ConfigureAwait(false);
        var bits = Convert.ToUInt32(info["next"]!["bits"]!.GetValue<string>(), 16);
        return await Task.Run(() => MiningTime.Estimate(bits, blocks, Environment.ProcessorCount), cancellationToken).ConfigureAwait(false);
    }

    private async Task<long> BalanceAsync(string address, CancellationToken cancellationToken)
    {
        var balance = await client.GetAsync("getaddressbalance", cancellationToken, address).ConfigureAwait(false);
        return (long)((Coins(balance, "balance") - Coins(balance, "leaving")) * Amount.Coin);
    }

    /// <summary>What who asks can spend, and what is too young for that.</summary>
    private async Task<(long Spendable, long Young)> SpendableAsync(CancellationToken cancellationToken)
    {
        var balance = await client.GetAsync("getaddressbalance", cancellationToken, to.ToString()).ConfigureAwait(false);
        var young = (long)(Coins(balance, "immature") * Amount.Coin);
        return ((long)(Coins(balance, "balance") * Amount.Coin) - young, young);
    }

    private static decimal Coins(JsonNode balance, string name) => balance[name]!.GetValue<decimal>();
}
