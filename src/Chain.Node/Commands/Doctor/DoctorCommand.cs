using System.CommandLine;
using System.Text.Json.Nodes;

namespace Chain.Node.Commands.Doctor;

/// <summary><c>chain doctor</c>: looks at what can be wrong here, and says what to do about it. Changes nothing.</summary>
internal static class DoctorCommand
{
    public static Command Create(CommandConsole console)
    {
        var command = new Command(
            "doctor",
            """
            Look for what is wrong here, and say what to do about it. Nothing is changed. Status 1 where there is a problem.

            Examples:
              chain doctor
              chain doctor --node 3001 --datadir data
              chain doctor --json                       for programs
            """);
        command.Runs(console, RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        List<Finding> findings =
        [
            .. MachineChecks.All(run.Settings),
            .. FolderChecks.All(run.Settings),
            .. await DatabaseChecks.FindAsync(run, cancellationToken).ConfigureAwait(false) is { } database ? [database] : Array.Empty<Finding>(),
            .. await NodeChecks.AllAsync(run, cancellationToken).ConfigureAwait(false),
            .. await NetChecks.NetAsync(run, cancellationToken).ConfigureAwait(false),
        ];
        if (NetChecks.Dev(Environment.GetEnvironmentVariable) is { } dev) findings.Add(dev);
        findings = findings.ConvertAll(finding => finding with { Found = NamedCommands.Place(finding.Found, run.Parsed), Advice = finding.Advice is { } advice ? NamedCommands.Place(advice, run.Parsed) : null });
        var problems = findings.Count(finding => finding.Kind == FindingKind.Problem);
        var json = new JsonObject
        {
            ["problems"] = problems,
            ["findings"] = new JsonArray([.. findings.Select(finding => (JsonNode)new JsonObject
            {
                ["kind"] = finding.Word,
                ["what"] = finding.What,
                ["found"] = finding.Found,
                ["advice"] = finding.Advice,
            })]),
        };
        await run.DataAsync(json, screen =>
        {
            foreach (var finding in findings)
            {
                screen.Line($"{finding.Word,-8} {finding.What}: {finding.Found}");
                if (finding.Advice is not null) screen.Line($"{"",-8} → {finding.Advice}");
            }
        }).ConfigureAwait(false);
        run.Say(problems == 0 ? "No problem was found." : problems == 1 ? "1 problem was found." : $"{problems} problems were found.");
        return problems == 0 ? 0 : CommandException.GeneralStatus;
    }
}
