using System.Collections.Concurrent;
using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Node.Wallet;

namespace Chain.Tests.Wallet;

/// <summary>Wallets on the disk: nothing is lost, whoever fails, dies or writes at the same time.</summary>
public class KeyStoreTests
{
    private const string Secret = "open sesame";

    [Fact]
    public void AddKey_NoFile_CreatesAWalletThatFindsTheKey()
    {
        using var folder = new WalletFolder();
        var key = folder.AddKey();
        using var store = OpenWallet.Load(folder.Wallet);

        Assert.False(store.IsEncrypted);
        Assert.False(store.IsLocked);
        Assert.Equal(new WalletKey(key, WalletFolder.Start), Assert.Single(store.Keys));
        Assert.Equal([Address.Of(key, Profiles.Regtest.AddressFormat)], store.Addresses(Profiles.Regtest.AddressFormat));
        Assert.True(store.Contains(key.Hash));
        Assert.Equal(key, store.FindPrivateKey(key.Hash)!.PublicKey);
        Assert.True(store.FindPrivateKey(key.Hash)!.IsCompressed);
        Assert.Null(store.FindPrivateKey(default));
        Assert.False(store.Contains(default));
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Secret)]
    public void AddKey_Thrice_NewestLastAndAllUsable(string? passphrase)
    {
        using var folder = new WalletFolder();
        PublicKey[] keys = [folder.AddKey(passphrase), folder.AddKey(passphrase), folder.AddKey(passphrase)];
        using var store = folder.Unlock(passphrase ?? "any");
        Assert.Equal(keys, store.Keys.Select(key => key.PublicKey));
        Assert.Equal(keys.Select(key => key.Hash), store.Addresses(Profiles.PrivateAddressFormat).Select(address => address.KeyHash!.Value));
        Assert.All(keys, key => Assert.Equal(key, store.FindPrivateKey(key.Hash)!.PublicKey));
    }

    [Fact]
    public void AddKey_RandomnessOutsideTheGroup_TriedAgain()
    {
        using var folder = new WalletFolder { Random = new ScriptedRandom(7, 0x00, 0xff) };
        var key = folder.AddKey();
        using var store = OpenWallet.Load(folder.Wallet);
        Assert.Equal(key, store.FindPrivateKey(key.Hash)!.PublicKey);
    }

    [Fact]
    public void Load_Encrypted_ShowsAddressesAndNoPrivateKey()
    {
        using var folder = new WalletFolder();
        var key = folder.AddKey(Secret);
        using var store = OpenWallet.Load(folder.Wallet);
        Assert.True(store.IsEncrypted);
        Assert.True(store.IsLocked);
        Assert.Equal(key.Hash, Assert.Single(store.Addresses(Profiles.PrivateAddressFormat)).KeyHash);
        Assert.True(store.Contains(key.Hash));
    }

    [Fact]
    public void Load_NoFile_NotFound()
    {
        using var folder = new WalletFolder();
        Assert.Equal(WalletError.NotFound, Assert.Throws<WalletException>(() => KeyStore.Load(folder.Wallet)).Error);
        Assert.Equal(WalletError.NotFound, Assert.Throws<WalletException>(() => KeyStore.Load(folder.PathOf("no/such/folder"))).Error);
        Assert.Empty(folder.Names());
    }

    [Fact]
    public void Load_Folder_Access()
    {
        using var folder = new WalletFolder();
        Directory.CreateDirectory(folder.Wallet);
        Assert.Equal(WalletError.Access, Assert.Throws<WalletException>(() => KeyStore.Load(folder.Wallet)).Error);
        Assert.Equal(WalletError.Access, Assert.Throws<WalletException>(() => folder.AddKey()).Error);
    }

    [Fact]
    public void Load_FileOfManyMegabytes_RefusedUnread()
    {
        using var folder = new WalletFolder();
        using (var file = File.Create(folder.Wallet)) file.SetLength(1L << 40);
        Assert.Equal(WalletError.Damaged, Assert.Throws<WalletException>(() => KeyStore.Load(folder.Wallet)).Error);
    }

    [Fact]
    public void Unlock_WrongPassphrase_StaysLockedAndTheRightOneStillOpens()
    {
        using var folder = new WalletFolder();
        var key = folder.AddKey(Secret);
        using var store = OpenWallet.Load(folder.Wallet);
        using var wrong = Passphrase.TryCreate("open sesame ")!;
        using var right = Passphrase.TryCreate(Secret)!;
        Assert.False(store.TryUnlock(wrong));
        Assert.True(store.IsLocked);
        Assert.True(store.TryUnlock(right));
        Assert.Equal(key, store.FindPrivateKey(key.Hash)!.PublicKey);
    }

    [Theory]
    [InlineData("wrong", WalletError.WrongPassphrase)]
    [InlineData(null, WalletError.PassphraseRequired)]
    public void AddKey_EncryptedWithoutItsPassphrase_ChangesNothing(string? passphrase, WalletError expected)
    {
        using var folder = new WalletFolder();
        folder.AddKey(Secret);
        var before = File.ReadAllBytes(folder.Wallet);
        Assert.Equal(expected, Assert.Throws<WalletException>(() => folder.AddKey(passphrase)).Error);
        Assert.Equal(before, File.ReadAllBytes(folder.Wallet));
        Assert.Equal(["Wallets_3000.dat", "Wallets_3000.dat.lock"], folder.Names());
    }

    [Fact]
    public void AddKey_Damaged_ChangesNothing()
    {
        using var folder = new WalletFolder();
        folder.AddKey();
        var data = File.ReadAllBytes(folder.Wallet);
        data[20] ^= 0x10;
        File.WriteAllBytes(folder.Wallet, data);
        Assert.Equal(WalletError.Damaged, Assert.Throws<WalletException>(() => folder.AddKey()).Error);
        Assert.Equal(data, File.ReadAllBytes(folder.Wallet));
    }

    [Fact]
    public void AddKey_PassphraseForAWalletInClear_EncryptsOldKeysToo()
    {
        using var folder = new WalletFolder();
        PublicKey[] keys = [folder.AddKey(), folder.AddKey(), folder.AddKey(Secret)];
        using var store = folder.Unlock(Secret);
        Assert.True(store.IsEncrypted);
        Assert.Equal(keys, store.Keys.Select(key => key.PublicKey));
        var data = File.ReadAllBytes(folder.Wallet);
        foreach (var key in keys) Assert.Equal(-1, data.AsSpan().IndexOf(store.FindPrivateKey(key.Hash)!.Bytes));
    }

    [Fact]
    public void AddKey_Encrypted_NewNonceEachTimeAndTheSameSalt()
    {
        using var folder = new WalletFolder();
        folder.AddKey(Secret);
        var first = WalletFile.Decode(File.ReadAllBytes(folder.Wallet), folder.Wallet).Seal!;
        folder.AddKey(Secret);
        var second = WalletFile.Decode(File.ReadAllBytes(folder.Wallet), folder.Wallet).Seal!;
        Assert.NotEqual(first.Nonce, second.Nonce);
        Assert.Equal(first.Salt, second.Salt);
    }

    [Fact]
    public void AddKey_Default_600000Rounds()
    {
        using var folder = new WalletFolder();
        folder.AddKey(Secret, new WalletOptions());
        Assert.Equal(600_000, WalletFile.Decode(File.ReadAllBytes(folder.Wallet), folder.Wallet).Seal!.Iterations);
        using var store = folder.Unlock(Secret);
        Assert.False(store.IsLocked);
    }

    [Fact]
    public void AddKey_AnyFile_OnlyTheOwnerMayReadIt()
    {
        if (OperatingSystem.IsWindows()) return;
        using var folder = new WalletFolder();
        folder.AddKey();
        File.SetUnixFileMode(folder.Wallet, (UnixFileMode)0b110_110_110);
        folder.AddKey();
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(folder.Wallet));
    }

    [Fact]
    public void AddKey_LinkToTheWallet_ReplacesTheFileAndKeepsTheLink()
    {
        if (OperatingSystem.IsWindows()) return;
        using var folder = new WalletFolder();
        folder.AddKey();
        var link = folder.PathOf("link.dat");
        File.CreateSymbolicLink(link, folder.Wallet);
        KeyStore.AddKey(link, null, folder.Random, folder.Time);
        Assert.NotNull(new FileInfo(link).LinkTarget);
        using var store = OpenWallet.Load(folder.Wallet);
        Assert.Equal(2, store.Keys.Count);
    }

    [Fact]
    public void AddKey_TemporaryFileLeftByAKill_NeverReadAndRemoved()
    {
        using var folder = new WalletFolder();
        var key = folder.AddKey();
        File.WriteAllText(folder.Wallet + AtomicFile.TemporarySuffix, "half a wallet");
        using (var store = OpenWallet.Load(folder.Wallet)) Assert.Equal(key, Assert.Single(store.Keys).PublicKey);
        folder.AddKey();
        using (var store = OpenWallet.Load(folder.Wallet)) Assert.Equal(2, store.Keys.Count);
        Assert.Equal(["Wallets_3000.dat", "Wallets_3000.dat.lock"], folder.Names());
    }

    [Fact]
    public void AddKey_SaveImpossible_OldFileStays()
    {
        using var folder = new WalletFolder();
        folder.AddKey();
        var before = File.ReadAllBytes(folder.Wallet);
        Directory.CreateDirectory(folder.Wallet + AtomicFile.TemporarySuffix);
        Assert.Equal(WalletError.Access, Assert.Throws<WalletException>(() => folder.AddKey()).Error);
        Assert.Equal(before, File.ReadAllBytes(folder.Wallet));
    }

    [Fact]
    public void Write_FailsBeforeTheRename_OldFileStaysAndNothingIsLeft()
    {
        using var folder = new WalletFolder();
        AtomicFile.Write(folder.Wallet, "old"u8);
        Assert.Throws<IOException>(() => AtomicFile.Write(folder.Wallet, "new"u8, () => throw new IOException("the disk is full")));
        Assert.Equal("old", File.ReadAllText(folder.Wallet));
        Assert.Equal(["Wallets_3000.dat"], folder.Names());
    }

    [Fact]
    public void AddKey_LockHeldByAnother_BusyAndUnchanged()
    {
        using var folder = new WalletFolder();
        folder.AddKey();
        var before = File.ReadAllBytes(folder.Wallet);
        using (WalletLock.Acquire(folder.Wallet, TimeSpan.Zero, CancellationToken.None))
        {
            var options = WalletFolder.Quick with { LockTimeout = TimeSpan.FromMilliseconds(60) };
            Assert.Equal(WalletError.Busy, Assert.Throws<WalletException>(() => folder.AddKey(options: options)).Error);
            Assert.Equal(before, File.ReadAllBytes(folder.Wallet));
            using var cancelled = new CancellationTokenSource();
            cancelled.Cancel();
            Assert.Throws<OperationCanceledException>(() =>
                KeyStore.AddKey(folder.Wallet, null, folder.Random, folder.Time, WalletFolder.Quick, cancelled.Token));
        }

        folder.AddKey();
    }

    [Theory]
    [InlineData(null)]
    [InlineData(Secret)]
    public async Task AddKey_ManyAtTheSameTime_NoneIsLostAndReadersSeeWholeFiles(string? passphrase)
    {
        using var folder = new WalletFolder();
        var made = new ConcurrentBag<PublicKey> { folder.AddKey(passphrase) };
        var writers = Enumerable.Range(0, 6).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 6; i++) made.Add(folder.AddKey(passphrase, WalletFolder.Quick with { LockTimeout = TimeSpan.FromMinutes(2) }));
        })).ToArray();
        var all = Task.WhenAll(writers);
        while (!all.IsCompleted) KeyStore.Load(folder.Wallet).Dispose();
        await all;

        using var store = folder.Unlock(passphrase ?? "any");
        Assert.Equal(37, made.Count);
        Assert.Equal(made.Select(key => key.ToString()).Order(), store.Keys.Select(key => key.PublicKey.ToString()).Order());
        Assert.All(made, key => Assert.Equal(key, store.FindPrivateKey(key.Hash)!.PublicKey));
    }
}
