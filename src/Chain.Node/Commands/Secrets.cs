using Chain.Core.Cryptography;

namespace Chain.Node.Commands;

/// <summary>What nobody shall find in a log or a history: passphrases and private keys.</summary>
internal static class Secrets
{
    /// <summary>The payload of a private key in wallet import format: a version, the key, and a mark where its public half is compressed.</summary>
    private const int WifSize = 33, CompressedWifSize = 34;

    /// <summary>The payload of an extended key (BIP32), and where a zero stands in it before a private key.</summary>
    private const int ExtendedSize = 78, ExtendedKeyOffset = 45;

    private static readonly string[] Methods =
    [
        "walletpassphrase", "beginunlock", "walletpassphrasechange", "encryptwallet", "createwallet", "restorehdwallet", "importprivkey", "importmulti",
        "importdescriptors", "sethdseed", "signrawtransactionwithkey", "signmessagewithprivkey",
        "getdescriptorinfo", "deriveaddresses", "scantxoutset", "utxoupdatepsbt", "generatetodescriptor",
    ];

    /// <summary>Whether what this method is given may be secret.</summary>
    public static bool IsSecret(string method) => Methods.Contains(method, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a line typed at a prompt may hold a secret: the method may be given one, however it is spelt where it names a passphrase, or a private key is in it.</summary>
    public static bool IsSecretLine(string line) =>
        line.Contains("passphrase", StringComparison.OrdinalIgnoreCase)
        || IsSecret(System.CommandLine.Parsing.CommandLineParser.SplitCommandLine(line).FirstOrDefault("")) || HoldsKey(line);

    /// <summary>Whether a text has a private key in it as people write it, alone or in a descriptor.</summary>
    public static bool HoldsKey(string text)
    {
        var start = 0;
        for (var i = 0; i <= text.Length; i++)
        {
            if (i < text.Length && char.IsAsciiLetterOrDigit(text[i])) continue;
            if (IsKey(text[start..i])) return true;
            start = i + 1;
        }

        return false;
    }

    private static bool IsKey(string word) =>
        Base58Check.TryDecode(word) is { } payload && (payload.Length is WifSize or CompressedWifSize || (payload.Length == ExtendedSize && payload[ExtendedKeyOffset] == 0));
}
