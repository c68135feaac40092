using System.Security.Cryptography;
using Chain.Node.Wallet;

namespace Chain.Node.Dev;

/// <summary>The wallet of a development chain: the accounts under their names, and a tree of keys of its own for what else is asked of it.</summary>
internal static class DevWallet
{
    /// <summary>Makes it where the node has no wallet yet.</summary>
    internal static void Create(string path, TimeProvider clock)
    {
        if (File.Exists(path)) return;
        using var random = RandomNumberGenerator.Create();
        using var storage = WalletStorage.Empty(path, new WalletContents { CreatedAt = clock.GetUtcNow() }, cipher: null, random, new WalletOptions().LockTimeout);
        storage.Update(contents =>
        {
            WalletAddresses.PlantTree(contents, storage.Secrets!, random);
            foreach (var account in DevAccounts.All)
            {
                storage.Secrets!.Add(account.Key);
                contents.Keys.Add(new WalletKey(account.Key.PublicKey, DateTimeOffset.FromUnixTimeSeconds(1)));
                contents.Book[new ScriptBytes(account.Script)] = new BookEntry(account.Name, IsReceive: true);
            }
        }, withSecrets: true);
    }
}
