using System.Security.Cryptography;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Node.Wallet;

/// <summary>
/// A wallet as commands see it: private keys and the addresses that they open, in the order in which they were made. An
/// encrypted one is locked when it is loaded: it shows addresses, and gives private keys only after <see cref="Unlock"/>. For
/// one thread; its secrets are erased on disposal.
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
        Keys = KeysOf(_storage.Contents, _book);
    }

    /// <summary>Whether the private keys are encrypted in the file.</summary>
    public bool IsEncrypted => _storage.IsEncrypted;

    /// <summary>Whether a passphrase is needed before private keys can be had.</summary>
    public bool IsLocked => _storage.IsLocked;

    /// <summary>The public halves of all keys that addresses were made of, newest last.</summary>
    public IReadOnlyList<WalletKey> Keys { get; }

    /// <summary>Reads a wallet and checks it; an encrypted one stays locked.</summary>
    public static KeyStore Load(string path) => new(Resolve(path));

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
        path = Resolve(path);
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

    /// <summary>The P2PKH addresses of all keys on a chain that writes them so, newest last.</summary>
    public IReadOnlyList<Address> Addresses(AddressFormat format)
    {
        if (_storage.Contents.Version == WalletFile.FirstVersion) return [.. Keys.Select(key => Address.Of(key.PublicKey, format))];
        return [.. _storage.Contents.Book.Where(pair => pair.Value.IsReceive && _book.Find(pair.Key.Bytes) is { Kind: OwnKind.Spendable })
            .Select(pair => StandardScripts.FindAddress(pair.Key.Bytes, format)).OfType<Address>()];
    }

    /// <summary>The labels, each once, in order.</summary>
    public IReadOnlyList<string> Labels => [.. _storage.Contents.Book.Select(pair => pair.Value.Label).OfType<string>().Where(label => label.Length > 0).Distinct().Order(StringComparer.Ordinal)];

    /// <summary>The addresses that have a label: own ones, and those of others that were given one.</summary>
    public IReadOnlyList<Address> AddressesOf(string label, AddressFormat format) =>
        [.. _storage.Contents.Book.Where(pair => pair.Value.Label == label).Select(pair => StandardScripts.FindAddress(pair.Key.Bytes, format)).OfType<Address>()];

    /// <summary>True where the wallet has the key that this hash stands for; no passphrase is needed.</summary>
    public bool Contains(Hash160 publicKeyHash) => _book.FindKey(publicKeyHash) is { IsPrivateKnown: true };

    /// <summary>The private key whose public key has this hash; null where the wallet has none. Throws while locked.</summary>
    public PrivateKey? FindPrivateKey(Hash160 publicKeyHash)
    {
        if (!Contains(publicKeyHash)) return null;
        return _book.FindPrivateKey(publicKeyHash, _storage.Secrets ?? throw WalletException.PassphraseRequired(_storage.Path));
    }

    /// <summary>
    /// Decrypts the private keys and checks that each belongs to its public key. A wallet in clear needs no passphrase and
    /// takes any.
    /// </summary>
    public void Unlock(Passphrase passphrase)
    {
        if (_storage.Seal is not { } seal || !IsLocked) return;
        if (!_storage.TryUnlock(WalletStorage.CipherFor(seal, passphrase))) throw WalletException.WrongPassphrase(_storage.Path);
    }

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

    private static List<WalletKey> KeysOf(WalletContents contents, KeyBook book)
    {
        var keys = contents.Keys.ToList();
        foreach (var (script, entry) in contents.Book)
        {
            if (entry.IsReceive && book.Find(script.Bytes) is { Place: not null, Key: { } key }) keys.Add(new WalletKey(key, contents.CreatedAt));
        }

        return keys;
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

    /// <summary>The file that a link leads to, so that a save replaces that file and not the link.</summary>
    private static string Resolve(string path)
    {
        path = Path.GetFullPath(path);
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return path;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw WalletException.Unreadable(path, e);
        }
    }
}
