namespace Chain.Node.Wallet;

/// <summary>Why a wallet could not be used.</summary>
public enum WalletError
{
    /// <summary>There is no such file.</summary>
    NotFound,

    /// <summary>The bytes are not those that were written.</summary>
    Damaged,

    /// <summary>The file was written by a newer program.</summary>
    NewerVersion,

    /// <summary>The wallet is encrypted, and no passphrase was given.</summary>
    PassphraseRequired,

    /// <summary>The passphrase is not the wallet's.</summary>
    WrongPassphrase,

    /// <summary>A passphrase, or the file that should hold it, cannot be used.</summary>
    PassphraseUnusable,

    /// <summary>Another process holds the wallet's lock.</summary>
    Busy,

    /// <summary>The wallet holds as many keys as it may.</summary>
    Full,

    /// <summary>The file system refused to read or write.</summary>
    Access,
}

/// <summary>
/// A wallet could not be used. The message is for people: what happened, why, and what to do next. Nothing was changed
/// where it is thrown.
/// </summary>
public sealed class WalletException : Exception
{
    /// <summary>Creates the exception without a reason.</summary>
    public WalletException()
    {
    }

    /// <summary>Creates the exception with its message.</summary>
    public WalletException(string message) : base(message)
    {
    }

    /// <summary>Creates the exception with its message and its cause.</summary>
    public WalletException(string message, Exception? innerException) : base(message, innerException)
    {
    }

    internal WalletException(WalletError error, string message, Exception? innerException = null) : base(message, innerException) => Error = error;

    /// <summary>The kind of failure, for programs.</summary>
    public WalletError Error { get; } = WalletError.Access;

    internal static WalletException NotFound(string path) =>
        new(WalletError.NotFound, $"There is no wallet at {path}. Create one with 'chain createwallet'.");

    internal static WalletException Damaged(string path, string detail) =>
        new(WalletError.Damaged, $"The wallet {path} is damaged: {detail}. Nothing was changed; put a copy of the file in its place.");

    internal static WalletException NewerVersion(string path, string detail) =>
        new(WalletError.NewerVersion, $"The wallet {path} was written by a newer program: {detail}. Use that program for it.");

    internal static WalletException PassphraseRequired(string path) =>
        new(WalletError.PassphraseRequired, $"The wallet {path} is encrypted. Give its passphrase with --passphrase-file FILE.");

    internal static WalletException WrongPassphrase(string path) =>
        new(WalletError.WrongPassphrase, $"The passphrase does not open the wallet {path}. Nothing was changed; type it again, or check the file that --passphrase-file names.");

    internal static WalletException Busy(string path, string lockPath, TimeSpan waited, Exception cause) =>
        new(WalletError.Busy, $"The wallet {path} is in use: another process has held {lockPath} for {waited.TotalSeconds:0.#} seconds. Nothing was changed; try again when it is done.", cause);

    internal static WalletException Full(string path) =>
        new(WalletError.Full, $"The wallet {path} is full. Nothing was changed; start another wallet for further keys.");

    internal static WalletException Unreadable(string path, Exception cause) =>
        new(WalletError.Access, $"The wallet {path} cannot be read: {cause.Message} Check the path and its permissions.", cause);

    internal static WalletException Unwritable(string path, Exception cause) =>
        new(WalletError.Access, $"The wallet {path} cannot be written: {cause.Message} Nothing was changed; check the folder, its permissions and the free space.", cause);
}
