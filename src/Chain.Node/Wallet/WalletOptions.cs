namespace Chain.Node.Wallet;

/// <summary>What tests make quicker.</summary>
internal sealed record WalletOptions
{
    /// <summary>Rounds of PBKDF2 for a wallet that becomes encrypted.</summary>
    internal int Iterations { get; init; } = WalletCipher.DefaultIterations;

    /// <summary>How long to wait for another process that has the wallet.</summary>
    internal TimeSpan LockTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
