using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;

namespace Chain.Node.Commands;

/// <summary><c>chain reorg</c>: replaces the highest blocks by a branch with more work, as others might do to one.</summary>
internal static class ReorgCommand
{
    private static readonly Argument<int> Depth = new("DEPTH")
    {
        Description = "How many blocks are replaced.",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var depth) && depth is >= 1 and <= Reorganisation.MostBlocks) return depth;
            result.AddError($"'{text}' is no depth: it is a whole number from 1 to {Reorganisation.MostBlocks}.");
            return 0;
        },
    };

    private static readonly Option<bool> Keep = new("--keep-transactions") { Description = "The new blocks hold the payments of those that they replace. Without it these wait again." };

    private static readonly Option<bool> Drop = new("--drop") { Description = "The payments of the blocks that are replaced vanish, here at least: other nodes may still have them." };

    public static Command Create(CommandConsole console)
    {
        var command = new Command(
            "reorg",
            """
            Replace the highest blocks by a branch with more work.

            Examples:
              chain reorg 2                      three blocks take the place of two; the payments in them wait again
              chain reorg 2 --keep-transactions  the new blocks hold the payments
              chain reorg 1 --drop               the payments vanish, as after a double spend
            """)
        { Depth, Keep, Drop };
        command.Runs(console, RunAsync);
        return command;
    }

    private static async Task RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        if (run.Get(Keep) && run.Get(Drop)) throw CommandException.Usage("--keep-transactions and --drop contradict each other: leave one out.");
        var payments = run.Get(Keep) ? "keep" : run.Get(Drop) ? "drop" : "return";
        var client = await run.ConnectAsync(cancellationToken).ConfigureAwait(false);
        await using (client.ConfigureAwait(false))
        {
            var json = await Rpc.NodeClientExtensions.GetAsync(client, "reorg", cancellationToken, run.Get(Depth), payments).ConfigureAwait(false);
            await run.DataAsync(json, screen => Show(screen, json)).ConfigureAwait(false);
            run.Say(Next(json));
        }
    }

    private static void Show(Screen screen, JsonNode json)
    {
        var (left, came) = (json["left"]!.AsArray(), json["came"]!.AsArray());
        screen.Line($"Reorganised above block {json["fork"]!["height"]}: {Blocks(left.Count)} left, {came.Count} came. The chain's height is {json["height"]}.");
        screen.Table(["", " Height", "Block", " Transactions"], [.. Rows("left", left), .. Rows("came", came)]);
        foreach (var (name, what) in new[] { ("kept", "in the new blocks"), ("returned", "waits again"), ("lost", "is gone") })
        {
            foreach (var id in json[name]!.AsArray()) screen.Line($"Payment {id} {what}.");
        }
    }

    private static IEnumerable<IReadOnlyList<string>> Rows(string what, JsonArray blocks) =>
        blocks.Select(block => (string[])[what, $"{block!["height"]}", $"{block["hash"]}", $"{block["transactions"]}"]);

    private static string Next(JsonNode json) =>
        json["returned"]!.AsArray().Count > 0
            ? "What waits again goes into a later block: 'chain mine' makes one."
            : "'chain printchain' shows the chain as it is now.";

    private static string Blocks(int count) => count == 1 ? "1 block" : $"{count} blocks";
}
