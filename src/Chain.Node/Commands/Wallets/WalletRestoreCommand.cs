using System.CommandLine;
using System.Text.Json.Nodes;

namespace Chain.Node.Commands.Wallets;

/// <summary><c>chain wallet restore</c>: a wallet from its copy.</summary>
internal static class WalletRestoreCommand
{
    public static Command Create(CommandConsole console)
    {
        var file = new Argument<string>("FILE") { Description = "The copy that 'chain wallet backup' made." };
        var command = new Command("restore", """
            Make a wallet of its copy, and look for its transactions in the chain. There must be none of that name yet.

            Examples:
              chain wallet restore copy.dat                the node's own wallet
              chain wallet restore copy.dat --wallet old   as a further one beside it
              chain wallet restore copy.dat --node 3001    for another node
            """) { file };
        command.Runs(console, async (run, cancellationToken) =>
        {
            var path = Path.GetFullPath(run.Parsed.GetRequiredValue(file));
            if (!File.Exists(path)) throw new CommandException($"There is no file {path}. Name the copy of a wallet.");
            WalletAccess.RequireNone(run, "restore", run.Get(file));
            await WalletAccess.UseAsync(run, async client =>
            {
                var name = run.Settings.WalletName;
                await WalletAccess.ScanAsync(run, client, "restorewallet", new JsonArray(name, path, true), cancellationToken).ConfigureAwait(false);
                await run.DataAsync(new JsonObject { ["wallet"] = name, ["file"] = path }, $"Restored {(name.Length == 0 ? run.Settings.WalletPath : $"the wallet '{name}'")} from {path}.").ConfigureAwait(false);
                run.Say("'chain getbalance' shows what it has.");
            }, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }
}
