using System.Security.Cryptography;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Node.Wallet;

namespace Chain.Tests.Wallet;

/// <summary>A wallet's file, read, and on request unlocked: what is in it, key by key.</summary>
internal sealed class OpenWallet : IDisposable
{
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private readonly WalletStorage _storage;
    private readonly KeyBook _book;

    private OpenWallet(string path)
    {
        _storage = WalletStorage.Load(path, _random, TimeSpan.Zero);
        _book = new KeyBook(_storage.Contents);
    }

    public bool IsEncrypted => _storage.IsEncrypted;

    public bool IsLocked => _storage.IsLocked;

    /// <summary>The public halves of the keys that addresses were made of, newest last.</summary>
    public IReadOnlyList<WalletKey> Keys => [.. ReceiveAddresses.Of(_storage.Contents, _book).Select(address => _book.Find(address.Script)!.Owner!).Select(key => new WalletKey(key.Key, key.CreatedAt))];

    public static OpenWallet Load(string path) => new(path);

    public IReadOnlyList<Address> Addresses(AddressFormat format) =>
        [.. ReceiveAddresses.Of(_storage.Contents, _book).Select(address => StandardScripts.FindAddress(address.Script, format)!.Value)];

    public bool Contains(Hash160 publicKeyHash) => _book.FindKey(publicKeyHash) is { IsPrivateKnown: true };

    public PrivateKey? FindPrivateKey(Hash160 publicKeyHash) => _book.FindPrivateKey(publicKeyHash, _storage.Secrets!);

    /// <summary>False where the passphrase is another one.</summary>
    public bool TryUnlock(Passphrase passphrase) => _storage.Seal is not { } seal || _storage.TryUnlock(WalletStorage.CipherFor(seal, passphrase));

    public void Dispose()
    {
        _storage.Dispose();
        _random.Dispose();
    }
}
