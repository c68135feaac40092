namespace Chain.Node.Wallet;

/// <summary>What tests make quicker.</summary>
internal sealed record WalletOptions
{
    /// <summary>Rounds of PBKDF2 for a wallet that becomes encrypted.</summary>
    internal int Iterations { get; init; } = WalletCipher.DefaultIterations;

    /// <summary>How long to wait for another process that has the wallet.</summary>
    internal TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The version of the format in which a new wallet is written; one of the first version has no tree of keys.</summary>
    public uint Version { get; init; } = WalletFile.CurrentVersion;
}
