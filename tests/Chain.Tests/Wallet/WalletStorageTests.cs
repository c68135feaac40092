using System.Security.Cryptography;
using Chain.Node.Wallet;
using Chain.Tests.Kit;

namespace Chain.Tests.Wallet;

/// <summary>Wallets of the second version: what may change while they are locked, what damage is found, and that nothing is lost.</summary>
public class WalletStorageTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Load_EveryBitFlipped_Damaged(bool isEncrypted)
    {
        using var folder = new WalletFolder();
        using (Create(folder, isEncrypted))
        {
        }

        var data = File.ReadAllBytes(folder.Wallet);
        for (var bit = 0; bit < data.Length * 8; bit++)
        {
            data[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(folder.Wallet, data);
            Assert.Equal(WalletError.Damaged, Assert.Throws<WalletException>(() => Load(folder)).Error);
            data[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Update_Locked_NamesChangeAndTheSecretsStay()
    {
        using var folder = new WalletFolder();
        using var made = Create(folder, isEncrypted: true);
        made.Lock();
        made.Update(contents =>
        {
            contents.Book[new ScriptBytes(new byte[] { 1, 2, 3 })] = new BookEntry("Zoë's shop", IsReceive: false);
            contents.Accounts[0].NextReceive = 7;
        });
        using var read = Load(folder);
        Assert.Equal("Zoë's shop", Assert.Single(read.Contents.Book).Value.Label);
        Assert.Equal(7u, read.Contents.Accounts[0].NextReceive);
        Assert.True(read.TryUnlock(Cipher(read)));
        Assert.Equal(read.Contents.SeedId, read.Secrets!.Master()!.PublicKey.Hash);
    }

    [Fact]
    public void TryUnlock_AnotherPassphrase_StaysLocked()
    {
        using var folder = new WalletFolder();
        using var made = Create(folder, isEncrypted: true);
        made.Lock();
        using var other = Passphrase.TryCreate("other")!;
        Assert.False(made.TryUnlock(WalletStorage.CipherFor(made.Seal!, other)));
        Assert.True(made.IsLocked);
    }

    [Fact]
    public void Update_FileChangedByAnother_BuildsOnWhatItHolds()
    {
        using var folder = new WalletFolder();
        using var first = Create(folder, isEncrypted: false);
        using var second = Load(folder);
        first.Update(contents => contents.Gap = 33);
        second.Update(contents => contents.Flags |= WalletFlags.AvoidReuse);
        using var read = Load(folder);
        Assert.Equal((33u, WalletFlags.AvoidReuse), (read.Contents.Gap, read.Contents.Flags));
    }

    [Fact]
    public void Update_ThatThrows_ChangesNothing()
    {
        using var folder = new WalletFolder();
        using var storage = Create(folder, isEncrypted: false);
        var before = File.ReadAllBytes(folder.Wallet);
        Assert.Throws<InvalidOperationException>(() => storage.Update(contents =>
        {
            contents.Gap = 99;
            throw new InvalidOperationException();
        }));
        Assert.Equal(before, File.ReadAllBytes(folder.Wallet));
        Assert.Equal(0u, storage.Contents.Gap);
        Assert.NotNull(storage.Secrets!.Master());
    }

    [Fact]
    public void Reseal_WalletInClear_ItsSecretsAreNowhereInTheFile()
    {
        using var folder = new WalletFolder();
        using var storage = Create(folder, isEncrypted: false);
        storage.Update(contents =>
        {
            storage.Secrets!.Add(Keys.Alice);
            contents.Keys.Add(new WalletKey(Keys.Alice.PublicKey, WalletFolder.Start));
        }, withSecrets: true);
        var (seed, key) = (storage.Secrets!.Encode()[1..33], Keys.Alice.Bytes.ToArray());
        Assert.NotEqual(-1, File.ReadAllBytes(folder.Wallet).AsSpan().IndexOf(seed));
        using var secret = Passphrase.TryCreate("secret")!;
        storage.Reseal(new WalletCipher(secret, 2, RandomNumberGenerator.GetBytes(WalletCipher.SaltSize)));
        foreach (var bytes in new[] { seed, key }) Assert.Equal(-1, File.ReadAllBytes(folder.Wallet).AsSpan().IndexOf(bytes));
        using var read = Load(folder);
        Assert.True(read.IsLocked);
        Assert.True(read.TryUnlock(Cipher(read)));
        Assert.Equal(Keys.Alice.PublicKey, new KeyBook(read.Contents).FindPrivateKey(Keys.Alice.PublicKey.Hash, read.Secrets!)!.PublicKey);
    }

    [Fact]
    public void KeyBook_EveryKeyOfTheTree_HasItsPrivateKey()
    {
        using var folder = new WalletFolder();
        using var storage = Create(folder, isEncrypted: false);
        var book = new KeyBook(storage.Contents);
        foreach (var account in storage.Contents.Accounts)
        {
            foreach (var isChange in new[] { false, true })
            {
                var key = KeyBook.Derive(account, isChange, KeyBook.UsualGap - 1, out _);
                Assert.Equal(key, book.FindPrivateKey(key.Hash, storage.Secrets!)!.PublicKey);
                Assert.Equal(OwnKind.Spendable, book.Find(account.Type.ScriptFor(key))!.Kind);
                Assert.Null(book.FindKey(KeyBook.Derive(account, isChange, KeyBook.UsualGap, out _).Hash));
            }
        }
    }

    private static WalletStorage Create(WalletFolder folder, bool isEncrypted)
    {
        using var secret = Passphrase.TryCreate("secret")!;
        var cipher = isEncrypted ? new WalletCipher(secret, 2, RandomNumberGenerator.GetBytes(WalletCipher.SaltSize)) : null;
        var storage = WalletStorage.Empty(folder.Wallet, new WalletContents { CreatedAt = WalletFolder.Start }, cipher, folder.Random, TimeSpan.FromSeconds(10));
        storage.Update(contents => WalletAddresses.PlantTree(contents, storage.Secrets!, folder.Random), withSecrets: true);
        return storage;
    }

    private static WalletStorage Load(WalletFolder folder) => WalletStorage.Load(folder.Wallet, folder.Random, TimeSpan.FromSeconds(10));

    private static WalletCipher Cipher(WalletStorage storage)
    {
        using var secret = Passphrase.TryCreate("secret")!;
        return WalletStorage.CipherFor(storage.Seal!, secret);
    }
}
