using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands.Show;

/// <summary><c>chain show peers</c>: the nodes that the running one is connected to.</summary>
internal static class ShowPeersCommand
{
    public static Command Create(CommandConsole console)
    {
        var command = new Command("peers", """
            The nodes that this one is connected to; --json gives what getpeerinfo does.

            Examples:
              chain show peers
              chain show peers --node 3001   those of another node
              chain show peers --json        for programs
            """);
        command.Runs(console, async (run, cancellationToken) =>
        {
            var client = await run.LookAsync(cancellationToken).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                var peers = (await client.GetAsync("getpeerinfo", cancellationToken).ConfigureAwait(false)).AsArray();
                await run.DataAsync(peers, screen =>
                {
                    if (peers.Count > 0) screen.Table([" Id", "Address", "Way", "Program", " Height", " Ping"], [.. peers.Select(peer => Row(peer!))]);
                }).ConfigureAwait(false);
                if (peers.Count == 0) run.Say("No peer is connected. 'chain startnode --peer HOST:PORT' or 'chain rpc addnode HOST:PORT add' connects one.");
            }
        });
        return command;
    }

    private static string[] Row(JsonNode peer) =>
    [
        $"{peer["id"]}",
        $"{peer["addr"]}",
        peer["inbound"]!.GetValue<bool>() ? "in" : "out",
        $"{peer["subver"]}",
        $"{peer["synced_blocks"] ?? peer["startingheight"]}",
        peer["pingtime"] is { } ping ? $"{ping.GetValue<double>() * 1000:0.0} ms" : "",
    ];
}
