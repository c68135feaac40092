using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Network;
using Chain.Node.Rpc;
using Chain.Node.Wallet;
using Chain.State;

namespace Chain.Node.Commands;

/// <summary><c>chain send</c>: pays from an address of the wallet.</summary>
internal static class SendCommand
{
    /// <summary>A tenth of a coin, as Core's maxtxfee has it.</summary>
    private const long MostFee = Amount.Coin / 10;

    /// <summary>How often a payment is put together at most, where others of the wallet go out at the same time.</summary>
    private const int MostAttempts = 20;

    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(25);

    private const int HighestFeeRate = 1_000_000;
    private const int MostConfirmations = 10_000;

    private static readonly Option<string> From = new("--from") { Description = "An address of this node's wallet, or its label.", Required = true, HelpName = "ADDRESS" };

    private static readonly Option<string> To = new("--to") { Description = "Who is paid: an address or a label.", Required = true, HelpName = "ADDRESS" };

    private static readonly Option<string> AmountOption = new("--amount") { Description = "How many coins, such as 1.5.", Required = true, HelpName = "N" };

    private static readonly Option<string?> Fee = new("--fee") { Description = "How many coins the miner gets; without it the least that nodes ask.", HelpName = "F" };

    private static readonly Option<string?> FeeRate = new("--fee-rate") { Description = "How many satoshis the miner gets for each vbyte, in place of --fee.", HelpName = "RATE" };

    private static readonly Option<string?> Wait = new("--wait")
    {
        Description = "Wait until the payment is in a block, or until it has N confirmations; --timeout limits it.",
        HelpName = "N",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Show what would be sent, and whether it would be taken, and send nothing." };

    private static readonly Option<bool> AllowHighFee = new("--allow-high-fee") { Description = "Send a fee of more than 0.1 coins as well." };

    private static readonly Option<bool> Mine = new("--mine") { Description = "Mine a block with the payment at once; its reward goes to the sender." };

    private static readonly Option<string?> Peer = new("--peer")
    {
        Description = "The node that is given the payment where none runs here; without it the central node of the network here, else 127.0.0.1:3000.",
        HelpName = "HOST:PORT",
    };

    private static readonly Option<string?> PassphraseFile = PassphraseOption.Create("A file whose first line is the passphrase of an encrypted wallet; else it is typed, or read from stdin.");

    public static Command Create(CommandConsole console)
    {
        var command = new Command("send", """
            Pay from an address of this node's wallet.

            Examples:
              chain send --from alice --to bob --amount 1 --wait       and wait until it is in a block
              chain send --from alice --to ADDRESS --amount 4 --mine   and mine that block
              chain send --from alice --to bob --amount 1 --dry-run    show what would be sent
            """) { From, To, AmountOption, Fee, FeeRate, AllowHighFee, Mine, Wait, DryRun, Peer, PassphraseFile };
        command.Runs(console, RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var amount = ParseAmount(run.Parsed.GetRequiredValue(AmountOption), "--amount", allowZero: false);
        var fee = ParseFee(run);
        var wait = ParseWait(run);
        var settings = run.Settings;
        var p = ChainFolder.GetParams(settings);
        var from = run.FindAddress(run.Parsed.GetRequiredValue(From));
        var to = run.FindAddress(run.Parsed.GetRequiredValue(To));
        var peer = ParsePeer(run.Get(Peer), p, settings);
        using var wallet = KeyStore.Load(settings.CommandWalletPath);
        if (from.KeyHash is not { } hash || !wallet.Contains(hash))
            throw CommandException.FromRpc(RpcErrorCode.InvalidAddressOrKey, $"The wallet {settings.CommandWalletPath} has no key for {from}. 'chain listaddresses' shows what it has.");
        PassphraseOption.Unlock(run, wallet, run.Get(PassphraseFile));
        var client = await run.ConnectAsync(cancellationToken).ConfigureAwait(false);
        await using (client.ConfigureAwait(false))
        {
            var (isMined, isRemote) = (run.Get(Mine), client.IsRemote);
            if (wait > 0 && !isRemote && !isMined) throw CommandException.Usage("--wait needs a running node, which sees the blocks that come. Start one with 'chain startnode', or mine the payment with --mine.");
            var rate = fee ?? FeePolicy.PerThousandBytes(p.MinRelayFeeRate);
            Task<Payment> DraftAsync() => PaymentDraft.BuildAsync(client, wallet, from, to, amount, MempoolPolicy.For(p), rate, cancellationToken);
            var payment = await DraftAsync().ConfigureAwait(false);
            if (payment.Fee.Satoshis > MostFee && !run.Get(AllowHighFee))
                throw CommandException.Usage($"The fee would be {payment.Fee}, more than {Amount.FromSatoshis(MostFee)}, which is likely a slip: nothing was sent. --allow-high-fee sends it all the same.");
            if (!run.Get(DryRun))
            {
                if (CommandRun.LocalChain(client) is { } local && !isMined) await HandOverAsync(local, payment.Transaction, peer, run, cancellationToken).ConfigureAwait(false);
                payment = await SubmitAsync(run, client, payment, DraftAsync, cancellationToken).ConfigureAwait(false);
                run.Reached = $"The payment {payment.Transaction.Id} was sent, and is not confirmed as far as was seen: 'chain show tx {payment.Transaction.Id}' shows how it stands. Do not send it again.";
            }

            var told = new JsonObject
            {
                ["txid"] = payment.Transaction.Id.ToString(),
                ["from"] = from.ToString(),
                ["to"] = to.ToString(),
                ["amount"] = RpcJson.Money(amount),
                ["fee"] = RpcJson.Money(payment.Fee),
                ["change"] = RpcJson.Money(payment.Change),
                ["vsize"] = payment.Transaction.VirtualSize,
            };
            if (run.Get(DryRun)) return await ShowDraftAsync(run, client, payment, told, cancellationToken).ConfigureAwait(false);

            var mined = isMined ? await MineAsync(client, from, payment.Transaction.Id, cancellationToken).ConfigureAwait(false) : null;
            if (wait > 0)
            {
                run.Say($"Sent {payment.Transaction.Id}; waiting for {(wait == 1 ? "a confirmation" : $"{wait} confirmations")}.");
                mined = await Confirmations.WaitAsync(client, payment.Transaction.Id, wait, cancellationToken).ConfigureAwait(false);
            }

            if (mined is not null) told["blockhash"] = mined;
            var text = $"Sent {amount} to {Named(run, To, to)}{FeeText(payment.Fee)}: transaction {payment.Transaction.Id}";
            await run.DataAsync(told, mined is null ? text : $"{text}{Environment.NewLine}Mined in block {mined}", payment.Transaction.Id.ToString()).ConfigureAwait(false);
            run.Say(mined is null ? Next(isRemote, peer, isMined) : $"It is confirmed: 'chain getbalance --address {run.Get(To)}' shows it.");
        }

        return 0;
    }

    /// <summary>Hands the payment to the node. Where another one took its coins since they were looked at, it is put together anew.</summary>
    private static async Task<Payment> SubmitAsync(CommandRun run, INodeClient client, Payment payment, Func<Task<Payment>> draft, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                _ = await client.CallAsync("sendrawtransaction", new JsonArray(Convert.ToHexStringLower(payment.Transaction.Raw.Span), 0), cancellationToken).ConfigureAwait(false);
                return payment;
            }
            catch (RpcException e) when (attempt < MostAttempts && client.IsRemote && CoinsAreTaken(e))
            {
                await Task.Delay(RetryPause * attempt, run.Clock, cancellationToken).ConfigureAwait(false);
                payment = await draft().ConfigureAwait(false);
            }
        }
    }

