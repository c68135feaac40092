using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands.Wallets;

/// <summary><c>chain wallet encrypt</c>: from now on a passphrase is needed wherever private keys are.</summary>
internal static class WalletEncryptCommand
{
    public static Command Create(CommandConsole console)
    {
        var command = new Command("encrypt", """
            Encrypt the wallet's private keys. Who forgets the passphrase loses the coins.

            Examples:
              chain wallet encrypt                                the passphrase is typed, twice
              chain wallet encrypt --passphrase-file secret.txt   it is the file's first line
              chain wallet unlock --for 300                       use the keys for five minutes then
            """) { WalletAccess.PassphraseFile };
        command.Runs(console, (run, cancellationToken) => WalletAccess.UseFileAsync(run, async client =>
        {
            var info = await client.GetAsync("getwalletinfo", cancellationToken).ConfigureAwait(false);
            if (info["unlocked_until"] is not null)
                throw CommandException.FromRpc(RpcErrorCode.WalletWrongEncState, "The wallet is encrypted already. 'chain wallet passphrase' changes its passphrase.");
            using var passphrase = PassphraseOption.ObtainNew(run, run.Get(WalletAccess.PassphraseFile));
            _ = await client.CallAsync("encryptwallet", new JsonArray(Encoding.UTF8.GetString(passphrase.Bytes)), cancellationToken).ConfigureAwait(false);
            await run.DataAsync(new JsonObject { ["encrypted"] = true }, "The wallet is encrypted.").ConfigureAwait(false);
            run.Warn("Copies that were made before are not: delete them, and make a new one with 'chain wallet backup'.");
            List<string> copies = [.. ClearCopies.Find(run.Settings.DataDirectory, run.Settings.CommandWalletPath)];
            foreach (var path in copies) run.Warn($"In clear: {path}");
            if (copies.Count > 0) run.Warn($"To remove them: {ClearCopies.Removal(copies, run.Settings.DataDirectory)}");
        }, cancellationToken));
        return command;
    }
}
