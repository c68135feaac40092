using System.Security.Cryptography;
using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Node.Wallet;

/// <summary>
/// A wallet's file as commands see it where no node runs and no chain is open: its addresses and their names, and a way to make the
/// next one. Private keys stay where they are. For one thread.
/// </summary>
/// <remarks>Methods that touch the file throw <see cref="WalletException"/>, with a message for people.</remarks>
public sealed class KeyStore : IDisposable
{
    private readonly RandomNumberGenerator _random = RandomNumberGenerator.Create();
    private readonly WalletStorage _storage;
    private readonly KeyBook _book;

    private KeyStore(string path)
    {
        _storage = WalletStorage.Load(path, _random, new WalletOptions().LockTimeout);
        _book = new KeyBook(_storage.Contents);
    }

    /// <summary>Whether the private keys are encrypted in the file.</summary>
    public bool IsEncrypted => _storage.IsEncrypted;

    /// <summary>Reads a wallet and checks it; an encrypted one stays locked.</summary>
    public static KeyStore Load(string path) => new(path);

    /// <summary>
    /// Makes a key, adds it to the wallet's file and returns its public half once the file is safely on the disk. A wallet
    /// that does not exist is created. With a passphrase, a new wallet is encrypted, and so is one that was in clear until
    /// now (old copies of the file stay readable). Processes that do this at the same time take turns.
    /// </summary>
    public static PublicKey AddKey(
        string path, Passphrase? passphrase, RandomNumberGenerator random, TimeProvider time, CancellationToken cancellation = default) =>
        AddKey(path, passphrase, random, time, new WalletOptions(), cancellation);

    internal static PublicKey AddKey(
        string path, Passphrase? passphrase, RandomNumberGenerator random, TimeProvider time, WalletOptions options, CancellationToken cancellation)
    {
        path = WalletPath.Resolve(path);
        using var turn = WalletLock.Acquire(path, options.LockTimeout, cancellation);
        using var storage = LoadOrCreate(path, passphrase, random, time, options);
        if (storage.Seal is { } seal)
        {
            if (!storage.TryUnlock(WalletStorage.CipherFor(seal, passphrase ?? throw WalletException.PassphraseRequired(path)))) throw WalletException.WrongPassphrase(path);
        }
        else if (passphrase is not null && !storage.IsEncrypted)
        {
            storage.SealWith(NewCipher(passphrase, random, options));
        }

        PublicKey? key = null;
        storage.UpdateUnderLock(contents =>
        {
            if (contents is { Version: > WalletFile.FirstVersion, Keys.Count: 0, Accounts.Count: 0 }) WalletAddresses.PlantTree(contents, storage.Secrets!, random);
            key = Add(contents, storage.Secrets!, random, time.GetUtcNow());
        }, withSecrets: true);
        return key!;
    }

    /// <summary>The addresses that the wallet is paid at and has the keys of, newest last, as a chain writes them.</summary>
    public IReadOnlyList<Address> Addresses(AddressFormat format) =>
        [.. ReceiveAddresses.Of(_storage.Contents, _book).Select(address => StandardScripts.FindAddress(address.Script, format)).OfType<Address>()];

    /// <summary>The labels, each once, in order.</summary>
    public IReadOnlyList<string> Labels => [.. _storage.Contents.Book.Select(pair => pair.Value.Label).OfType<string>().Where(label => label.Length > 0).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The newest address that the wallet made itself; where it made none, the newest of all. Null where it has none.</summary>
    public Address? NewestAddress(AddressFormat format) =>
        ReceiveAddresses.Newest([.. ReceiveAddresses.Of(_storage.Contents, _book)]) is { } newest ? StandardScripts.FindAddress(newest.Script, format) : null;

    /// <summary>The addresses that a label stands for: own ones, and those of others that were given one.</summary>
    public IReadOnlyList<Address> AddressesOf(string label, ChainParams p) =>
        [.. Nickname.Find(_storage.Contents, _book, label, AddressTypes.UsualOn(p)).Select(script => StandardScripts.FindAddress(script, p.AddressFormat)).OfType<Address>()];

    /// <inheritdoc/>
    public void Dispose()
    {
        _storage.Dispose();
        _random.Dispose();
    }

    /// <summary>The next key of a wallet that has a tree of keys; of any other a new one by chance.</summary>
    private static PublicKey Add(WalletContents contents, WalletSecrets secrets, RandomNumberGenerator random, DateTimeOffset now)
    {
        if (contents.Accounts.Find(account => account.Type == AddressType.Legacy) is { } account)
        {
            var next = KeyBook.Derive(account, isChange: false, account.NextReceive, out var used);
            account.NextReceive = used + 1;
            contents.Book[new ScriptBytes(AddressType.Legacy.ScriptFor(next))] = new BookEntry("", IsReceive: true);
            return next;
        }

        var key = RandomKey(random);
        secrets.Add(key);
        contents.Keys.Add(new WalletKey(key.PublicKey, now));
        contents.Book[new ScriptBytes(AddressType.Legacy.ScriptFor(key.PublicKey))] = new BookEntry("", IsReceive: true);
        return key.PublicKey;
    }

    private static PrivateKey RandomKey(RandomNumberGenerator random)
    {
        Span<byte> secret = stackalloc byte[Secp256k1.PrivateKeySize];
        PrivateKey? key;
        do
        {
            // Numbers from the group order up are no keys; one in 2^127 tries finds such a number.
            random.GetBytes(secret);
            key = PrivateKey.TryCreate(secret);
        }
        while (key is null);
        CryptographicOperations.ZeroMemory(secret);
        return key;
    }

    private static WalletStorage LoadOrCreate(string path, Passphrase? passphrase, RandomNumberGenerator random, TimeProvider time, WalletOptions options)
    {
        try
        {
            return WalletStorage.Load(path, random, options.LockTimeout);
        }
        catch (WalletException e) when (e.Error == WalletError.NotFound)
        {
            var contents = new WalletContents { Version = options.Version, CreatedAt = time.GetUtcNow() };
            return WalletStorage.Empty(path, contents, passphrase is null ? null : NewCipher(passphrase, random, options), random, options.LockTimeout);
        }
    }

    private static WalletCipher NewCipher(Passphrase passphrase, RandomNumberGenerator random, WalletOptions options)
    {
        var salt = new byte[WalletCipher.SaltSize];
        random.GetBytes(salt);
        return new WalletCipher(passphrase, options.Iterations, salt);
    }
}
