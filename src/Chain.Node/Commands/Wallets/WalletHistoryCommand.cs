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
                // One more than is shown tells whether there are older ones.
                var most = run.Get(limit) ?? UsualCount;
                var entries = (await client.GetAsync("listhistory", cancellationToken, most == int.MaxValue ? most : most + 1).ConfigureAwait(false)).AsArray();
                var isCut = entries.Count > most;
                if (isCut) entries.RemoveAt(0);
                await run.DataAsync(entries, screen =>
                {
                    if (entries.Count > 0) screen.Table(["Time", "What", " Coins", " Confirmations", "Address or label", "Transaction"], [.. entries.Select(entry => Row(entry!))]);
                }).ConfigureAwait(false);
                if (entries.Count == 0) run.Say("Nothing came and nothing went yet.");
                if (isCut) run.Say($"{(most == 1 ? "Only the last one is shown" : $"Only the last {most} are shown")}, and there are older ones: 'chain wallet history --limit {MoreThan(most)}' shows more.");
            }, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static long MoreThan(int shown) => Math.Min(int.MaxValue, 5L * shown);

    /// <summary>What became of a transaction that will not be confirmed, as far as is seen; null of every other one.</summary>
    private static string? Fate(JsonNode entry) =>
        entry["confirmations"]!.GetValue<int>() > 0 ? null
        : entry["abandoned"]?.GetValue<bool>() is true ? "abandoned"
        : entry["replaced_by_txid"] is not null ? "replaced"
        : entry["confirmations"]!.GetValue<int>() < 0 || entry["mempoolconflicts"] is JsonArray { Count: > 0 } ? "conflicted"
        : null;

    private static string[] Row(JsonNode entry) =>
    [
        DateTimeOffset.FromUnixTimeSeconds(entry["time"]!.GetValue<long>()).ToString("u", CultureInfo.InvariantCulture),
        Fate(entry) is { } fate ? $"{entry["category"]}, {fate}" : $"{entry["category"]}",
        BlockText.Coins(entry["amount"]),
        $"{entry["confirmations"]}",
        entry["label"]?.GetValue<string>() is { Length: > 0 } label ? label : $"{entry["address"]}",
        $"{entry["txid"]}",
    ];
}
