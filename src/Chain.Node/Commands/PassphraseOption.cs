using System.CommandLine;
using Chain.Node.Wallet;

namespace Chain.Node.Commands;

/// <summary>The passphrase of a wallet: from a file, since a command line is seen by everyone on the machine, or typed.</summary>
internal static class PassphraseOption
{
    public static Option<string?> Create(string description) => new("--passphrase-file") { Description = description, HelpName = "FILE" };

    /// <summary>Reads the file; null where none was named.</summary>
    public static Passphrase? Read(string? path) => path is null ? null : PassphraseFile.Read(path);

    /// <summary>What is asked where a wallet is locked.</summary>
    public const string OfALockedWallet = "Passphrase: ";

    /// <summary>
    /// The passphrase of the file that was named, of stdin's first line where that is no terminal and nothing else was named, or typed.
    /// </summary>
    public static Passphrase Obtain(CommandRun run, string? path, string prompt)
    {
        if (Read(path) is { } read) return read;
        if (run.Console.IsInputTerminal) return Ask(run, prompt);
        return Passphrase.TryCreate(TerminalKeys.ReadLine(run.Console.Input, run.Stopping) ?? "")
            ?? throw CommandException.FromRpc(Rpc.RpcErrorCode.WalletUnlockNeeded, prompt == OfALockedWallet
                ? "The wallet is encrypted, and a passphrase is needed: name a file with --passphrase-file FILE, give it on stdin, type it at a terminal, or unlock the wallet in a running node with 'chain wallet unlock'."
                : $"{prompt.TrimEnd(' ', ':')}: none was given, and it is needed. Type it at a terminal, give it as the first line of stdin, or name a file with it (--help tells how).");
    }

    /// <summary>A new passphrase: typed twice where it is typed.</summary>
    public static Passphrase ObtainNew(CommandRun run, string? path)
    {
        var passphrase = Obtain(run, path, "New passphrase: ");
        if (path is not null || !run.Console.IsInputTerminal) return passphrase;
        using var again = Ask(run, "The same again: ");
        if (passphrase.Bytes.SequenceEqual(again.Bytes)) return passphrase;
        passphrase.Dispose();
        throw CommandException.FromRpc(Rpc.RpcErrorCode.WalletPassphraseIncorrect, "The two passphrases differ, and nothing was changed. Try again.");
    }

    /// <summary>What is told where a passphrase is not the wallet's: it came from a file, from stdin or from a person.</summary>
    public static CommandException Wrong(CommandRun run, string? path) => CommandException.FromRpc(
        Rpc.RpcErrorCode.WalletPassphraseIncorrect,
        $"The passphrase does not open the wallet {run.Settings.CommandWalletPath}. Nothing was changed. "
        + (path is not null ? $"Its first line is what counts in {path}: look for a mistyped letter there, or name another file with --passphrase-file."
            : run.Console.IsInputTerminal ? "Call the command again to type it anew; letters count as they are, large or small."
            : "It was the first line of stdin: look for a mistyped letter or a blank there."));

    private static Passphrase Ask(CommandRun run, string prompt)
    {
        var error = run.Console.Error;
        error.Write(prompt);
        var typed = new System.Text.StringBuilder();
        try
        {
            while (TerminalKeys.Read(run.Stopping) is var key && key.Key != ConsoleKey.Enter)
            {
                if (TerminalKeys.IsEnd(key)) break;
                if (key.Key == ConsoleKey.Backspace) typed.Length = Math.Max(0, typed.Length - 1);
                else if (!char.IsControl(key.KeyChar)) typed.Append(key.KeyChar);
            }
        }
        finally
        {
            error.WriteLine();
        }

        return Passphrase.TryCreate(typed.ToString())
            ?? throw CommandException.FromRpc(Rpc.RpcErrorCode.WalletPassphraseIncorrect, "Nothing was typed, and nothing was changed. Call the command again to type it.");
    }
}
