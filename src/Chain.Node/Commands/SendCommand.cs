using System.CommandLine;
using System.Net;
using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Network;
using Chain.Node.Rpc;
using Chain.Node.Wallet;
using Chain.State;

namespace Chain.Node.Commands;

/// <summary><c>chain send</c>: pays from an address of the wallet.</summary>
internal static class SendCommand
{
    private static readonly Option<string> From = new("--from") { Description = "An address of this node's wallet.", Required = true, HelpName = "ADDRESS" };

    private static readonly Option<string> To = new("--to") { Description = "Who is paid.", Required = true, HelpName = "ADDRESS" };

    private static readonly Option<string> AmountOption = new("--amount") { Description = "How many coins, such as 1.5.", Required = true, HelpName = "N" };

    private static readonly Option<string?> Fee = new("--fee") { Description = "How many coins the miner gets; without it the least that nodes ask.", HelpName = "F" };

    private static readonly Option<bool> Mine = new("--mine") { Description = "Mine a block with the payment at once; its reward goes to the sender." };

    private static readonly Option<string?> Peer = new("--peer")
    {
        Description = "The node that is given the payment where none runs here; without it the central node 127.0.0.1:3000.",
        HelpName = "HOST:PORT",
    };

    private static readonly Option<string?> PassphraseFile = PassphraseOption.Create("A file whose first line is the passphrase of an encrypted wallet.");

