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
        command.Runs(console, async (run, cancellationToken) =>
        {
            if (run.Get(seconds) is <= 0) throw CommandException.Usage("--for must be 1 or more.");
            await WalletAccess.UseAsync(run, client => UnlockAsync(run, client, run.Get(seconds) ?? UsualSeconds, cancellationToken), cancellationToken).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task UnlockAsync(CommandRun run, INodeClient client, int seconds, CancellationToken cancellationToken)
    {
        if (!client.IsRemote) throw CommandException.FromRpc(RpcErrorCode.ClientNotConnected, "No node is running here, and only a running one keeps a wallet unlocked. Start one with 'chain startnode'; commands that need the keys ask for the passphrase themselves.");
        var info = await client.GetAsync("getwalletinfo", cancellationToken).ConfigureAwait(false);
        if (info["unlocked_until"] is null) throw new RpcException(RpcErrorCode.WalletWrongEncState, "Error: running with an unencrypted wallet, but walletpassphrase was called.");
        var path = run.Get(WalletAccess.PassphraseFile);
        using var passphrase = PassphraseOption.Obtain(run, path, PassphraseOption.OfALockedWallet);
        try
        {
            _ = await client.CallAsync("walletpassphrase", new JsonArray(Encoding.UTF8.GetString(passphrase.Bytes), seconds), cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException e) when (e.Code == RpcErrorCode.WalletPassphraseIncorrect)
        {
            throw PassphraseOption.Wrong(run, path);
        }

        await run.DataAsync(new JsonObject { ["unlocked"] = true, ["seconds"] = seconds }, $"Unlocked for {seconds} seconds.").ConfigureAwait(false);
        run.Say("'chain wallet lock' locks it before.");
    }
}
