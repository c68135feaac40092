using System.CommandLine;
using System.Text.Json.Nodes;

namespace Chain.Node.Commands.Net;

/// <summary><c>chain net heal</c>: ends partition and delays, sees to it that the nodes agree, and tells what was reorganised.</summary>
internal static class NetHealCommand
{
    public static Command Create(CommandConsole console)
    {
        var command = new Command("heal", """
            End partition and delays, wait for one tip, and tell which blocks and transactions changed sides.

            Examples:
              chain net heal          together again
              chain net heal --json   for programs: what left and what came, node by node
              chain net status        how it stands
            """);
        command.Runs(console, RunAsync);
        return command;
    }

    private static async Task RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        NetMember.RefuseNode(run, "It mends all links.");
        var (folder, file) = await NetFolder.TakeNetAsync(run, cancellationToken).ConfigureAwait(false);
        using var held = folder;
        var wasCut = file.Partition.Count > 0;
        file = file with { Partition = [], Delays = [] };
        var before = (await NodeView.OfAllAsync(run.Settings, file.Nodes.Select(node => node.Id), run.Clock, cancellationToken).ConfigureAwait(false)).Where(view => view.IsRunning).ToList();
        file.Save(folder.Path);
        var ids = before.ConvertAll(view => view.Id);
        await NetLinks.ApplyDelaysAsync(run, file, ids, cancellationToken).ConfigureAwait(false);
        await NetLinks.ApplyPartitionAsync(run, file, ids, cancellationToken).ConfigureAwait(false);
        var after = await NetAgreement.WaitAsync(run, file, ids, cancellationToken).ConfigureAwait(false);
        var changes = new List<Reorganisation>();
        foreach (var view in before)
        {
            if (await Reorganisation.FindAsync(run, view, cancellationToken).ConfigureAwait(false) is { } change) changes.Add(change);
        }

        var json = new JsonObject
        {
            ["agree"] = NodeView.CountTips(after) == 1,
            ["height"] = after.Length == 0 ? null : after[0].Height,
            ["tip"] = after.Length == 0 ? null : after[0].Tip,
            ["reorganisations"] = new JsonArray([.. changes.Select(change => change.ToJson())]),
        };
        await run.DataAsync(json, screen =>
        {
            foreach (var line in changes.SelectMany(change => change.Lines())) screen.Line(line);
            screen.Line(NamedCommands.Place(Summary(after, changes.Count, wasCut), run.Parsed));
        }).ConfigureAwait(false);
    }

    private static string Summary(NodeView[] after, int changes, bool wasCut) => (after.Length, changes) switch
    {
        (0, _) => "No node runs; the links are whole when 'chain net up' starts them.",
        (_, 0) => $"{(wasCut ? "Healed. " : "")}All {after.Length} agree at height {after[0].Height}, {NetTable.Short(after[0].Tip)}; nothing was reorganised.",
        _ => $"All {after.Length} agree at height {after[0].Height}, {NetTable.Short(after[0].Tip)}.",
    };
}