    private static bool CoinsAreTaken(RpcException e) =>
        e.Code == RpcErrorCode.VerifyAlreadyInChain
        || e.Message.Contains("txn-mempool-conflict", StringComparison.Ordinal) || e.Message.Contains("missingorspent", StringComparison.Ordinal)
        || e.Message.Contains("txn-already-", StringComparison.Ordinal) || e.Message.Contains("insufficient fee", StringComparison.Ordinal);

    /// <summary>What would be sent, and whether it would be taken; nothing is.</summary>
    private static async Task<int> ShowDraftAsync(CommandRun run, INodeClient client, Payment payment, JsonObject told, CancellationToken cancellationToken)
    {
        var hex = Convert.ToHexStringLower(payment.Transaction.Raw.Span);
        var tested = await client.GetAsync("testmempoolaccept", cancellationToken, new JsonArray(hex), 0).ConfigureAwait(false);
        var isAllowed = tested[0]!["allowed"]!.GetValue<bool>();
        told["dryrun"] = true;
        told["allowed"] = isAllowed;
        told["hex"] = hex;
        await run.DataAsync(told, screen => screen.Pairs(
        [
            ("Would send", $"{payment.Inputs.Aggregate(Amount.Zero, (sum, coin) => sum + Amount.FromSatoshis(coin.Output.Value)) - payment.Fee - payment.Change} to {told["to"]}"),
            ("Fee", $"{payment.Fee} for {payment.Transaction.VirtualSize} vbytes"),
            ("Change", $"{payment.Change} back to {told["from"]}"),
            ("Inputs", string.Join(", ", payment.Inputs.Select(coin => coin.OutPoint))),
            ("Transaction", payment.Transaction.Id.ToString()),
        ])).ConfigureAwait(false);
        if (isAllowed) run.Say("Nothing was sent: that was --dry-run. Without it the payment goes out.");
        else throw CommandException.FromRpc(RpcErrorCode.VerifyRejected, $"It would be refused: {tested[0]!["reject-reason"]}");
        return 0;
    }

