using Chain.Core.Cryptography;
using Chain.Core.Scripts;

namespace Chain.Node.Wallet;

/// <summary>Brings keys and scripts of others, or of other wallets, into a wallet.</summary>
internal static class WalletImports
{
    /// <summary>Adds a private key, with a name for all its addresses; one that is there already gets the name.</summary>
    internal static void AddKey(NodeWallet wallet, PrivateKey key, DateTimeOffset since, string? label)
    {
        var isKnown = wallet.Book.FindKey(key.PublicKey.Hash) is { IsPrivateKnown: true };
        wallet.Update(contents =>
        {
            if (!isKnown)
            {
                wallet.Storage.Secrets!.Add(key);
                contents.Keys.Add(new WalletKey(key.PublicKey, since));
            }

            if (label is not null) Name(contents, ScriptsOf(key.PublicKey), label);
        }, withSecrets: !isKnown);
    }

    /// <summary>Watches scripts from now on; those that they refer to by a hash are kept beside them.</summary>
    internal static void Watch(NodeWallet wallet, IReadOnlyList<byte[]> scripts, IReadOnlyList<byte[]> redeemScripts, string? label) => wallet.Update(contents =>
    {
        foreach (var script in redeemScripts) AddScript(contents, script);
        foreach (var script in scripts) AddWatched(contents, wallet.Book, script);
        if (label is not null) Name(contents, scripts, label);
    });

    /// <summary>Watches all addresses of a public key.</summary>
    internal static void WatchKey(NodeWallet wallet, PublicKey key, string? label) => wallet.Update(contents =>
    {
        if (wallet.Book.FindKey(key.Hash) is null) contents.KnownKeys.Add(key);
        AddWatched(contents, wallet.Book, StandardScripts.PayToPublicKey(key));
        foreach (var script in ScriptsOf(key)) AddWatched(contents, wallet.Book, script);
        if (key.Bytes.Length == Secp256k1.CompressedSize) AddScript(contents, StandardScripts.PayToWitnessPublicKeyHash(key.Hash));
        if (label is not null) Name(contents, ScriptsOf(key), label);
    });

    /// <summary>Keeps a script that a hash stands for.</summary>
    internal static void AddScript(WalletContents contents, ReadOnlyMemory<byte> script)
    {
        if (!contents.RedeemScripts.Exists(known => known.Span.SequenceEqual(script.Span))) contents.RedeemScripts.Add(script);
    }

    /// <summary>The scripts of a key's addresses.</summary>
    private static List<byte[]> ScriptsOf(PublicKey key)
    {
        var scripts = new List<byte[]> { AddressType.Legacy.ScriptFor(key) };
        if (key.Bytes.Length == Secp256k1.CompressedSize) scripts.AddRange([AddressType.P2shSegwit.ScriptFor(key), AddressType.Bech32.ScriptFor(key)]);
        return scripts;
    }

    private static void AddWatched(WalletContents contents, KeyBook book, byte[] script)
    {
        if (book.Find(script) is null) contents.Watched.Add(new WatchedScript(script, DateTimeOffset.FromUnixTimeSeconds(1)));
    }

    private static void Name(WalletContents contents, IEnumerable<byte[]> scripts, string label)
    {
        foreach (var script in scripts) contents.Book[new ScriptBytes(script)] = new BookEntry(label, IsReceive: true);
    }
}
