using System.Security.Cryptography;
using Chain.Core.Cryptography;
using Chain.Node.Wallet;

namespace Chain.Tests.Wallet;

/// <summary>An empty folder with the path of a wallet in it, and what a wallet needs from outside: chance and time.</summary>
internal sealed class WalletFolder : IDisposable
{
    public static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    /// <summary>Two rounds instead of 600,000.</summary>
    public static readonly WalletOptions Quick = new() { Iterations = 2 };

    /// <summary>The same for wallets of the first version, whose keys are made one by one.</summary>
    public static readonly WalletOptions FirstVersion = new() { Iterations = 2, Version = WalletFile.FirstVersion };

    private readonly string _folder = Directory.CreateTempSubdirectory("chain-wallet-").FullName;

    public WalletFolder() => Wallet = Path.Combine(_folder, "Wallets_3000.dat");

    public string Wallet { get; }

    public RandomNumberGenerator Random { get; init; } = RandomNumberGenerator.Create();

    public WalletOptions Options { get; init; } = Quick;

    public TimeProvider Time { get; init; } = new FixedTime(Start);

    public string PathOf(string name) => Path.Combine(_folder, name);

    public string[] Names() => [.. Directory.GetFileSystemEntries(_folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    public PublicKey AddKey(string? passphrase = null, WalletOptions? options = null)
    {
        using var secret = passphrase is null ? null : Passphrase.TryCreate(passphrase);
        return KeyStore.AddKey(Wallet, secret, Random, Time, options ?? Options, CancellationToken.None);
    }

    public OpenWallet Unlock(string passphrase)
    {
        var store = OpenWallet.Load(Wallet);
        using var secret = Passphrase.TryCreate(passphrase)!;
        Assert.True(store.TryUnlock(secret));
        return store;
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        Random.Dispose();
    }

    private sealed class FixedTime(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