    public static Command Create(CommandConsole console)
    {
        var command = new Command("send", "Pay from an address of this node's wallet.") { From, To, AmountOption, Fee, Mine, Peer, PassphraseFile };
        command.SetAction((parsed, cancellationToken) => RunAsync(parsed, console, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CommandConsole console, CancellationToken cancellationToken)
    {
        var amount = ParseAmount(parsed.GetRequiredValue(AmountOption), "--amount", allowZero: false);
        var fee = parsed.GetValue(Fee) is { } text ? FeePolicy.Exactly(ParseAmount(text, "--fee", allowZero: true)) : (FeePolicy?)null;
        var settings = GlobalOptions.Settings(parsed);
        var p = ChainFolder.GetParams(settings);
        var from = ChainFolder.ParseAddress(parsed.GetRequiredValue(From), p.AddressFormat);
        var to = ChainFolder.ParseAddress(parsed.GetRequiredValue(To), p.AddressFormat);
        var peer = ParsePeer(parsed.GetValue(Peer), p);
        using var wallet = KeyStore.Load(settings.WalletPath);
        if (from.KeyHash is not { } hash || !wallet.Contains(hash))
            throw CommandException.FromRpc(RpcErrorCode.InvalidAddressOrKey, $"The wallet {settings.WalletPath} has no key for {from}. 'chain listaddresses' shows what it has.");
        PassphraseOption.Unlock(wallet, parsed.GetValue(PassphraseFile), console.Error);

        var client = await ChainFolder.ConnectAsync(settings, console.Clock, cancellationToken).ConfigureAwait(false);
        await using (client.ConfigureAwait(false))
        {
            var payment = await BuildAsync(client, wallet, from, to, amount, MempoolPolicy.For(p), fee ?? FeePolicy.PerThousandBytes(p.MinRelayFeeRate), cancellationToken).ConfigureAwait(false);
            var isMined = parsed.GetValue(Mine);
            if (client is LocalNodeClient local && !isMined) await HandOverAsync(local.Chain, payment.Transaction, peer, console, cancellationToken).ConfigureAwait(false);
            _ = await client.CallAsync("sendrawtransaction", new JsonArray(Convert.ToHexStringLower(payment.Transaction.Raw.Span), 0), cancellationToken).ConfigureAwait(false);
            var mined = isMined ? await MineAsync(client, from, payment.Transaction.Id, cancellationToken).ConfigureAwait(false) : null;
            await console.Output.WriteLineAsync($"Sent {amount} to {to}{FeeText(payment.Fee)}: transaction {payment.Transaction.Id}").ConfigureAwait(false);
            if (mined is not null) await console.Output.WriteLineAsync($"Mined in block {mined}").ConfigureAwait(false);
            else await console.Error.WriteLineAsync(Next(client, peer, isMined)).ConfigureAwait(false);
        }

        return 0;
    }

    private static async Task<Payment> BuildAsync(INodeClient client, KeyStore wallet, Address from, Address to, Amount amount, MempoolPolicy policy, FeePolicy fee, CancellationToken cancellationToken)
    {
        var utxos = await client.GetAsync("getaddressutxos", cancellationToken, from.ToString()).ConfigureAwait(false);
        var coins = utxos.AsArray().Select(utxo => (Json: utxo!, Coin: ReadCoin(utxo!))).ToList();
        var spendable = coins.Where(c => IsMature(c.Json) && (c.Coin.Confirmations > 0 || IsChange(c.Json))).Select(c => c.Coin).ToList();
        var (recipient, change) = (StandardScripts.PayTo(to), StandardScripts.PayTo(from));
        if (amount.Satoshis < policy.LeastOutput(recipient))
            throw CommandException.FromRpc(RpcErrorCode.VerifyRejected, $"{amount} is too little (dust): the least that nodes pass on to such an address is {Amount.FromSatoshis(policy.LeastOutput(recipient))}.");
        var request = new PaymentRequest(spendable, amount, recipient, change, fee) { LeastChange = Amount.FromSatoshis(policy.LeastOutput(change)) };
        switch (PaymentBuilder.Build(request, wallet.FindPrivateKey))
        {
            case Payment payment:
                return payment;
            case PaymentFailure { Error: PaymentError.InsufficientFunds } failure:
                var held = coins.Sum(c => c.Coin.Output.Value) - spendable.Sum(c => c.Output.Value);
                var wait = held > 0 ? $" Another {(decimal)held / Amount.Coin:0.########} there cannot be spent yet: it is immature, or waits for a block." : "";
                throw CommandException.FromRpc(RpcErrorCode.InsufficientFunds, $"{failure.Message}{wait}");
            case PaymentFailure failure:
                throw new CommandException(failure.Message);
            default:
                throw new InvalidOperationException("A payment has one of two results.");
        }
    }

    private static async Task HandOverAsync(LoadedChain chain, Transaction transaction, EndPoint peer, CommandConsole console, CancellationToken cancellationToken)
    {
        if (chain.Mempool.Test(transaction) is { } rejection) throw CommandException.FromRpc(RpcErrorCode.VerifyRejected, $"The payment is not valid here: {rejection}");
        IReadOnlyList<Transaction> transactions = [.. chain.Mempool.InOrder().Select(entry => entry.Transaction), transaction];
        var failure = await TransactionHandover.SendAsync(peer, transactions, chain.Params, chain.Chainstate.Tip.Height, console.Clock, cancellationToken).ConfigureAwait(false);
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

    private static string Next(INodeClient client, EndPoint peer, bool isMined) =>
        isMined ? "A block was mined, but it was full: the payment waits for another one."
        : client.IsRemote ? "It waits in the node's pool and is passed on to others, until a miner takes it into a block."
        : $"It was handed to the node at {PeerEndPoint.Format(peer)}, and waits there until a miner takes it into a block.";

    private static string FeeText(Amount fee) => fee == Amount.Zero ? "" : $" (fee {fee})";

    private static Amount ParseAmount(string text, string option, bool allowZero)
    {
        if (!Amount.TryParse(text, out var amount))
            throw CommandException.Usage($"{option} {text} is no amount: it is a number of coins such as 1.5, with at most 8 decimals, and at most 21000000.");
        return amount != Amount.Zero || allowZero ? amount : throw CommandException.Usage($"{option} must be more than zero.");
    }

    private static EndPoint ParsePeer(string? text, ChainParams p)
    {
        if (text is null) return new IPEndPoint(IPAddress.Loopback, NodeSettings.CentralNode);
        return PeerEndPoint.TryParse(text, p.DefaultPort, out var endPoint) ? endPoint : throw CommandException.Usage($"--peer {text} is no HOST:PORT.");
    }

    private static SpendableCoin ReadCoin(JsonNode utxo)
    {
        if (!TxId.TryParse(utxo["txid"]!.GetValue<string>(), out var id)) throw new CommandException("The node's answer to getaddressutxos cannot be read.");
        var output = new TxOut(utxo["satoshis"]!.GetValue<long>(), Convert.FromHexString(utxo["scriptPubKey"]!.GetValue<string>()));
        return new SpendableCoin(new OutPoint(id, utxo["vout"]!.GetValue<uint>()), output, utxo["confirmations"]!.GetValue<int>());
    }

    private static bool IsMature(JsonNode utxo) => utxo["mature"]!.GetValue<bool>();

    private static bool IsChange(JsonNode utxo) => utxo["change"]!.GetValue<bool>();
}
