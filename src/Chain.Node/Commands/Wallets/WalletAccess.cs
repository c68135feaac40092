using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands.Wallets;

/// <summary>What the commands about a wallet share: one way to reach it, and to unlock it for one piece of work.</summary>
internal static class WalletAccess
{
    /// <summary>How long a wallet stays unlocked for one command, should that not lock it again itself.</summary>
    private const int Seconds = 60;

    public static Option<string?> PassphraseFile { get; } = PassphraseOption.Create("A file whose first line is the passphrase of an encrypted wallet; else it is typed, or read from stdin.");

    /// <summary>Does work with the node's wallet, or with the file where no node runs.</summary>
    public static async Task UseAsync(CommandRun run, Func<INodeClient, Task> work, CancellationToken cancellationToken)
    {
        _ = ChainFolder.GetParams(run.Settings);
        var client = await run.ConnectAsync(cancellationToken).ConfigureAwait(false);
        await using (client.ConfigureAwait(false)) await work(client).ConfigureAwait(false);
    }

    /// <summary>Looks at the node's wallet, and leaves nothing where the node has no database yet.</summary>
    public static async Task LookAsync(CommandRun run, Func<INodeClient, Task> look, CancellationToken cancellationToken)
    {
        var client = await run.LookAsync(cancellationToken).ConfigureAwait(false);
        await using (client.ConfigureAwait(false)) await look(client).ConfigureAwait(false);
    }

    /// <summary>Does work that needs private keys: an encrypted wallet that is locked is unlocked for it, and locked again.</summary>
    public static async Task UnlockedAsync(CommandRun run, INodeClient client, Func<Task> work, CancellationToken cancellationToken)
    {
        var info = await client.GetAsync("getwalletinfo", cancellationToken).ConfigureAwait(false);
        if (info["unlocked_until"]?.GetValue<long>() is not 0L)
        {
            await work().ConfigureAwait(false);
            return;
        }

        using (var passphrase = PassphraseOption.Obtain(run, run.Get(PassphraseFile), "Passphrase: "))
            _ = await client.CallAsync("walletpassphrase", new JsonArray(Encoding.UTF8.GetString(passphrase.Bytes), Seconds), cancellationToken).ConfigureAwait(false);
        try
        {
            await work().ConfigureAwait(false);
        }
        finally
        {
            _ = await client.CallAsync("walletlock", null, CancellationToken.None).ConfigureAwait(false);
        }
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
