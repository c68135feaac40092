using System.CommandLine;
using System.Globalization;
using Chain.Network;

namespace Chain.Node.Commands.Net;

/// <summary><c>chain net delay</c>: holds back what nodes send.</summary>
internal static class NetDelayCommand
{
    private static readonly Argument<string> Nodes = new("NODES") { Description = "A node, for all that it sends; or two groups with / between them, for what goes from one to the other, both ways." };

    private static readonly Argument<string> Time = new("TIME") { Description = "How long: 200ms, 1.5s; 0 ends it." };

    public static Command Create(CommandConsole console)
    {
        var command = new Command("delay", """
            Hold back what nodes send, in its order, until 'chain net heal'.

            Examples:
              chain net delay 3000 200ms          all that node 3000 sends
              chain net delay 3000/3001,3002 1s   between two sides, both ways
              chain net delay 3000 0              no longer
            """) { Nodes, Time };
        command.Runs(console, RunAsync);
        return command;
    }

    private static async Task RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        NetMember.RefuseNode(run, "NODES names them.");
        var (folder, file) = await NetFolder.TakeNetAsync(run, cancellationToken).ConfigureAwait(false);
        using var held = folder;
        var delay = ParseTime(run.Get(Time)!);
        var links = Links(run.Get(Nodes)!, file);
        file = file with
        {
            Delays = [.. file.Delays.Where(known => !links.Any(link => link.From == known.From && (link.To is null || link.To == known.To))),
                .. delay == TimeSpan.Zero ? [] : links.Select(link => new NetDelay(link.From, link.To, (int)delay.TotalMilliseconds))],
        };
        file.Save(folder.Path);
        var ids = file.Nodes.Select(node => node.Id).ToList();
        await NetLinks.ApplyDelaysAsync(run, file, ids, cancellationToken).ConfigureAwait(false);
        await NetTable.ShowAsync(run, file, await NodeView.OfAllAsync(run.Settings, ids, run.Clock, cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);
    }

    private static List<(int From, int? To)> Links(string text, NetFile file)
    {
        if (!text.Contains('/', StringComparison.Ordinal)) return [.. text.Split(',', StringSplitOptions.TrimEntries).Select(id => (NodeGroups.ParseNode(id, file), (int?)null))];
        var groups = NodeGroups.Parse(text, file);
        return [.. from one in groups from other in groups where one != other from a in one from b in other select (a, (int?)b)];
    }

    private static TimeSpan ParseTime(string text)
    {
        if (text == "0") return TimeSpan.Zero;
        var (number, unit) = text.EndsWith("ms", StringComparison.Ordinal) ? (text[..^2], 1d) : text.EndsWith('s') ? (text[..^1], 1000d) : ("", 0d);
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) && value * unit <= LinkConditions.LongestDelay.TotalMilliseconds
            ? TimeSpan.FromMilliseconds(Math.Round(value * unit))
            : throw CommandException.Usage($"'{text}' is no time: write 200ms or 1.5s, at most {LinkConditions.LongestDelay.TotalSeconds:0}s, or 0 for none.");
    }
}
