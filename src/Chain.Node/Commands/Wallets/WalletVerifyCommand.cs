using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands.Wallets;

/// <summary><c>chain wallet verify</c>: checks a signed message.</summary>
internal static class WalletVerifyCommand
{
    public static Command Create(CommandConsole console)
    {
        var address = new Argument<string>("ADDRESS") { Description = "The address that signed, or its label." };
        var signature = new Argument<string>("SIGNATURE") { Description = "The signature, as 'chain wallet sign' gives it." };
        var message = new Argument<string>("MESSAGE") { Description = "What was signed." };
        var command = new Command("verify", """
            Check that a message was signed with the key of an address. Status 1 where it was not.

            Examples:
              chain wallet verify ADDRESS SIGNATURE "I was here"
              chain wallet verify alice SIGNATURE "I was here"     a label stands for the address
              chain wallet sign alice "I was here"                 gives a signature
            """) { address, signature, message };
        command.Runs(console, async (run, cancellationToken) =>
        {
            var status = 0;
            await WalletAccess.LookAtFileAsync(run, async client =>
            {
                var text = (await run.FindAddressAsync(client, run.Parsed.GetRequiredValue(address), cancellationToken).ConfigureAwait(false)).ToString();
                var isGood = await IsGoodAsync(client, text, run.Parsed.GetRequiredValue(signature), run.Parsed.GetRequiredValue(message), cancellationToken).ConfigureAwait(false);
                await run.DataAsync(new JsonObject { ["address"] = text, ["valid"] = isGood }, isGood ? $"Good: {text} signed that." : $"Wrong: {text} did not sign that.").ConfigureAwait(false);
                status = isGood ? 0 : CommandException.GeneralStatus;
            }, cancellationToken).ConfigureAwait(false);
            return status;
        });
        return command;
    }

    private static async Task<bool> IsGoodAsync(INodeClient client, string address, string signature, string message, CancellationToken cancellationToken)
    {
        try
        {
            return (await client.GetAsync("verifymessage", cancellationToken, address, signature, message).ConfigureAwait(false)).GetValue<bool>();
        }
        catch (RpcException e) when (e.Code is RpcErrorCode.TypeError or RpcErrorCode.InvalidParameter)
        {
            throw CommandException.FromRpc(e.Code, $"{e.Message.TrimEnd('.')}: that was no check. The order is ADDRESS SIGNATURE MESSAGE, the address one that begins as P2PKH ones do, the signature as 'chain wallet sign' gave it.");
        }
    }
}
