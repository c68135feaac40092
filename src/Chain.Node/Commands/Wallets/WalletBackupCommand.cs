using System.CommandLine;
using System.Text.Json.Nodes;

namespace Chain.Node.Commands.Wallets;

/// <summary><c>chain wallet backup</c>: a copy of a wallet's file.</summary>
internal static class WalletBackupCommand
{
    public static Command Create(CommandConsole console)
    {
        var file = new Argument<string>("FILE") { Description = "Where the copy goes: a new file." };
        var command = new Command("backup", """
            Copy the wallet to a file, from which 'chain wallet restore' makes it again. An encrypted one stays so.

            Examples:
              chain wallet backup copy.dat
              chain wallet backup copy.dat --wallet savings   a further wallet of the node
              chain wallet restore copy.dat                   makes it again where there is none
            """) { file };
        command.Runs(console, async (run, cancellationToken) =>
        {
            var path = Path.GetFullPath(run.Parsed.GetRequiredValue(file));
            if (File.Exists(path)) throw new CommandException($"{path} is there already, and might be the only copy of another wallet. Choose another name.");
            if (Directory.Exists(path)) throw new CommandException($"{path} is a folder. Name a new file in it.");
            if (!Directory.Exists(Path.GetDirectoryName(path))) throw new CommandException($"There is no folder {Path.GetDirectoryName(path)}. Make it first, or name another.");
            await WalletAccess.UseFileAsync(run, async client =>
            {
                _ = await client.CallAsync("backupwallet", new JsonArray(path), cancellationToken).ConfigureAwait(false);
                await run.DataAsync(new JsonObject { ["file"] = path }, $"Copied to {path}.").ConfigureAwait(false);
                run.Say("It holds every key that the wallet will ever make. Who has it, and its passphrase where it has one, has the coins: keep it where only you are.");
            }, cancellationToken).ConfigureAwait(false);
        });
        return command;
    }
}
