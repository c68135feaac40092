using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands.Wallets;

/// <summary><c>chain wallet unlock</c>: lets a running node use private keys for a while.</summary>
internal static class WalletUnlockCommand
{
    private const int UsualSeconds = 60;

    public static Command Create(CommandConsole console)
    {
        var seconds = NumberOption.Create("--for", $"So many seconds; {UsualSeconds} without it.", "SECONDS");
        var command = new Command("unlock", """
            Let the running node use the wallet's private keys for a while; afterwards it is locked again.

            Examples:
              chain wallet unlock                                for a minute
              chain wallet unlock --for 3600                     for an hour
              chain wallet unlock --passphrase-file secret.txt   the passphrase is the file's first line
            """) { seconds, WalletAccess.PassphraseFile };
        command.Runs(console, (run, cancellationToken) => WalletAccess.UseAsync(run, async client =>
        {
            if (run.Get(seconds) is <= 0) throw CommandException.Usage("--for must be 1 or more.");
            if (!client.IsRemote) throw CommandException.FromRpc(RpcErrorCode.ClientNotConnected, "No node is running here, and only a running one keeps a wallet unlocked. Start one with 'chain startnode'.");
            using var passphrase = PassphraseOption.Obtain(run, run.Get(WalletAccess.PassphraseFile), PassphraseOption.OfALockedWallet);
            var duration = run.Get(seconds) ?? UsualSeconds;
            _ = await client.CallAsync("walletpassphrase", new JsonArray(Encoding.UTF8.GetString(passphrase.Bytes), duration), cancellationToken).ConfigureAwait(false);
            await run.DataAsync(new JsonObject { ["unlocked"] = true, ["seconds"] = duration }, $"Unlocked for {duration} seconds.").ConfigureAwait(false);
            run.Say("'chain wallet lock' locks it before.");
        }, cancellationToken));
        return command;
    }
}
