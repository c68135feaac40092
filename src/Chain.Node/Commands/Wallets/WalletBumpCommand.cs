using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands.Wallets;

/// <summary><c>chain wallet bump</c>: replaces a payment that waits by one that pays the miner more (BIP125).</summary>
internal static class WalletBumpCommand
{
    public static Command Create(CommandConsole console)
    {
        var id = new Argument<string>("TXID") { Description = "The payment that waits." };
        var rate = new Option<string?>("--fee-rate") { Description = "How many satoshis the miner gets for each vbyte; without it as few more as replacing takes.", HelpName = "RATE" };
        var command = new Command("bump", """
            Replace a payment that waits by one that pays the miner more (BIP125).

            Examples:
              chain wallet bump TXID                 as few more as replacing takes
              chain wallet bump TXID --fee-rate 20   20 satoshis a vbyte
              chain show mempool                     what waits
            """) { id, rate, WalletAccess.PassphraseFile };
        command.Runs(console, async (run, cancellationToken) =>
        {
            var options = new JsonObject();
            if (run.Get(rate) is { } text)
            {
                options["fee_rate"] = decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var perByte)
                    ? perByte
                    : throw CommandException.Usage($"--fee-rate {text} is no rate: it is a number of satoshis a vbyte.");
            }

            await WalletAccess.UseKeysAsync(run, client => WalletAccess.UnlockedAsync(run, client, async () =>
            {
                var bumped = await client.GetAsync("bumpfee", cancellationToken, run.Parsed.GetRequiredValue(id), options).ConfigureAwait(false);
                await run.DataAsync(bumped, $"Replaced by {bumped["txid"]}: the fee is {BlockText.Coins(bumped["fee"])} now, {BlockText.Coins(bumped["origfee"])} before.").ConfigureAwait(false);
                run.Say("It waits in place of the other one: 'chain show mempool' shows it, 'chain wallet history' both.");
            }, cancellationToken), cancellationToken).ConfigureAwait(false);
        });
        return command;
    }
}
