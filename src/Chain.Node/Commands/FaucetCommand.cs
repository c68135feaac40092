using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Node.Commands.Wallets;

namespace Chain.Node.Commands;

/// <summary><c>chain faucet</c>: coins to try things with, from the node's wallet, or mined where it has none.</summary>
internal static class FaucetCommand
{
    private const string DefaultAmount = "10";

    private static readonly Argument<string> To = new("ADDRESS") { Description = "Who gets the coins: an address or a label." };

    private static readonly Argument<string> AmountArgument = new("N")
    {
        Description = "How many coins; 10 without it.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => DefaultAmount,
    };

    public static Command Create(CommandConsole console)
    {
        var command = new Command(
            "faucet",
            """
            Give coins to an address of a test chain: from this node's wallet, or newly mined ones.

            Examples:
              chain faucet bob            10 coins for bob
              chain faucet bob 250        250 coins
              chain faucet ADDRESS 0.5    half a coin for an address that may be anybody's
            """)
        { To, AmountArgument, WalletAccess.PassphraseFile };
        command.Runs(console, RunAsync);
        return command;
    }

    private static async Task RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var text = run.Get(AmountArgument)!;
        if (!Amount.TryParse(text, out var amount) || amount == Amount.Zero)
            throw CommandException.Usage($"'{text}' is no amount: it is a number of coins such as 1.5, more than zero, with at most 8 decimals.");
        _ = run.Params;
        WalletUnlock.AskAhead(run, run.Get(WalletAccess.PassphraseFile));
        var client = await run.ConnectAsync(cancellationToken).ConfigureAwait(false);
        await using (client.ConfigureAwait(false))
        {
            var to = await run.FindAddressAsync(client, run.Get(To)!, cancellationToken).ConfigureAwait(false);
            var source = new FaucetSource(run, client, to);
            var told = File.Exists(run.Settings.CommandWalletPath) && await FaucetPayers.ReadAsync(client, to, cancellationToken).ConfigureAwait(false) is { } payers
                ? await source.PayAsync(payers, amount, cancellationToken).ConfigureAwait(false)
                : await source.MineToAsync(amount, cancellationToken).ConfigureAwait(false);
            var sentence = Sentence(told, run.Get(To)!);
            await run.DataAsync(told, sentence, bare: sentence).ConfigureAwait(false);
            if (source.Young > 0) run.Say($"{BalanceText.Immature((decimal)source.Young / Amount.Coin)}: more blocks must come first, {run.Params.CoinbaseMaturity} for each reward.");
            run.Say(told["blockhash"] is null ? "It waits in the pool, until a miner takes it into a block." : $"{ShellWord.Line("chain getbalance --address", run.Get(To)!)} shows it.");
        }
    }

    private static string Sentence(JsonObject told, string to)
    {
        var coins = told["amount"]!.GetValue<decimal>().ToString("0.########", CultureInfo.InvariantCulture);
        var blocks = told["mined"]!.GetValue<int>();
        var mined = blocks == 0 ? "" : $" Mined {(blocks == 1 ? "1 block" : $"{blocks} blocks")} for it.";
        return told["txid"] is { } id
            ? $"{to} got {coins} from {told["from"]}: transaction {id}.{mined}"
            : $"{to} got {coins} newly mined coins to spend, as rewards of whole blocks.{mined}";
    }
}
