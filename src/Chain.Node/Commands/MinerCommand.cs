using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Chain.Node.Commands.Net;
using Chain.Node.Commands.Wallets;
using Chain.Node.Rpc;

namespace Chain.Node.Commands;

/// <summary><c>chain miner</c>: starts, changes and stops the mining of the node that runs here.</summary>
internal static class MinerCommand
{
    private static readonly Option<string?> Address = new("--address")
    {
        Description = "Who is paid: an address or a label. Without it who was before, or the wallet's newest address.",
        HelpName = "ADDRESS",
    };

    private static readonly Option<int?> Threads = NumberOption.Create("--threads", "The threads that mine; as before without it, at first all processors.", "N");

    public static Command Create(CommandConsole console)
    {
        var start = new Command("start", """
            Mine from now on, or change how.

            Examples:
              chain miner start                             make a block as soon as a transaction waits
              chain miner start --block-time 5              one every 5 seconds, empty ones too
              chain miner start --address bob --threads 1   paid to bob, with one thread
            """) { Address, Threads, MiningOptions.Automine, MiningOptions.BlockTime };
        start.Runs(console, (run, cancellationToken) => AskAsync(run, client => StartAsync(run, client, cancellationToken), cancellationToken, isChange: true));
        var stop = new Command("stop", """
            Mine no more. The node goes on; in a network that is kept until 'chain miner start'.

            Examples:
              chain miner stop    make no blocks
              chain mine          make one nevertheless
              chain miner start   make them again
            """);
        stop.Runs(console, (run, cancellationToken) => AskAsync(run, client => client.GetAsync("stopminer", cancellationToken), cancellationToken, isChange: true));
        var status = new Command("status", """
            Show whether the node mines, and how.

            Examples:
              chain miner status
              chain miner status --node 3001   another node
              chain miner status --json        for programs
            """);
        status.Runs(console, (run, cancellationToken) => AskAsync(run, client => client.GetAsync("getminerinfo", cancellationToken), cancellationToken));
        return new Command(
            "miner",
            """
            Start and stop the mining of the node that runs here.

            Examples:
              chain miner start                   make a block as soon as a transaction waits
              chain miner start --block-time 5    make one every 5 seconds, empty ones too
              chain miner stop                    make none; 'chain mine' still does
            """)
        { start, stop, status };
    }

    private static async Task AskAsync(CommandRun run, Func<INodeClient, Task<JsonNode>> ask, CancellationToken cancellationToken, bool isChange = false)
    {
        var client = await run.LookAsync(cancellationToken).ConfigureAwait(false);
        await using (client.ConfigureAwait(false))
        {
            if (!client.IsRemote)
            {
                throw CommandException.FromRpc(
                    RpcErrorCode.ClientNotConnected, $"No node {run.Settings.NodeId} is running in {run.Settings.DataDirectory}, and only a running one mines by itself. "
                    + "Start one with 'chain startnode', or mine now with 'chain mine'.");
            }

            var json = await ask(client).ConfigureAwait(false);
            if (isChange) await KeepAsync(run, json["running"]!.GetValue<bool>(), cancellationToken).ConfigureAwait(false);
            await run.DataAsync(json, Sentence(json)).ConfigureAwait(false);
            run.Say(json["running"]!.GetValue<bool>() ? "'chain miner stop' ends that; 'chain show tip' shows the newest block." : "'chain miner start' makes it mine; 'chain mine' mines a block now.");
        }
    }

    /// <summary>A network remembers which of its nodes mine, when it is started again and in its snapshots.</summary>
    private static async Task KeepAsync(CommandRun run, bool mines, CancellationToken cancellationToken)
    {
        try
        {
            if (NetFile.Find(run.Settings.DataDirectory)?.With(run.Settings.NodeId, mines) is null) return;
            using var folder = await NetFolder.TakeAsync(run, cancellationToken).ConfigureAwait(false);
            NetFile.Find(folder.Path)?.With(run.Settings.NodeId, mines)?.Save(folder.Path);
        }
        catch (Exception e) when (e is CommandException or IOException or UnauthorizedAccessException)
        {
            run.Say($"That holds until the node ends: {NetFile.FileName}, which says who mines, could not be changed. {e.Message}");
        }
    }

    /// <summary>What is not said stays as it is; but who names a time between blocks alone wants no other blocks.</summary>
    private static async Task<JsonNode> StartAsync(CommandRun run, INodeClient client, CancellationToken cancellationToken)
    {
        var blockTime = MiningOptions.ParseBlockTime(run.Parsed);
        if (run.Get(Threads) is <= 0 or > MiningOrder.MostThreads) throw CommandException.Usage($"--threads must be from 1 to {MiningOrder.MostThreads}.");
        var before = await client.GetAsync("getminerinfo", cancellationToken).ConfigureAwait(false);
        var payee = run.Get(Address) is { } text ? (await run.FindAddressAsync(client, text, cancellationToken).ConfigureAwait(false)).ToString()
            : before["address"] is null ? await WalletAccess.NewestAddressAsync(run, client, cancellationToken).ConfigureAwait(false)
            : null;
        bool? automine = run.Get(MiningOptions.Automine) ? true : blockTime is null ? null : false;

        // --automine alone means that mode and no other.
        double? interval = blockTime?.TotalSeconds ?? (automine is true ? 0 : null);
        return await client.GetAsync("startminer", cancellationToken, payee, run.Get(Threads), automine, interval).ConfigureAwait(false);
    }

    private static string Sentence(JsonNode json)
    {
        if (!json["running"]!.GetValue<bool>()) return "The node does not mine.";
        var threads = json["threads"]!.GetValue<int>();
        var interval = json["blocktime"]?.GetValue<double>().ToString("0.###", CultureInfo.InvariantCulture);
        var when = (json["automine"]!.GetValue<bool>(), interval) switch
        {
            (true, null) => "as soon as a transaction waits",
            (true, _) => $"as soon as a transaction waits, and every {interval} s",
            _ => $"every {interval} s",
        };
        return $"The node mines to {json["address"]} with {threads} {(threads == 1 ? "thread" : "threads")}, {when}.";
    }
}
