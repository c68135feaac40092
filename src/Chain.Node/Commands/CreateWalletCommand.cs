using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Node.Wallet;

namespace Chain.Node.Commands;

/// <summary><c>chain createwallet</c>: a new key in the node's wallet, which is made where there is none.</summary>
internal static class CreateWalletCommand
{
    public static Command Create(CommandConsole console)
    {
        var passphraseFile = PassphraseOption.Create("Encrypts the wallet with the passphrase in the file's first line; needed again wherever private keys are.");
        var command = new Command("createwallet", """
            Make a new address. Its private key is kept in the node's wallet file.

            Examples:
              chain createwallet                                an address of node 3000, in the current folder
              chain createwallet --node 3001                    one of node 3001
              chain createwallet --passphrase-file secret.txt   the wallet is encrypted
            """) { passphraseFile };
        command.Runs(console, async (run, cancellationToken) =>
        {
            var settings = run.Settings;
            var format = WalletCommands.AddressFormat(settings);
            using var passphrase = PassphraseOption.Read(run.Get(passphraseFile));
            Directory.CreateDirectory(settings.DataDirectory);
            using var random = RandomNumberGenerator.Create();
            var key = KeyStore.AddKey(settings.CommandWalletPath, passphrase, random, console.Clock, cancellationToken);
            var address = Address.Of(key, format).ToString();
            await run.DataAsync(new JsonObject { ["address"] = address }, $"Your new address: {address}", address).ConfigureAwait(false);
            run.Say(ChainFolder.FindParams(settings) is null
                ? $"'chain createblockchain --address {address}' makes a chain whose first coins are yours."
                : $"'chain wallet label {address} NAME' gives it a name; 'chain mine --address {address}' earns coins there.");
        });
        return command;
    }
}
