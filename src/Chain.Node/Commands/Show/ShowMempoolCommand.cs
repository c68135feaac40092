using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands.Show;

/// <summary><c>chain show mempool</c>: the transactions that wait for a block.</summary>
internal static class ShowMempoolCommand
{
    public static Command Create(CommandConsole console)
    {
        var command = new Command("mempool", """
            The transactions that wait for a block; --json gives what getrawmempool true does.

            Examples:
              chain show mempool
              chain show mempool --node 3001   what waits at another node
              chain show mempool --json        for programs
            """);
        command.Runs(console, async (run, cancellationToken) =>
        {
            var client = await run.LookAsync(cancellationToken).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                var waiting = (await client.GetAsync("getrawmempool", cancellationToken, true).ConfigureAwait(false)).AsObject();
                await run.DataAsync(waiting, screen =>
                {
                    if (waiting.Count > 0) screen.Table(["Transaction", " vbytes", " Fee", "Since"], [.. waiting.Select(Row)]);
                }).ConfigureAwait(false);
                if (waiting.Count == 0) run.Say("No transaction waits.");
            }
        });
        return command;
    }

    private static string[] Row(KeyValuePair<string, JsonNode?> entry) =>
        [entry.Key, $"{entry.Value!["vsize"]}", BlockText.Coins(entry.Value["fees"]!["base"]), ShowCommand.Time(entry.Value["time"])];
}
