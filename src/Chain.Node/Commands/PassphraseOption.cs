using System.CommandLine;
using Chain.Node.Wallet;

namespace Chain.Node.Commands;

/// <summary>The passphrase of a wallet: from a file, since a command line is seen by everyone on the machine, or typed.</summary>
internal static class PassphraseOption
{
    public static Option<string?> Create(string description) => new("--passphrase-file") { Description = description, HelpName = "FILE" };

    /// <summary>Reads the file; null where none was named.</summary>
    public static Passphrase? Read(string? path) => path is null ? null : PassphraseFile.Read(path);

    /// <summary>Unlocks a wallet with the file that was named, or with what is typed where a person sits at a terminal.</summary>
    public static void Unlock(KeyStore wallet, string? path, TextWriter error)
    {
        if (!wallet.IsLocked) return;
        if (path is null && Console.IsInputRedirected)
            throw CommandException.FromRpc(Rpc.RpcErrorCode.WalletUnlockNeeded, "The wallet is encrypted. Name a file with its passphrase: --passphrase-file FILE.");
        using var passphrase = Read(path) ?? Ask(error);
        wallet.Unlock(passphrase);
    }

    private static Passphrase Ask(TextWriter error)
    {
        error.Write("Passphrase: ");
        var typed = new System.Text.StringBuilder();
        while (Console.ReadKey(intercept: true) is var key && key.Key != ConsoleKey.Enter)
        {
            if (key.Key == ConsoleKey.Backspace) typed.Length = Math.Max(0, typed.Length - 1);
            else if (!char.IsControl(key.KeyChar)) typed.Append(key.KeyChar);
        }

        error.WriteLine();
        return Passphrase.TryCreate(typed.ToString())
            ?? throw CommandException.FromRpc(Rpc.RpcErrorCode.WalletPassphraseIncorrect, "No passphrase was typed.");
    }
}
