namespace Chain.Node.Commands;

/// <summary>The methods whose parameters nobody shall find in a log or a history: passphrases and private keys.</summary>
internal static class Secrets
{
    private static readonly string[] Methods =
    [
        "walletpassphrase", "walletpassphrasechange", "encryptwallet", "createwallet", "importprivkey", "importmulti", "importdescriptors",
        "sethdseed", "signrawtransactionwithkey", "signmessagewithprivkey",
    ];

    /// <summary>Whether what this method is given may be secret.</summary>
    public static bool IsSecret(string method) => Methods.Contains(method, StringComparer.OrdinalIgnoreCase);
}
