using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;
using Chain.Node.Wallet;

namespace Chain.Node.Commands.Wallets;

/// <summary>What the commands about a wallet share: one way to reach it, and to unlock it for one piece of work.</summary>
internal static class WalletAccess
{
    public static Option<string?> PassphraseFile { get; } = PassphraseOption.Create("A file whose first line is the passphrase of an encrypted wallet; else it is typed, or read from stdin.");

    /// <summary>Does work with the node's wallet, or with the file where no node runs.</summary>
    public static async Task UseAsync(CommandRun run, Func<INodeClient, Task> work, CancellationToken cancellationToken)
    {
        var client = await run.ConnectAsync(cancellationToken).ConfigureAwait(false);
        await using (client.ConfigureAwait(false)) await work(client).ConfigureAwait(false);
    }

    /// <summary>Does work that needs private keys with the node's wallet, or with the file where no node runs. See <see cref="UnlockedAsync(CommandRun, INodeClient, Func{Task}, CancellationToken)"/>.</summary>
    public static Task UseKeysAsync(CommandRun run, Func<INodeClient, Task> work, CancellationToken cancellationToken)
    {
        WalletUnlock.AskAhead(run, run.Get(PassphraseFile));
        return UseAsync(run, work, cancellationToken);
    }

    /// <summary>Does work that the wallet's file is enough for: it is done where there is no chain too.</summary>
    public static async Task UseFileAsync(CommandRun run, Func<INodeClient, Task> work, CancellationToken cancellationToken)
    {
        if (ChainlessClient.TryOpen(run) is not { } client)
        {
            await UseAsync(run, work, cancellationToken).ConfigureAwait(false);
            return;
        }

        await using (client.ConfigureAwait(false)) await work(client).ConfigureAwait(false);
    }

    /// <summary>The same of work that needs private keys.</summary>
    public static Task UseKeysOfFileAsync(CommandRun run, Func<INodeClient, Task> work, CancellationToken cancellationToken)
    {
        WalletUnlock.AskAhead(run, run.Get(PassphraseFile));
        return UseFileAsync(run, work, cancellationToken);
    }

    /// <summary>Looks at what the wallet's file holds, where there is no chain too.</summary>
    public static Task LookAtFileAsync(CommandRun run, Func<INodeClient, Task> look, CancellationToken cancellationToken) =>
        ChainlessClient.IsMeant(run) ? UseFileAsync(run, look, cancellationToken) : LookAsync(run, look, cancellationToken);

    /// <summary>Looks at the node's wallet; where the node has no database yet, or nothing can be written, at a copy, so that nothing is left.</summary>
    public static async Task LookAsync(CommandRun run, Func<INodeClient, Task> look, CancellationToken cancellationToken)
    {
        var client = await run.LookAsync(cancellationToken).ConfigureAwait(false);
        await using (client.ConfigureAwait(false)) await look(client).ConfigureAwait(false);
    }

    /// <summary>Fails where the wallet that is meant is not there: before anything is made for a node that has none.</summary>
    public static void RequireFile(CommandRun run)
    {
        // What lies there and is no file is told by whoever reads it.
        if (!File.Exists(run.Settings.CommandWalletPath)) KeyStore.Load(run.Settings.CommandWalletPath).Dispose();
    }

    /// <summary>Fails where there is a wallet already in the place of one that is to be made of a copy or a key.</summary>
    public static void RequireNone(CommandRun run, string command, string? file)
    {
        var path = run.Settings.CommandWalletPath;
        if (!File.Exists(path)) return;
        var other = run.Settings.WalletName.Length == 0 ? "old" : $"{run.Settings.WalletName.Replace(' ', '-')}-2";
        throw CommandException.FromRpc(
            RpcErrorCode.WalletAlreadyExists,
            $"There is a wallet at {path} already, which may hold the only keys of its coins: nothing was changed. {ShellWord.Line($"chain wallet {command} --wallet {other}", file ?? "FILE")} makes one beside it; or move that file away first.");
    }

    /// <summary>Does work that needs private keys: an encrypted wallet that is locked is unlocked for it, and locked again.</summary>
    public static Task UnlockedAsync(CommandRun run, INodeClient client, Func<Task> work, CancellationToken cancellationToken) =>
        UnlockedAsync(run, client, async () =>
        {
            await work().ConfigureAwait(false);
            return true;
        }, cancellationToken);

    /// <inheritdoc cref="UnlockedAsync(CommandRun, INodeClient, Func{Task}, CancellationToken)"/>
    public static async Task<T> UnlockedAsync<T>(CommandRun run, INodeClient client, Func<Task<T>> work, CancellationToken cancellationToken)
    {
        using var unlock = await WalletUnlock.AskAsync(run, client, run.Get(PassphraseFile), cancellationToken).ConfigureAwait(false);
        return await unlock.DoAsync(work, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The addresses that the wallet is paid at, newest last, each with its label and whether the wallet made it.</summary>
    public static async Task<IReadOnlyList<(string Address, bool IsOwn)>> AddressesAsync(INodeClient client, CancellationToken cancellationToken) =>
        [.. (await client.GetAsync("listaddresses", cancellationToken).ConfigureAwait(false)).AsArray().Select(row => (row!["address"]!.GetValue<string>(), row["own"]!.GetValue<bool>()))];

    /// <summary>The newest address that the wallet made; where it made none, the newest of all.</summary>
    public static async Task<string> NewestAddressAsync(CommandRun run, INodeClient client, CancellationToken cancellationToken)
    {
        RequireFile(run);
        var addresses = await AddressesAsync(client, cancellationToken).ConfigureAwait(false);
        if (addresses.Count == 0)
            throw new CommandException($"The wallet {run.Settings.CommandWalletPath} has no address yet. Make one with 'chain createwallet', or say who is paid with --address.");
        return addresses.LastOrDefault(address => address.IsOwn, addresses[^1]).Address;
    }

    /// <summary>Calls a method that looks through the chain, and shows how far it is.</summary>
    public static Task<JsonNode?> ScanAsync(CommandRun run, INodeClient client, string method, JsonArray parameters, CancellationToken cancellationToken) =>
        ProgressLine.ShowAsync(run, "looking through the chain", tell => client.FollowAsync(method, parameters, tell, cancellationToken));

    /// <summary>A secret that no flag shall carry: the first line of a file, of stdin, or typed.</summary>
    public static string ReadSecret(CommandRun run, string? path, string prompt)
    {
        if (path is not (null or "-") && !File.Exists(path)) throw new CommandException($"There is no file {path}. Name the one with the key in its first line, or - for stdin.");
        using var secret = PassphraseOption.Obtain(run, path is "-" ? null : path, prompt);
        return Encoding.UTF8.GetString(secret.Bytes).Trim();
    }
}
