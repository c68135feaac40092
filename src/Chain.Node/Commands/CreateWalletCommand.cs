using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Node.Commands.Wallets;
using Chain.Node.Rpc;
using Chain.Node.Wallet;

namespace Chain.Node.Commands;

/// <summary><c>chain createwallet</c>: a new key in the node's wallet, which is made where there is none.</summary>
internal static class CreateWalletCommand
{
    /// <summary>The form in which messages can be signed too, on every chain.</summary>
    private const string AddressType = "legacy";

    private static readonly Option<string?> PassphraseFile = PassphraseOption.Create("Encrypts the wallet with the passphrase in the file's first line; needed again wherever private keys are.");

    public static Command Create(CommandConsole console)
    {
        var command = new Command("createwallet", """
            Make a new address. Its private key is kept in the node's wallet file.

            Examples:
              chain createwallet                                an address of node 3000, in the current folder
              chain createwallet --node 3001                    one of node 3001
              chain createwallet --passphrase-file secret.txt   the wallet is encrypted
            """) { PassphraseFile };
        command.Runs(console, async (run, cancellationToken) =>
        {
            var settings = run.Settings;
            var hasChain = ChainFolder.FindParams(settings) is not null;
            using var passphrase = PassphraseOption.Read(run.Get(PassphraseFile));
            var address = File.Exists(settings.DatabasePath)
                ? await AskAsync(run, passphrase, cancellationToken).ConfigureAwait(false)
                : MakeInFile(run, passphrase, cancellationToken);
            await run.DataAsync(new JsonObject { ["address"] = address }, $"Your new address: {address}", address).ConfigureAwait(false);
            run.Say(hasChain
                ? $"'chain wallet label {address} NAME' gives it a name; 'chain mine --address {address}' earns coins there."
                : $"'chain createblockchain --address {address}' makes a chain whose first coins are yours.");
        });
        return command;
    }

    private static async Task<string> AskAsync(CommandRun run, Passphrase? passphrase, CancellationToken cancellationToken)
    {
        var settings = run.Settings;
        WalletUnlock.AskAhead(run, run.Get(PassphraseFile));
        var client = await run.ConnectAsync(cancellationToken).ConfigureAwait(false);
        await using (client.ConfigureAwait(false))
        {
            var secret = passphrase is null ? null : Encoding.UTF8.GetString(passphrase.Bytes);
            if (!File.Exists(settings.CommandWalletPath) && !Directory.Exists(settings.CommandWalletPath))
            {
                // The default wallet is loaded at every start; a further one must be named for that.
                bool? isLoadedAtStart = settings.WalletName.Length > 0 ? true : null;
                _ = await client.CallAsync("createwallet", new JsonArray(settings.WalletName, null, null, secret, null, null, isLoadedAtStart), cancellationToken).ConfigureAwait(false);
                return await NewAddressAsync(client, cancellationToken).ConfigureAwait(false);
            }

            WalletAccess.RequireFile(run);
            var info = await client.GetAsync("getwalletinfo", cancellationToken).ConfigureAwait(false);
            if (secret is not null && info["unlocked_until"] is null) _ = await client.CallAsync("encryptwallet", new JsonArray(secret), cancellationToken).ConfigureAwait(false);
            using var unlock = await WalletUnlock.AskAsync(run, client, run.Get(PassphraseFile), cancellationToken).ConfigureAwait(false);
            return await unlock.DoAsync(() => NewAddressAsync(client, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    private static async Task<string> NewAddressAsync(INodeClient client, CancellationToken cancellationToken) =>
        (await client.GetAsync("getnewaddress", cancellationToken, "", AddressType).ConfigureAwait(false)).GetValue<string>();

    /// <summary>Where there is no database no node has run yet, and there may be no chain: the first address is for its first coins.</summary>
    private static string MakeInFile(CommandRun run, Passphrase? passphrase, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(run.Settings.DataDirectory);
        using var random = RandomNumberGenerator.Create();
        var key = KeyStore.AddKey(run.Settings.CommandWalletPath, passphrase, random, run.Clock, cancellationToken);
        return Address.Of(key, WalletCommands.AddressFormat(run.Settings)).ToString();
    }
}
