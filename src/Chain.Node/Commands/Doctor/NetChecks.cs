using Chain.Node.Commands.Net;
using Chain.Node.Dev;

namespace Chain.Node.Commands.Doctor;

/// <summary>Whether the network of the folder is whole, and which dev chains run.</summary>
internal static class NetChecks
{
    /// <summary>What is told of the network: who does not run, and who cannot reach whom.</summary>
    public static async Task<IReadOnlyList<Finding>> NetAsync(CommandRun run, CancellationToken cancellationToken)
    {
        NetFile? file;
        try
        {
            file = NetFile.Find(run.Settings.DataDirectory);
        }
        catch (Exception e) when (e is CommandException or IOException or UnauthorizedAccessException)
        {
            return [Finding.Problem("network", e.Message, "Look at who may read it, or restore it with 'chain snapshot restore NAME'.")];
        }

        if (file is null) return [];
        var views = await Task.WhenAll(file.Nodes.Select(node => ViewAsync(run, node.Id, cancellationToken))).ConfigureAwait(false);
        List<Finding> findings = [Nodes(file, views)];
        if (file.Partition.Count > 0)
            findings.Add(Finding.Note("partition", $"the network is cut: {string.Join(" / ", file.Partition.Select(group => string.Join(',', group)))} do not reach each other", "'chain net heal' ends that."));
        if (file.Delays.Count > 0)
        {
            var delays = file.Delays.Select(delay => $"what {delay.From} sends{(delay.To is { } to ? $" to {to}" : "")} {delay.Milliseconds} ms");
            findings.Add(Finding.Note("delay", $"held back is {string.Join(", ", delays)}", "'chain net heal' ends that."));
        }

        return findings;
    }

    /// <summary>The dev chains of this user that run, and which one commands follow that name none.</summary>
    public static Finding? Dev(Func<string, string?> environment)
    {
        var notes = DevNote.ReadAll(environment);
        var running = notes.Where(note => note.IsRunning()).ToList();
        if (running.Count == 0)
        {
            if (notes.Count == 0) return null;
            List<string> staying = [.. notes.Where(note => note.WouldStay()).Select(note => note.Folder)];
            return Finding.Note(
                "dev chains", $"{notes.Count} that ended without cleaning up left files behind, in {string.Join(", ", notes.Select(note => note.Folder))}",
                staying.Count == 0 ? "The next 'chain dev' removes them." : $"It is not beyond doubt that 'chain dev' made {string.Join(", ", staying)} to be deleted: delete that by hand where nothing in it is yours.");
        }

        var names = string.Join(", ", running.Select(note => $"of node {note.NodeId} in {note.Folder}"));
        if (running.Count == 1) return Finding.Note("dev chains", $"one runs, {names}", "Commands in a folder that holds no chain use it.");
        var chosen = running.Find(note => note.NodeId == NodeSettings.CentralNode);
        return Finding.Note("dev chains", $"{running.Count} run: {names}", chosen is null
            ? "Commands in a folder that holds no chain must say which: --node names one."
            : $"Commands in a folder that holds no chain use that of node {chosen.NodeId}; --node names another.");
    }

    private static Finding Nodes(NetFile file, IReadOnlyList<NodeView> views)
    {
        var silent = views.Where(view => view is { IsRunning: false, IsStopped: false }).Select(view => view.Id).ToList();
        if (silent.Count > 0) return Finding.Problem("network", $"{Names(silent)} of {file.Nodes.Count} does not answer", "'chain net logs' shows what it says; 'chain net down' and 'chain net up' start all anew.");
        var stopped = views.Where(view => view.IsStopped).Select(view => view.Id).ToList();
        return stopped.Count == 0 ? Finding.Good("network", $"all {file.Nodes.Count} nodes run")
            : stopped.Count == file.Nodes.Count ? Finding.Note("network", $"none of its {file.Nodes.Count} nodes runs", "'chain net up' starts them.")
            : Finding.Problem("network", $"{Names(stopped)} of {file.Nodes.Count} {(stopped.Count == 1 ? "is" : "are")} stopped", "'chain net up' starts what does not run.");
    }

    private static string Names(List<int> ids) => $"{(ids.Count == 1 ? "node" : "nodes")} {string.Join(", ", ids)}";

    /// <summary>One that this user may not ask counts as silent.</summary>
    private static async Task<NodeView> ViewAsync(CommandRun run, int id, CancellationToken cancellationToken)
    {
        try
        {
            return await NodeView.OfAsync(NetFolder.SettingsOf(run.Settings, id), run.Clock, cancellationToken).ConfigureAwait(false);
        }
        catch (State.Storage.DatabaseException)
        {
            return new NodeView(id, "cannot be asked");
        }
    }
}
