using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands.Wallets;

/// <summary><c>chain wallet passphrase</c>: another passphrase for an encrypted wallet.</summary>
internal static class WalletPassphraseCommand
{
    public static Command Create(CommandConsole console)
    {
        var newFile = new Option<string?>("--new-passphrase-file") { Description = "A file whose first line is the new passphrase; else it is typed, or read from stdin behind the old one.", HelpName = "FILE" };
        var command = new Command("passphrase", """
            Change the passphrase of an encrypted wallet.

            Examples:
              chain wallet passphrase                                 the old one and, twice, the new one are typed
              chain wallet passphrase --new-passphrase-file new.txt   the new one is the file's first line
              chain wallet backup copy.dat                            afterwards: older copies keep the old one
            """) { WalletAccess.PassphraseFile, newFile };
        command.Runs(console, (run, cancellationToken) => WalletAccess.UseFileAsync(run, async client =>
        {
            var info = await client.GetAsync("getwalletinfo", cancellationToken).ConfigureAwait(false);
            if (info["unlocked_until"] is null) throw new RpcException(RpcErrorCode.WalletWrongEncState, "Error: running with an unencrypted wallet, but walletpassphrasechange was called.");
            using var old = PassphraseOption.Obtain(run, run.Get(WalletAccess.PassphraseFile), "Passphrase until now: ");
            using var next = PassphraseOption.ObtainNew(run, run.Get(newFile));
            JsonArray parameters = [(JsonNode)Encoding.UTF8.GetString(old.Bytes), (JsonNode)Encoding.UTF8.GetString(next.Bytes)];
            try
            {
                _ = await client.CallAsync("walletpassphrasechange", parameters, cancellationToken).ConfigureAwait(false);
            }
            catch (RpcException e) when (e.Code == RpcErrorCode.WalletPassphraseIncorrect)
            {
                throw PassphraseOption.Wrong(run, run.Get(WalletAccess.PassphraseFile));
            }

            await run.DataAsync(new JsonObject { ["changed"] = true }, "The wallet has its new passphrase.").ConfigureAwait(false);
            run.Say("Copies that were made before still open with the old one.");
        }, cancellationToken));
        return command;
    }
}
