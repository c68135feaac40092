using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands.Show;

/// <summary><c>chain show address</c>: what an address has, coin by coin.</summary>
internal static class ShowAddressCommand
{
    public static Command Create(CommandConsole console)
    {
        var address = new Argument<string>("ADDRESS") { Description = "An address or a label." };
        var command = new Command("address", """
            What an address has, and each of its unspent outputs.

            Examples:
              chain show address bob          the address under a label
              chain show address ADDRESS
              chain show address bob --json   for programs
            """) { address };
        command.Runs(console, async (run, cancellationToken) =>
        {
            var client = await run.LookAsync(cancellationToken).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                var text = (await run.FindAddressAsync(client, run.Parsed.GetRequiredValue(address), cancellationToken).ConfigureAwait(false)).ToString();
                var balance = await client.GetAsync("getaddressbalance", cancellationToken, text).ConfigureAwait(false);
                var coins = await client.GetAsync("getaddressutxos", cancellationToken, text).ConfigureAwait(false);
                var json = new JsonObject { ["address"] = text };
                foreach (var (name, value) in balance.AsObject()) json[name] = value?.DeepClone();
                json["utxos"] = coins.DeepClone();
                await run.DataAsync(json, screen => Show(screen, json)).ConfigureAwait(false);
            }
        });
        return command;
    }

    private static void Show(Screen screen, JsonObject json)
    {
        screen.Pairs(
        [
            ("Address", json["address"]!.GetValue<string>()),
            ("Balance", BlockText.Coins(json["balance"])),
            ("Immature", BlockText.Coins(json["immature"])),
            ("Leaving", BlockText.Coins(json["leaving"])),
            ("Coming", BlockText.Coins(json["coming"])),
        ]);
        if (json["utxos"]!.AsArray() is not { Count: > 0 } coins) return;
        screen.Table(["Output", " Coins", " Confirmations"], [.. coins.Select(coin => new[] { $"{coin!["txid"]}:{coin["vout"]}", BlockText.Coins(coin["amount"]), $"{coin["confirmations"]}" })]);
    }
}
