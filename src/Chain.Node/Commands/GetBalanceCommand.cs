using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Chain.Node.Commands;

/// <summary><c>chain getbalance</c>: what an address has in the chain; what is on its way is said beside it.</summary>
internal static class GetBalanceCommand
{
    public static Command Create(CommandConsole console)
    {
        var address = new Option<string>("--address") { Description = "Whose balance.", Required = true, HelpName = "ADDRESS" };
        var command = new Command("getbalance", "Show what an address has.") { address };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var settings = GlobalOptions.Settings(parsed);
            var text = parsed.GetRequiredValue(address);
            _ = ChainFolder.ParseAddress(text, ChainFolder.GetParams(settings).AddressFormat);
            var client = await ChainFolder.ConnectAsync(settings, console.Clock, cancellationToken).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                var balance = await client.CallAsync("getaddressbalance", new JsonArray(text), cancellationToken).ConfigureAwait(false);
                await console.Output.WriteLineAsync($"Balance of '{text}': {Coins(balance, "balance")}").ConfigureAwait(false);
                await TellOfAsync(console.Error, balance, "immature", "cannot be spent yet").ConfigureAwait(false);
                await TellOfAsync(console.Error, balance, "leaving", "is being spent by waiting transactions").ConfigureAwait(false);
                await TellOfAsync(console.Error, balance, "coming", "comes with waiting transactions").ConfigureAwait(false);
            }
        });
        return command;
    }

    private static async Task TellOfAsync(TextWriter error, JsonNode? balance, string name, string what)
    {
        if (Coins(balance, name) is var coins && coins != "0") await error.WriteLineAsync($"{coins} {what}").ConfigureAwait(false);
    }

    private static string Coins(JsonNode? balance, string name) =>
        balance?[name] is { } coins
            ? coins.GetValue<decimal>().ToString("0.########", CultureInfo.InvariantCulture)
            : throw new CommandException($"The node's answer has no '{name}'.");
}
