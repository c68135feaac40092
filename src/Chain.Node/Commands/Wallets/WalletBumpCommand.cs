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

            HashText.CheckTxId(run.Parsed.GetRequiredValue(id));
            await WalletAccess.UseKeysAsync(run, client => WalletAccess.UnlockedAsync(run, client, async () =>
            {
                var bumped = await BumpAsync(client, run.Parsed.GetRequiredValue(id), options, cancellationToken).ConfigureAwait(false);
                await run.DataAsync(bumped, $"Replaced by {bumped["txid"]}: the fee is {BlockText.Coins(bumped["fee"])} now, {BlockText.Coins(bumped["origfee"])} before.").ConfigureAwait(false);
                run.Say("It waits in place of the other one: 'chain show mempool' shows it, 'chain wallet history' both.");
            }, cancellationToken), cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task<JsonNode> BumpAsync(INodeClient client, string id, JsonObject options, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetAsync("bumpfee", cancellationToken, id, options).ConfigureAwait(false);
        }
        catch (RpcException e) when (e.Code is RpcErrorCode.InvalidAddressOrKey or RpcErrorCode.WalletError or RpcErrorCode.InvalidParameter)
        {
            throw CommandException.FromRpc(e.Code, $"Nothing was replaced. {Explain(e.Message.TrimEnd('.'), id)}");
        }
    }

    /// <summary>Why it cannot be replaced, and what to do; the node's own words where they are rare.</summary>
    private static string Explain(string message, string id) => message switch
    {
        "Invalid or non-wallet transaction id" => $"{id} is no payment of this wallet. 'chain wallet history' lists those that are.",
        "Transaction has been mined, or is conflicted with a mined transaction" => $"The payment {id} is in a block already, or another one with the same coins is: 'chain show tx {id}' shows how it stands. Only one that waits can be replaced.",
        "Transaction is not BIP 125 replaceable" => $"The payment {id} does not let itself be replaced (BIP125): wait until a miner takes it. Payments that 'chain send' makes can be replaced, unless walletrbf=0 stands in the configuration.",
        "Transaction has descendants in the wallet" or "Transaction has descendants in the mempool" => $"What the payment {id} pays is spent on already by one that waits too: replace that one. 'chain show mempool' lists both.",
        _ when message.Split(" which was already bumped by transaction ") is [_, var by] => $"The payment {id} was replaced before, by {by}: replace that one, with 'chain wallet bump {by}'.",
        _ => $"{message}. 'chain show tx {id}' shows how it stands.",
    };
}
