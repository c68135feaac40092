using System.Security.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Node.Wallet;
using Chain.Tests.Kit;

namespace Chain.Tests.Wallet;

/// <summary>Wallets that hold something of every kind that their version can hold.</summary>
internal static class AttackedWallet
{
    public const string Secret = "correct horse battery staple";

    /// <summary>Makes the file, and gives its bytes.</summary>
    public static byte[] Make(WalletFolder folder, uint version, bool isEncrypted)
    {
        if (version == WalletFile.FirstVersion)
        {
            for (var i = 0; i < 3; i++) folder.AddKey(isEncrypted ? Secret : null, WalletFolder.FirstVersion);
        }
        else
        {
            using var storage = WalletStorage.Empty(
                folder.Wallet, new WalletContents { CreatedAt = WalletFolder.Start, Gap = 5 }, isEncrypted ? NewCipher() : null, folder.Random, TimeSpan.FromSeconds(10));
            storage.Update(contents => Fill(contents, storage.Secrets!, folder.Random), withSecrets: true);
        }

        return File.ReadAllBytes(folder.Wallet);
    }

    /// <summary>A cipher of two rounds for <see cref="Secret"/>.</summary>
    public static WalletCipher NewCipher()
    {
        using var secret = Passphrase.TryCreate(Secret)!;
        return new WalletCipher(secret, 2, RandomNumberGenerator.GetBytes(WalletCipher.SaltSize));
    }

    /// <summary>The cipher that opens a wallet.</summary>
    public static WalletCipher CipherOf(WalletSeal seal, string passphrase = Secret)
    {
        using var secret = Passphrase.TryCreate(passphrase)!;
        return WalletStorage.CipherFor(seal, secret);
    }

    private static void Fill(WalletContents contents, WalletSecrets secrets, RandomNumberGenerator random)
    {
        WalletAddresses.PlantTree(contents, secrets, random);
        contents.Accounts[0].NextReceive = 2;
        foreach (var key in new[] { Keys.Alice, Keys.Of(77, compressed: false) })
        {
            secrets.Add(key);
            contents.Keys.Add(new WalletKey(key.PublicKey, WalletFolder.Start));
            contents.Book[new ScriptBytes(Keys.ScriptOf(key))] = new BookEntry("imported, Zoë's", IsReceive: true);
        }

        var redeem = StandardScripts.PayToWitnessPublicKeyHash(Keys.Bob.PublicKey.Hash);
        contents.Book[new ScriptBytes(Keys.ScriptOf(Keys.Miner))] = new BookEntry("the miner", IsReceive: false);
        contents.Watched.Add(new WatchedScript(Keys.ScriptOf(Keys.Bob), WalletFolder.Start));
        contents.KnownKeys.Add(Keys.Bob.PublicKey);
        contents.RedeemScripts.Add(redeem);
        contents.Descriptors.Add(new ImportedDescriptor($"pkh({Convert.ToHexStringLower(Keys.Of(5).PublicKey.Bytes)})", WalletFolder.Start, 0, 1, [Keys.ScriptOf(Keys.Of(5))]) { Next = 0 });
        contents.LockedCoins.Add(new OutPoint(TestChains.Private.Genesis.Transactions[0].Id, 0));
        contents.SpentFrom.Add(new ScriptBytes(Keys.ScriptOf(Keys.Alice)));
    }
}