    private static async Task HandOverAsync(LoadedChain chain, Transaction transaction, EndPoint peer, CommandRun run, CancellationToken cancellationToken)
    {
        if (chain.Mempool.Test(transaction) is { } rejection) throw CommandException.FromRpc(RpcErrorCode.VerifyRejected, $"The payment is not valid here: {rejection}");
        IReadOnlyList<Transaction> transactions = [.. chain.Mempool.InOrder().Select(entry => entry.Transaction), transaction];
        var failure = await TransactionHandover.SendAsync(peer, transactions, chain.Params, chain.Chainstate.Tip.Height, run.Clock, cancellationToken).ConfigureAwait(false);
        if (failure is not var (reason, isCertain)) return;
        if (!isCertain)
        {
            throw new CommandException(
                $"It is not known whether the node at {PeerEndPoint.Format(peer)} took the payment {transaction.Id}: {reason.TrimEnd('.')}. "
                + "Look at the balance there before you send again, or you may pay twice.");
        }

        throw new CommandException(
            $"Nothing was sent. No node runs here, and the node at {PeerEndPoint.Format(peer)} did not take the payment: {reason.TrimEnd('.')}. "
            + "Start a node with 'chain startnode', name another one with --peer HOST:PORT, or mine the payment yourself with --mine.");
    }

    /// <summary>Mines a block, and gives its hash where it holds the payment; null where others that pay more filled it.</summary>
    private static async Task<string?> MineAsync(INodeClient client, Address from, TxId payment, CancellationToken cancellationToken)
    {
        var hashes = await client.GetAsync("generatetoaddress", cancellationToken, 1, from.ToString()).ConfigureAwait(false);
        var hash = hashes[0]!.GetValue<string>();
        var block = await client.GetAsync("getblock", cancellationToken, hash, 1).ConfigureAwait(false);
        return block["tx"]!.AsArray().Any(id => id!.GetValue<string>() == payment.ToString()) ? hash : null;
    }

    private static string Next(bool isRemote, EndPoint peer, bool isMined) =>
        isMined ? "A block was mined, but it was full: the payment waits for another one."
        : isRemote ? "It waits in the node's pool and is passed on to others, until a miner takes it into a block; --wait waits for that."
        : $"It was handed to the node at {PeerEndPoint.Format(peer)}, and waits there until a miner takes it into a block.";

    /// <summary>An address, and the label that stood for it.</summary>
    private static string Named(CommandRun run, Option<string> option, Address address) =>
        run.Get(option) is { } text && text != address.ToString() ? $"{text} ({address})" : address.ToString();

    private static string FeeText(Amount fee) => fee == Amount.Zero ? "" : $" (fee {fee})";

    private static Amount ParseAmount(string text, string option, bool allowZero)
    {
        if (!Amount.TryParse(text, out var amount))
            throw CommandException.Usage($"{option} {text} is no amount: it is a number of coins such as 1.5, with at most 8 decimals, and at most 21000000.");
        return amount != Amount.Zero || allowZero ? amount : throw CommandException.Usage($"{option} must be more than zero.");
    }

    private static FeePolicy? ParseFee(CommandRun run)
    {
        var rate = run.Get(FeeRate);
        if (run.Get(Fee) is { } fee)
            return rate is null ? FeePolicy.Exactly(ParseAmount(fee, "--fee", allowZero: true)) : throw CommandException.Usage("--fee and --fee-rate both say what the miner gets: leave one out.");
        if (rate is null) return null;
        return decimal.TryParse(rate, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var perByte) && perByte is >= 0 and <= HighestFeeRate
            ? FeePolicy.PerThousandBytes((long)decimal.Ceiling(perByte * 1_000))
            : throw CommandException.Usage($"--fee-rate {rate} is no rate: it is a number of satoshis a vbyte, from 0 to {HighestFeeRate}.");
    }

    /// <summary>The confirmations to wait for; 0 for none.</summary>
    private static int ParseWait(CommandRun run)
    {
        if (run.Parsed.GetResult(Wait) is null) return 0;
        return run.Get(Wait) is not { } text ? 1
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= MostConfirmations ? count
            : throw CommandException.Usage($"--wait {text} is no number of confirmations: it is a whole number from 1 to {MostConfirmations}.");
    }

    private static EndPoint ParsePeer(string? text, ChainParams p, NodeSettings settings)
    {
        if (text is null) return Net.NetMember.CentralOf(settings);
        return PeerEndPoint.TryParse(text, p.DefaultPort, out var endPoint) ? endPoint : throw CommandException.Usage($"--peer {text} is no HOST:PORT.");
    }
}
