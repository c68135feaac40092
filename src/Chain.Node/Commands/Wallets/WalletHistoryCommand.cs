using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands.Wallets;

/// <summary><c>chain wallet history</c>: what came and went.</summary>
internal static class WalletHistoryCommand
{
    private const int UsualCount = 20;

    public static Command Create(CommandConsole console)
    {
        var limit = NumberOption.Create("--limit", $"At most this many entries, the newest; {UsualCount} without it.", "N");
        var command = new Command("history", """
            What came and went, newest last, without change; --json gives entries as listtransactions does.

            Examples:
              chain wallet history
              chain wallet history --limit 100   more of it
              chain wallet history --json        for programs
            """) { limit };
        command.Runs(console, async (run, cancellationToken) =>
        {
            if (run.Get(limit) is <= 0) throw CommandException.Usage("--limit must be 1 or more.");
            await WalletAccess.LookAsync(run, async client =>
            {
                var entries = (await client.GetAsync("listhistory", cancellationToken, run.Get(limit) ?? UsualCount).ConfigureAwait(false)).AsArray();
                await run.DataAsync(entries, screen =>
                {
                    if (entries.Count > 0) screen.Table(["Time", "What", " Coins", " Confirmations", "Address or label", "Transaction"], [.. entries.Select(entry => Row(entry!))]);
                }).ConfigureAwait(false);
                if (entries.Count == 0) run.Say("Nothing came and nothing went yet.");
            }, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static string[] Row(JsonNode entry) =>
    [
        DateTimeOffset.FromUnixTimeSeconds(entry["time"]!.GetValue<long>()).ToString("u", CultureInfo.InvariantCulture),
        entry["category"]!.GetValue<string>(),
        BlockText.Coins(entry["amount"]),
        $"{entry["confirmations"]}",
        entry["label"]?.GetValue<string>() is { Length: > 0 } label ? label : $"{entry["address"]}",
        $"{entry["txid"]}",
    ];
}
