using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands.Show;

/// <summary><c>chain show tip</c>: the newest block of the chain.</summary>
internal static class ShowTipCommand
{
    public static Command Create(CommandConsole console)
    {
        var command = new Command("tip", """
            The newest block of the chain.

            Examples:
              chain show tip
              chain show tip --node 3001   where another node stands
              chain show tip --json        for programs
            """);
        command.Runs(console, RunAsync);
        return command;
    }

    private static async Task RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var client = await run.LookAsync(cancellationToken).ConfigureAwait(false);
        await using (client.ConfigureAwait(false))
        {
            var chain = await client.GetAsync("getblockchaininfo", cancellationToken).ConfigureAwait(false);
            var block = await client.GetAsync("getblock", cancellationToken, chain["bestblockhash"]!.DeepClone(), 1).ConfigureAwait(false);
            var json = new JsonObject
            {
                ["chain"] = chain["chain"]!.DeepClone(),
                ["height"] = block["height"]!.DeepClone(),
                ["hash"] = block["hash"]!.DeepClone(),
                ["time"] = block["time"]!.DeepClone(),
                ["transactions"] = block["nTx"]!.DeepClone(),
                ["size"] = block["size"]!.DeepClone(),
                ["difficulty"] = block["difficulty"]!.DeepClone(),
                ["chainwork"] = block["chainwork"]!.DeepClone(),
            };
            await run.DataAsync(json, screen => screen.Pairs(
            [
                ("Chain", $"{json["chain"]}"),
                ("Height", $"{json["height"]}"),
                ("Block", $"{json["hash"]}"),
                ("Time", ShowCommand.Time(json["time"])),
                ("Transactions", $"{json["transactions"]}"),
                ("Size", $"{json["size"]} bytes"),
                ("Difficulty", $"{json["difficulty"]}"),
            ])).ConfigureAwait(false);
        }
    }
}
