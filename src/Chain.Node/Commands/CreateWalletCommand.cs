using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Node.Commands.Wallets;
using Chain.Node.Dev;
using Chain.Node.Rpc;
using Chain.Node.Wallet;
using Chain.State.Storage;

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
            var isFirst = !hasChain && !File.Exists(settings.WalletPath);
            using var passphrase = PassphraseOption.Read(run.Get(PassphraseFile));
            var address = File.Exists(settings.DatabasePath) && await TryConnectAsync(run, cancellationToken).ConfigureAwait(false) is { } client
                ? await AskAsync(run, client, passphrase, cancellationToken).ConfigureAwait(false)
                : MakeInFile(run, passphrase, cancellationToken);
            await run.DataAsync(new JsonObject { ["address"] = address }, $"Your new address: {address}", address).ConfigureAwait(false);
            run.Say(hasChain
                ? $"'chain wallet label {address} NAME' gives it a name; 'chain mine --address {address}' earns coins there."
                : $"'chain createblockchain --address {address}' makes a chain whose first coins are yours.");
            if (isFirst && DevFinder.FindHidden(settings) is { } hidden) run.Warn(hidden);
        });
        return command;
    }

    /// <summary>Null where the database does not open: the wallet's file has no need of it.</summary>
    private static async Task<INodeClient?> TryConnectAsync(CommandRun run, CancellationToken cancellationToken)
    {
        WalletUnlock.AskAhead(run, run.Get(PassphraseFile));
        try
        {
            return await run.ConnectAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (DatabaseException e) when (!e.IsReadOnly)
        {
            run.Warn($"{e.Message.TrimEnd('.')}. The address is made in the wallet's file alone.");
            return null;
        }
    }

    private static async Task<string> AskAsync(CommandRun run, INodeClient client, Passphrase? passphrase, CancellationToken cancellationToken)
    {
        var settings = run.Settings;
        await using (client.ConfigureAwait(false))
        {
            var secret = passphrase is null ? null : Encoding.UTF8.GetString(passphrase.Bytes);
            if (!Path.Exists(settings.CommandWalletPath) && await TryCreateAsync(settings, client, secret, cancellationToken).ConfigureAwait(false))
                return await NewAddressAsync(client, cancellationToken).ConfigureAwait(false);

            WalletAccess.RequireFile(run);
            var info = await client.GetAsync("getwalletinfo", cancellationToken).ConfigureAwait(false);
            if (secret is not null && info["unlocked_until"] is null) _ = await client.CallAsync("encryptwallet", new JsonArray(secret), cancellationToken).ConfigureAwait(false);
            using var unlock = await WalletUnlock.AskAsync(run, client, run.Get(PassphraseFile), cancellationToken).ConfigureAwait(false);
            return await unlock.DoAsync(() => NewAddressAsync(client, cancellationToken), cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Makes the wallet; false where another command has made it meanwhile.</summary>
    private static async Task<bool> TryCreateAsync(NodeSettings settings, INodeClient client, string? secret, CancellationToken cancellationToken)
    {
        // The default wallet is loaded at every start; a further one must be named for that.
        bool? isLoadedAtStart = settings.WalletName.Length > 0 ? true : null;
        try
        {
            _ = await client.CallAsync("createwallet", new JsonArray(settings.WalletName, null, null, secret, null, null, isLoadedAtStart), cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RpcException e) when (e.Code == RpcErrorCode.WalletError && File.Exists(settings.CommandWalletPath))
        {
            return false;
        }
    }

    private static async Task<string> NewAddressAsync(INodeClient client, CancellationToken cancellationToken) =>
        (await client.GetAsync("getnewaddress", cancellationToken, "", AddressType).ConfigureAwait(false)).GetValue<string>();

    private static bool IsEncrypted(string path)
    {
        if (!File.Exists(path)) return false;
        using var wallet = KeyStore.Load(path);
        return wallet.IsEncrypted;
    }

    /// <summary>Where there is no database no node has run yet, and there may be no chain: the first address is for its first coins.</summary>
    private static string MakeInFile(CommandRun run, Passphrase? passphrase, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(run.Settings.DataDirectory);
        using var random = RandomNumberGenerator.Create();
        using var asked = passphrase is null && IsEncrypted(run.Settings.CommandWalletPath) ? WalletUnlock.Obtain(run, null) : null;
        var key = KeyStore.AddKey(run.Settings.CommandWalletPath, passphrase ?? asked, random, run.Clock, cancellationToken);
        return Address.Of(key, WalletCommands.AddressFormat(run.Settings)).ToString();
    }
}
