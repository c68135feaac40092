using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands.Wallets;

/// <summary><c>chain wallet sign</c>: proves that one has the key of an address.</summary>
internal static class WalletSignCommand
{
    public static Command Create(CommandConsole console)
    {
        var address = new Argument<string>("ADDRESS") { Description = "An address of the wallet that begins as P2PKH ones do, or its label." };
        var message = new Argument<string>("MESSAGE") { Description = "What is signed." };
        var command = new Command("sign", """
            Sign a message with the key of an address.

            Examples:
              chain wallet sign alice "I was here"               with the key of the address under a label
              chain wallet sign ADDRESS "I was here"
              chain wallet verify alice SIGNATURE "I was here"   checks it
            """) { address, message, WalletAccess.PassphraseFile };
        command.Runs(console, (run, cancellationToken) => WalletAccess.UseKeysOfFileAsync(run, async client =>
        {
            var text = (await run.FindAddressAsync(client, run.Parsed.GetRequiredValue(address), cancellationToken).ConfigureAwait(false)).ToString();
            var signature = await WalletAccess.UnlockedAsync(run, client, () => client.GetAsync("signmessage", cancellationToken, text, run.Parsed.GetRequiredValue(message)), cancellationToken).ConfigureAwait(false);
            await run.DataAsync(new JsonObject { ["address"] = text, ["signature"] = signature.DeepClone() }, signature.GetValue<string>()).ConfigureAwait(false);
            run.Say("'chain wallet verify ADDRESS SIGNATURE MESSAGE' checks it.");
        }, cancellationToken));
        return command;
    }
}
