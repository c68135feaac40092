using System.CommandLine;
using System.Text.Json.Nodes;

namespace Chain.Node.Commands.Wallets;

/// <summary><c>chain wallet lock</c>: makes a running node forget an encrypted wallet's private keys at once.</summary>
internal static class WalletLockCommand
{
    public static Command Create(CommandConsole console)
    {
        var command = new Command("lock", """
            Lock an encrypted wallet that was unlocked in the running node.

            Examples:
              chain wallet lock
              chain wallet lock --wallet savings   a further wallet of the node
              chain wallet unlock                  unlocks it again
            """);
        command.Runs(console, (run, cancellationToken) => WalletAccess.UseAsync(run, async client =>
        {
            _ = await client.CallAsync("walletlock", null, cancellationToken).ConfigureAwait(false);
            await run.DataAsync(new JsonObject { ["locked"] = true }, "Locked.").ConfigureAwait(false);
            run.Say("'chain wallet unlock' unlocks it again.");
        }, cancellationToken));
        return command;
    }
}
