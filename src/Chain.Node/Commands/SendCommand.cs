using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Network;
using Chain.Node.Commands.Wallets;
using Chain.Node.Rpc;

namespace Chain.Node.Commands;

/// <summary><c>chain send</c>: pays from an address of the wallet, or from all of it.</summary>
internal static class SendCommand
{
    public static Command Create(CommandConsole console)
    {
        var command = new Command("send", """
            Pay from an address of this node's wallet, or from the whole wallet.

            Examples:
              chain send --from alice --to bob --amount 1 --wait       and wait until it is in a block
              chain send --from alice --to ADDRESS --amount 4 --mine   and mine that block
              chain send --to bob --amount 1 --dry-run                 show what the whole wallet would send
            """)
        {
            SendOptions.From, SendOptions.To, SendOptions.AmountOption, SendOptions.Fee, SendOptions.FeeRate, SendOptions.AllowHighFee,
            SendOptions.Mine, SendOptions.Wait, SendOptions.DryRun, SendOptions.Peer, WalletAccess.PassphraseFile,
        };
        command.Runs(console, RunAsync);
        return command;
    }

    private static async Task RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var amount = SendOptions.ParseAmount(run);
        var fee = SendOptions.ParseFee(run);
        var wait = SendOptions.ParseWait(run);
        _ = run.Params;
        var peer = SendOptions.ParsePeer(run);
        WalletAccess.RequireFile(run);
        WalletUnlock.AskAhead(run, run.Get(WalletAccess.PassphraseFile));
        var client = await run.ConnectAsync(cancellationToken).ConfigureAwait(false);
        await using (client.ConfigureAwait(false))
        {
            var from = run.Get(SendOptions.From) is { } text ? await run.FindAddressAsync(client, text, cancellationToken).ConfigureAwait(false) : (Address?)null;
            var to = await run.FindAddressAsync(client, run.Parsed.GetRequiredValue(SendOptions.To), cancellationToken).ConfigureAwait(false);
            var isMined = run.Get(SendOptions.Mine);
            if (wait > 0 && !client.IsRemote && !isMined) throw CommandException.Usage("--wait needs a running node, which sees the blocks that come. Start one with 'chain startnode', or mine the payment with --mine.");
            if (from is { } payer) fee["from"] = new JsonArray((JsonNode)payer.ToString());
            if (run.Get(SendOptions.DryRun))
            {
                await DryRunAsync(run, client, to, amount, fee, cancellationToken).ConfigureAwait(false);
                return;
            }

            var miner = !isMined ? null : from?.ToString() ?? await WalletAccess.NewestAddressAsync(run, client, cancellationToken).ConfigureAwait(false);
            var payment = await PayAsync(run, client, to, amount, fee, isHandedOver: !client.IsRemote && !isMined, peer, cancellationToken).ConfigureAwait(false);
            void Tell(int confirmations) => run.Reached = Confirmations.Reached(payment.Id, confirmations, wait) + " Do not send it again.";
            Tell(0);
            var told = Told(payment);
            var mined = await run.AfterAsync(told, async () =>
            {
                var block = miner is null ? null
                    : wait > 0 && !client.IsRemote ? (await Confirmations.MineAsync(client, miner, payment.Id, wait, Tell, cancellationToken).ConfigureAwait(false)).Hash
                    : await MineAsync(client, miner, payment.Id, cancellationToken).ConfigureAwait(false);
                if (wait == 0 || !client.IsRemote) return block;
                run.Say($"Sent {payment.Id}; waiting for {(wait == 1 ? "a confirmation" : $"{wait} confirmations")}.");
                return await Confirmations.WaitAsync(client, payment.Id, wait, Tell, cancellationToken).ConfigureAwait(false);
            }).ConfigureAwait(false);
            if (mined is not null) told["blockhash"] = mined;
            var sentence = $"Sent {amount} to {Named(run, to)}{(payment.Fee == Amount.Zero ? "" : $" (fee {payment.Fee})")}: transaction {payment.Id}";
            await run.DataAsync(told, mined is null ? sentence : $"{sentence}{Environment.NewLine}Mined in block {mined}", payment.Id).ConfigureAwait(false);
            run.Say(mined is null ? Next(client.IsRemote, peer, isMined) : $"It is confirmed: {ShellWord.Line("chain getbalance --address", run.Get(SendOptions.To)!)} shows it.");
        }
    }

    /// <summary>
    /// The wallet chooses the coins, signs and gives the payment to the pool in one go, so that no other one takes the coins between.
    /// Where no node runs here, another one must take it first.
    /// </summary>
    private static async Task<WalletPayment> PayAsync(
        CommandRun run, INodeClient client, Address to, Amount amount, JsonObject options, bool isHandedOver, EndPoint peer, CancellationToken cancellationToken)
    {
        if (isHandedOver)
        {
            // The other node's chain may be shorter than the one here.
            options["locktime"] = 0;
            options["add_to_wallet"] = false;
        }

        var payment = await MakeAsync(run, client, to, amount, options, cancellationToken).ConfigureAwait(false);
        if (CommandRun.LocalChain(client) is not { } chain || !isHandedOver) return payment;
        await HandOverAsync(chain, RawTransactionText.Decode(payment.Hex), peer, run, cancellationToken).ConfigureAwait(false);

        // It is with the other node: that is kept here, whoever ends the command.
        _ = await client.CallAsync("sendrawtransaction", new JsonArray(payment.Hex, 0), CancellationToken.None).ConfigureAwait(false);
        return payment;
    }

    private static async Task<WalletPayment> MakeAsync(CommandRun run, INodeClient client, Address to, Amount amount, JsonObject options, CancellationToken cancellationToken)
    {
        try
        {
            return await WalletAccess.UnlockedAsync(run, client, () =>
            {
                if (options["add_to_wallet"] is null) run.Reached = "It is not known whether the payment was sent: 'chain wallet history' shows it if it was. Look there before you send again, or you may pay twice.";
                return WalletPayment.MakeAsync(client, to, amount, options, cancellationToken);
            }, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException e) when (e.Code == RpcErrorCode.InvalidParameter)
        {
            throw CommandException.Usage($"{e.Message} --allow-high-fee sends it all the same.");
        }
    }

    /// <summary>What would be sent, and whether it would be taken; nothing is.</summary>
    private static async Task DryRunAsync(CommandRun run, INodeClient client, Address to, Amount amount, JsonObject options, CancellationToken cancellationToken)
    {
        options["add_to_wallet"] = false;
        var payment = await MakeAsync(run, client, to, amount, options, cancellationToken).ConfigureAwait(false);
        var tested = await client.GetAsync("testmempoolaccept", cancellationToken, new JsonArray(payment.Hex), 0).ConfigureAwait(false);
        var isAllowed = tested[0]!["allowed"]!.GetValue<bool>();
        var told = Told(payment);
        told["dryrun"] = true;
        told["allowed"] = isAllowed;
        told["hex"] = payment.Hex;
        await run.DataAsync(told, screen => screen.Pairs(
        [
            ("Would send", $"{amount} to {to}"),
            ("Fee", $"{payment.Fee} for {told["vsize"]} vbytes"),
            ("Change", Change(payment, run)),
            ("Inputs", string.Join(", ", payment.Told["inputs"]!.AsArray())),
            ("Transaction", payment.Id),
        ])).ConfigureAwait(false);
        if (!isAllowed) throw CommandException.FromRpc(RpcErrorCode.VerifyRejected, $"It would be refused: {tested[0]!["reject-reason"]}");
        run.Say("Nothing was sent: that was --dry-run. Without it the payment goes out.");
    }

    private static JsonObject Told(WalletPayment payment) => payment.Pick("txid", "from", "to", "amount", "fee", "change", "vsize");

    private static string Change(WalletPayment payment, CommandRun run) =>
        payment.Told["changeaddress"] is not { } address ? "none"
        : run.Get(SendOptions.From) is null ? $"{payment.Change} to {address}, which is the wallet's"
        : $"{payment.Change} back to {address}";

    private static async Task HandOverAsync(LoadedChain chain, Transaction transaction, EndPoint peer, CommandRun run, CancellationToken cancellationToken)
    {
        if (chain.Mempool.Test(transaction) is { } rejection) throw CommandException.FromRpc(RpcErrorCode.VerifyRejected, $"The payment is not valid here: {rejection}");
        IReadOnlyList<Transaction> transactions = [.. chain.Mempool.InOrder().Select(entry => entry.Transaction), transaction];
        void Leaves() => run.Reached =
            $"It is not known whether the node at {PeerEndPoint.Format(peer)} took the payment {transaction.Id}: look at the balance there before you send again, or you may pay twice.";
        var failure = await TransactionHandover.SendAsync(peer, transactions, chain.Params, chain.Chainstate.Tip.Height, run.Clock, Leaves, cancellationToken).ConfigureAwait(false);
        if (failure is not var (reason, isCertain)) return;
        if (!isCertain)
        {
            throw new CommandException(
                $"It is not known whether the node at {PeerEndPoint.Format(peer)} took the payment {transaction.Id}: {reason.TrimEnd('.')}. "
                + "Look at the balance there before you send again, or you may pay twice.");
        }

        throw new CommandException(
            $"Nothing was sent. No node runs here, and the node at {PeerEndPoint.Format(peer)} did not take the payment: {reason.TrimEnd('.')}. "
            + "Start a node with 'chain startnode', name another one with --peer HOST:PORT, or mine the payment yourself with --mine."
            + (reason.Contains("another chain", StringComparison.Ordinal) ? " To take part in that other chain, copy its genesis.json and call 'chain init' on it in another folder." : ""));
    }

    /// <summary>Mines a block, and gives its hash where it holds the payment; null where others that pay more filled it.</summary>
    private static async Task<string?> MineAsync(INodeClient client, string miner, string payment, CancellationToken cancellationToken)
    {
        var hashes = await client.GetAsync("generatetoaddress", cancellationToken, 1, miner).ConfigureAwait(false);
        var hash = hashes[0]!.GetValue<string>();
        var block = await client.GetAsync("getblock", cancellationToken, hash, 1).ConfigureAwait(false);
        return block["tx"]!.AsArray().Any(id => id!.GetValue<string>() == payment) ? hash : null;
    }

    private static string Next(bool isRemote, EndPoint peer, bool isMined) =>
        isMined ? "A block was mined, but it was full: the payment waits for another one."
        : isRemote ? "It waits in the node's pool and is passed on to others, until a miner takes it into a block; --wait waits for that."
        : $"It was handed to the node at {PeerEndPoint.Format(peer)}, and waits there until a miner takes it into a block.";

    /// <summary>Who is paid, and the label that stood for it.</summary>
    private static string Named(CommandRun run, Address to) => run.Get(SendOptions.To) is { } text && text != to.ToString() ? $"{text} ({to})" : to.ToString();
}
