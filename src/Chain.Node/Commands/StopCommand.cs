using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Node.Commands.Net;
using Chain.Node.Dev;
using Chain.Node.Rpc;
using Chain.State.Storage;

namespace Chain.Node.Commands;

/// <summary><c>chain stop</c>: ends the node that runs here, and waits until it has.</summary>
internal static class StopCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a dev chain may take to remove its folder once its database is closed.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

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
        DevNote? dev;
        var client = await ReachAsync(run, cancellationToken).ConfigureAwait(false);
        await using (client.ConfigureAwait(false))
        {
            if (!client.IsRemote) throw NothingToStop(run, "");
            dev = DevNote.ReadAll(Environment.GetEnvironmentVariable).FirstOrDefault(note => note.NodeId == run.Settings.NodeId && note.Folder == run.Settings.DataDirectory);
            _ = await client.CallAsync("stop", null, cancellationToken).ConfigureAwait(false);
        }

        var isTemporary = dev is { IsTemporary: true };
        if (isTemporary) await WaitUntilGoneAsync(run, cancellationToken).ConfigureAwait(false);
        if (!isTemporary || Directory.Exists(run.Settings.DataDirectory)) await WaitUntilClosedAsync(run, cancellationToken).ConfigureAwait(false);
        await run.DataAsync(new JsonObject { ["node"] = run.Settings.NodeId, ["stopped"] = true }, $"Node {run.Settings.NodeId} stopped.").ConfigureAwait(false);
        run.Say(!isTemporary ? $"Its data stays: 'chain {(dev is null ? "startnode" : $"dev{DevBanner.Place(run.Settings, isNamed: true)}")}' runs it again."
            : Directory.Exists(run.Settings.DataDirectory) ? $"It was a dev chain that does not stay, and its folder {run.Settings.DataDirectory} is there still: 'chain doctor' tells what is left."
            : "The dev chain is gone, with all that was on it: 'chain dev' begins another, and --keep or --datadir keeps that.");
    }

    /// <summary>Reaches who is to stop: also a node whose database is too damaged for a command to find out what chain it is.</summary>
    private static async Task<INodeClient> ReachAsync(CommandRun run, CancellationToken cancellationToken)
    {
        try
        {
            if (ChainFolder.FindParams(run.Settings) is null) throw NothingToStop(run, ", which has no chain");
            return await run.LookAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DatabaseException e) when (e.IsDamage && DatabaseLock.ReadOwner(run.Settings.DatabasePath) is { HttpPort: > 0 })
        {
            var (_, port) = DatabaseLock.ReadOwner(run.Settings.DatabasePath)!.Value;
            if (await ChainFolder.TryConnectAsync(run.Settings, port, run.Clock, cancellationToken).ConfigureAwait(false) is not { } client) throw;
            return client;
        }
    }

    private static async Task WaitUntilClosedAsync(CommandRun run, CancellationToken cancellationToken)
    {
        while (!IsClosed(run.Settings)) await Task.Delay(Pause, run.Clock, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Who may not write there sees only whether the note of who has it is gone.</summary>
    private static bool IsClosed(NodeSettings settings)
    {
        try
        {
            return NetStop.IsFree(settings);
        }
        catch (DatabaseException e) when (e.IsReadOnly)
        {
            return DatabaseLock.ReadOwner(settings.DatabasePath) is null;
        }
    }

    /// <summary>Who looked at the lock meanwhile would leave it in a folder that is being removed.</summary>
    private static async Task WaitUntilGoneAsync(CommandRun run, CancellationToken cancellationToken)
    {
        for (var start = run.Clock.GetTimestamp(); Directory.Exists(run.Settings.DataDirectory) && run.Clock.GetElapsedTime(start) < Patience;)
            await Task.Delay(Pause, run.Clock, cancellationToken).ConfigureAwait(false);
    }
}
