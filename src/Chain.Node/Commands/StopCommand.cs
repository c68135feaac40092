using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;
using Chain.State.Storage;

namespace Chain.Node.Commands;

/// <summary><c>chain stop</c>: ends the node that runs here, and waits until it has.</summary>
internal static class StopCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    public static Command Create(CommandConsole console)
    {
        var command = new Command("stop", """
            End the node that runs here, and wait until its files are closed.

            Examples:
              chain stop               node 3000 of the current folder
              chain stop --node 3001   another one
              chain net down           all nodes of a network
            """);
        command.Runs(console, RunAsync);
        return command;
    }

    private static CommandException NothingToStop(CommandRun run, string where) => CommandException.FromRpc(
        RpcErrorCode.ClientNotConnected, $"No node {run.Settings.NodeId} is running in {run.Settings.DataDirectory}{where}: there is nothing to stop. --node and --datadir name another.");

    private static async Task RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        if (ChainFolder.FindParams(run.Settings) is null) throw NothingToStop(run, ", which has no chain");
        var client = await run.LookAsync(cancellationToken).ConfigureAwait(false);
        await using (client.ConfigureAwait(false))
        {
            if (!client.IsRemote) throw NothingToStop(run, "");
            _ = await client.CallAsync("stop", null, cancellationToken).ConfigureAwait(false);
        }

        while (DatabaseLock.ReadOwner(run.Settings.DatabasePath) is not null)
        {
            if (DatabaseLock.TryTake(run.Settings.DatabasePath, Environment.ProcessId, httpPort: 0) is { } free)
            {
                free.Dispose();
                break;
            }

            await Task.Delay(Pause, run.Clock, cancellationToken).ConfigureAwait(false);
        }

        await run.DataAsync(new JsonObject { ["node"] = run.Settings.NodeId, ["stopped"] = true }, $"Node {run.Settings.NodeId} stopped.").ConfigureAwait(false);
        run.Say("Its data stays: 'chain startnode' runs it again.");
    }
}
