using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands;

/// <summary><c>chain getbalance</c>: what an address has in the chain, and what is on its way; or what the wallet has.</summary>
internal static class GetBalanceCommand
{
    private static readonly Option<string?> Address = new("--address") { Description = "Whose balance: an address or a label. Without it that of the node's wallet.", HelpName = "ADDRESS" };

    public static Command Create(CommandConsole console)
    {
        var command = new Command("getbalance", """
            Show what an address has, or the node's wallet.

            Examples:
              chain getbalance                 the wallet: confirmed, unconfirmed, immature
              chain getbalance --address bob   an address, or the label of one
              chain getbalance --json          for programs
            """) { Address };
        command.Runs(console, RunAsync);
        return command;
    }

    private static async Task RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var client = await run.LookAsync(cancellationToken).ConfigureAwait(false);
        await using (client.ConfigureAwait(false))
        {
            if (run.Get(Address) is { } text) await ShowAddressAsync(run, client, (await run.FindAddressAsync(client, text, cancellationToken).ConfigureAwait(false)).ToString(), cancellationToken).ConfigureAwait(false);
            else await ShowWalletAsync(run, client, cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task ShowAddressAsync(CommandRun run, INodeClient client, string address, CancellationToken cancellationToken)
    {
        var balance = await client.GetAsync("getaddressbalance", cancellationToken, address).ConfigureAwait(false);
        var json = new JsonObject { ["address"] = address };
        foreach (var (name, value) in balance.AsObject()) json[name] = value?.DeepClone();
        await run.DataAsync(json, BalanceText.OfAddress(run.Get(Address)!, Number(balance, "balance")), Coins(balance, "balance")).ConfigureAwait(false);
        if (Number(balance, "immature") is var immature && immature != 0) run.Say(BalanceText.Immature(immature));
        Tell(run, balance, "leaving", "is being spent by waiting transactions");
        Tell(run, balance, "coming", "comes with waiting transactions");
    }

    private static async Task ShowWalletAsync(CommandRun run, INodeClient client, CancellationToken cancellationToken)
    {
        var balances = await client.GetAsync("getbalances", cancellationToken).ConfigureAwait(false);
        var mine = balances["mine"]!;
        var json = new JsonObject
        {
            ["confirmed"] = mine["trusted"]!.DeepClone(),
            ["unconfirmed"] = mine["untrusted_pending"]!.DeepClone(),
            ["immature"] = mine["immature"]!.DeepClone(),
        };
        if (balances["watchonly"] is JsonObject watched)
        {
            json["watchonly"] = new JsonObject
            {
                ["confirmed"] = watched["trusted"]!.DeepClone(),
                ["unconfirmed"] = watched["untrusted_pending"]!.DeepClone(),
                ["immature"] = watched["immature"]!.DeepClone(),
            };
        }

        await run.DataAsync(json, screen =>
        {
            List<(string, string)> pairs = [("Confirmed", Coins(json, "confirmed")), ("Unconfirmed", Coins(json, "unconfirmed")), ("Immature", Coins(json, "immature"))];
            if (json["watchonly"] is { } other)
                pairs.AddRange([("Watched, confirmed", Coins(other, "confirmed")), ("Watched, unconfirmed", Coins(other, "unconfirmed")), ("Watched, immature", Coins(other, "immature"))]);
            screen.Pairs(pairs);
        }).ConfigureAwait(false);

        // A command that opened the wallet itself has looked through the chain to its end.
        if (client.IsRemote && BalanceText.Scanning(await client.GetAsync("getwalletinfo", cancellationToken).ConfigureAwait(false)) is { } scanning) run.Warn(scanning);
    }

    private static void Tell(CommandRun run, JsonNode balance, string name, string what)
    {
        if (Coins(balance, name) is var coins && coins != "0") run.Say($"{coins} {what}");
    }

    private static string Coins(JsonNode balance, string name) => BalanceText.Coins(Number(balance, name));

    private static decimal Number(JsonNode balance, string name) =>
        balance[name] is { } coins ? coins.GetValue<decimal>() : throw new CommandException($"The node's answer has no '{name}'.");
}
