using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Node.Mining;
using Chain.Node.Rpc;
using Chain.Node.Wallet;
using Chain.State;

namespace Chain.Node.Commands;

/// <summary>Where the coins of a faucet come from: an address that can pay, or blocks that are mined for it.</summary>
internal sealed class FaucetSource(CommandRun run, INodeClient client, ChainParams p, Address to)
{
    /// <summary>More than what a payment weighs beside its inputs, and what each input adds, in vbytes.</summary>
    private const int BaseSize = 200;

    private const int InputSize = 150;

    /// <summary>Pays from the wallet's newest address that can; where none can, mines for the one that has most first.</summary>
    public async Task<JsonObject> PayAsync(KeyStore wallet, IReadOnlyList<Address> own, Amount amount, CancellationToken cancellationToken)
    {
        var payers = new List<(Address Address, decimal Coins)>();
        foreach (var address in own.Where(address => !address.Equals(to)))
        {
            var balance = await client.GetAsync("getaddressbalance", cancellationToken, address.ToString()).ConfigureAwait(false);
            payers.Add((address, Coins(balance, "balance") - Coins(balance, "immature") - Coins(balance, "leaving")));
        }

        foreach (var (payer, _) in payers.Where(pair => pair.Coins >= amount.ToCoins()))
        {
            if (await TryBuildAsync(wallet, payer, amount, cancellationToken).ConfigureAwait(false) is { } payment)
                return await SendAsync(payment, payer, amount, mined: 0, cancellationToken).ConfigureAwait(false);
        }

        var miner = payers.MaxBy(pair => pair.Coins).Address;
        var mined = await MineUntilAsync(miner, amount, withFee: true, cancellationToken).ConfigureAwait(false);
        var made = await PaymentDraft.BuildAsync(client, wallet, miner, to, amount, MempoolPolicy.For(p), Fee, cancellationToken).ConfigureAwait(false);
        return await SendAsync(made, miner, amount, mined, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Mines straight to who asks, where no wallet could pay: whole rewards, as many as are needed.</summary>
    public async Task<JsonObject> MineToAsync(Amount amount, CancellationToken cancellationToken)
    {
        var before = await BalanceAsync(to, cancellationToken).ConfigureAwait(false);
        var mined = await MineUntilAsync(to, Amount.FromSatoshis(checked(before + amount.Satoshis)), withFee: false, cancellationToken).ConfigureAwait(false);
        var got = await BalanceAsync(to, cancellationToken).ConfigureAwait(false) - before;
        var tip = await client.GetAsync("getbestblockhash", cancellationToken).ConfigureAwait(false);
        return new JsonObject { ["txid"] = null, ["from"] = null, ["to"] = to.ToString(), ["amount"] = RpcJson.Money(got), ["mined"] = mined, ["blockhash"] = tip.DeepClone() };
    }

    private FeePolicy Fee => FeePolicy.PerThousandBytes(p.MinRelayFeeRate);

    private async Task<Payment?> TryBuildAsync(KeyStore wallet, Address payer, Amount amount, CancellationToken cancellationToken)
    {
        try
        {
            return await PaymentDraft.BuildAsync(client, wallet, payer, to, amount, MempoolPolicy.For(p), Fee, cancellationToken).ConfigureAwait(false);
        }
        catch (CommandException e) when (e.Status == Math.Abs(RpcErrorCode.InsufficientFunds))
        {
            return null;
        }
    }

    /// <summary>Sends, and brings the payment into a block: the node's own miner does, or a block is mined for it.</summary>
    private async Task<JsonObject> SendAsync(Payment payment, Address payer, Amount amount, int mined, CancellationToken cancellationToken)
    {
        _ = await client.CallAsync("sendrawtransaction", new JsonArray(Convert.ToHexStringLower(payment.Transaction.Raw.Span), 0), cancellationToken).ConfigureAwait(false);
        string? block = null;
        if (await MinesByItselfAsync(cancellationToken).ConfigureAwait(false))
        {
            block = await Confirmations.WaitAsync(client, payment.Transaction.Id, 1, cancellationToken).ConfigureAwait(false);
        }
        else if (await ExpectAsync(1, cancellationToken).ConfigureAwait(false) <= MiningTime.Longest)
        {
            var hashes = await client.GetAsync("generatetoaddress", cancellationToken, 1, payer.ToString()).ConfigureAwait(false);
            block = await Confirmations.WaitAsync(client, payment.Transaction.Id, 1, cancellationToken).ConfigureAwait(false);
            mined += hashes.AsArray().Count;
        }

        return new JsonObject
        {
            ["txid"] = payment.Transaction.Id.ToString(),
            ["from"] = payer.ToString(),
            ["to"] = to.ToString(),
            ["amount"] = RpcJson.Money(amount),
            ["mined"] = mined,
            ["blockhash"] = block,
        };
    }

    private async Task<bool> MinesByItselfAsync(CancellationToken cancellationToken)
    {
        if (!client.IsRemote) return false;
        var miner = await client.GetAsync("getminerinfo", cancellationToken).ConfigureAwait(false);
        return miner["running"]!.GetValue<bool>() && miner["automine"]!.GetValue<bool>();
    }

    /// <summary>Mines to an address until it has enough that can be spent; gives the number of blocks. Throws where that would take hours.</summary>
    private async Task<int> MineUntilAsync(Address miner, Amount amount, bool withFee, CancellationToken cancellationToken)
    {
        var height = (await client.GetAsync("getblockcount", cancellationToken).ConfigureAwait(false)).GetValue<int>();
        var missing = amount.Satoshis - await BalanceAsync(miner, cancellationToken).ConfigureAwait(false);
        var blocks = CountBlocks(height, missing, withFee);
        var expected = await ExpectAsync(blocks, cancellationToken).ConfigureAwait(false);
        if (expected > MiningTime.Longest)
        {
            throw CommandException.FromRpc(
                RpcErrorCode.InsufficientFunds,
                $"The wallet has not enough, and the {blocks} blocks that would bring it would take {MiningTime.Words(expected)} to mine here. Ask somebody who has coins on this chain, or ask for less.");
        }

        run.Say($"There is not enough yet: mining {(blocks == 1 ? "1 block" : $"{blocks} blocks")} to {miner}.");
        _ = await ProgressLine.ShowAsync(run, "mining", tell => MineCommand.MineAsync(client, blocks, miner, tell, cancellationToken)).ConfigureAwait(false);
        return blocks;
    }

    /// <summary>How many blocks bring so many satoshis, the last of them mature in the end.</summary>
    private int CountBlocks(int height, long missing, bool withFee)
    {
        var (rewards, sum) = (0, 0L);
        for (; sum < missing + (withFee ? FeeFor(rewards) : 0); rewards++)
        {
            var subsidy = Subsidy.At(height + rewards + 1, p).Satoshis;
            if (subsidy == 0)
                throw CommandException.FromRpc(RpcErrorCode.InsufficientFunds, $"This chain's blocks will not bring that many coins any more: {(decimal)sum / Amount.Coin:0.########} are left. Ask for less.");
            sum = checked(sum + subsidy);
        }

        return Math.Max(1, rewards + p.CoinbaseMaturity - 1);
    }

    private long FeeFor(int inputs) => MempoolPolicy.FeeFor(BaseSize + ((long)inputs * InputSize), p.MinRelayFeeRate);

    private async Task<TimeSpan> ExpectAsync(int blocks, CancellationToken cancellationToken)
    {
        var info = await client.GetAsync("getmininginfo", cancellationToken).ConfigureAwait(false);
        var bits = Convert.ToUInt32(info["next"]!["bits"]!.GetValue<string>(), 16);
        return await Task.Run(() => MiningTime.Estimate(bits, blocks, Environment.ProcessorCount), cancellationToken).ConfigureAwait(false);
    }

    private async Task<long> BalanceAsync(Address address, CancellationToken cancellationToken)
    {
        var balance = await client.GetAsync("getaddressbalance", cancellationToken, address.ToString()).ConfigureAwait(false);
        return (long)((Coins(balance, "balance") - Coins(balance, "leaving")) * Amount.Coin);
    }

    private static decimal Coins(JsonNode balance, string name) => balance[name]!.GetValue<decimal>();
}
