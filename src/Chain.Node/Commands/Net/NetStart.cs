using System.Diagnostics;
using Chain.State.Storage;

namespace Chain.Node.Commands.Net;

/// <summary>
/// Starts nodes of a local network, all at once, as processes that outlive the command, and waits until they answer and agree.
/// Where one does not, those that were started end again.
/// </summary>
internal static class NetStart
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <summary>For a node that another command starts.</summary>
    private static readonly TimeSpan OthersPatience = TimeSpan.FromSeconds(10);

    /// <summary>Starts those of the nodes that do not run. Gives what all of them say in the end, and how many were started.</summary>
    public static async Task<(NodeView[] Views, int Started)> RunAsync(CommandRun run, NetFile file, IReadOnlyList<int> ids, CancellationToken cancellationToken)
    {
        if (!PosixProcess.IsSupported)
            throw new CommandException("Nodes in the background are not for Windows yet. Start each in a terminal of its own: 'chain startnode --node 3000', 'chain startnode --node 3001', and so on.");
        var started = new List<(int Id, Process Process, NodeLogFile Log)>();
        try
        {
            var views = await NodeView.OfAllAsync(run.Settings, ids, run.Clock, cancellationToken).ConfigureAwait(false);
            foreach (var id in views.Where(view => !view.IsRunning).Select(view => view.Id)) started.Add(Start(run, file, id));
            foreach (var (id, process, log) in started) await WaitForAnswerAsync(run, id, process, log, cancellationToken).ConfigureAwait(false);
            await NetLinks.ApplyDelaysAsync(run, file, ids, cancellationToken).ConfigureAwait(false);
            return (await NetAgreement.WaitAsync(run, file, ids, cancellationToken).ConfigureAwait(false), started.Count);
        }
        catch
        {
            await EndAsync(started.Select(node => node.Process)).ConfigureAwait(false);
            throw;
        }
        finally
        {
            foreach (var (_, process, _) in started) process.Dispose();
        }
    }

    private static (int Id, Process Process, NodeLogFile Log) Start(CommandRun run, NetFile file, int id)
    {
        var node = NetFolder.SettingsOf(run.Settings, id);
        var miner = file.Nodes.First(n => n.Id == id).Mines
            ? NetTable.MinersAddress(node)
            : null;

        // The central node is named even to itself: it would else look for one at the usual place.
        string[] arguments =
        [
            "startnode", "--node", $"{id}", "--datadir", node.DataDirectory, "--detached",
            .. file.Nodes.TakeWhile(other => other.Id != id).Select(other => other.Id).DefaultIfEmpty(id).SelectMany(other => new[] { "--peer", NetFolder.PlaceOf(other) }),
            .. file.UnreachableFrom(id).SelectMany(other => new[] { "--unreachable", NetFolder.PlaceOf(other) }),
            .. miner is null ? Array.Empty<string>() : ["--miner", miner, "--threads", "1"],
        ];
        var path = NetFolder.LogOf(run.Settings, id);
        var log = new NodeLogFile(path);
        log.SkipToEnd();
        return (id, PosixProcess.Start(arguments, path), log);
    }

    private static async Task WaitForAnswerAsync(CommandRun run, int id, Process process, NodeLogFile log, CancellationToken cancellationToken)
    {
        var node = NetFolder.SettingsOf(run.Settings, id);
        var start = run.Clock.GetTimestamp();
        while (true)
        {
            // Where another command was starting the node at the same time, that one's counts; an older note may name a port at which
            // another program answers by now.
            var owner = DatabaseLock.ReadOwner(node.DatabasePath);
            var isOther = process.HasExited && owner is { HttpPort: > 0 } && !NetStop.IsFree(node);
            if (process.HasExited && !(isOther && run.Clock.GetElapsedTime(start) < OthersPatience))
                throw new CommandException($"Node {id} did not start. {NodeLogFile.LastWords(run.Settings, id, log.More())}");
            if ((isOther || owner?.ProcessId == process.Id)
                && await NetFolder.TryConnectAsync(node, run.Clock, cancellationToken).ConfigureAwait(false) is { } client)
            {
                await client.DisposeAsync().ConfigureAwait(false);
                return;
            }

            if (run.Clock.GetElapsedTime(start) > Patience)
                throw new CommandException($"Node {id} does not answer after {Patience.TotalSeconds:0} seconds. {NodeLogFile.LastWords(run.Settings, id, log.More())}");
            await Task.Delay(Pause, run.Clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>They are children of this process, which nobody else waits for: their numbers are theirs until then.</summary>
    private static async Task EndAsync(IEnumerable<Process> processes)
    {
        foreach (var process in processes)
        {
            if (process.HasExited) continue;
            PosixProcess.Terminate(process.Id);
            using var patience = new CancellationTokenSource(Patience);
            await process.WaitForExitAsync(patience.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
