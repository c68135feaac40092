using System.Security.Cryptography;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;

namespace Chain.Node.Wallet;

/// <summary>
/// A wallet: private keys and the addresses that they open, in the order in which they were made. An encrypted one is
/// locked when it is loaded: it shows addresses, and gives private keys only after <see cref="Unlock"/>. For one thread;
/// its secrets are erased on disposal.
/// </summary>
/// <remarks>Methods that touch the file throw <see cref="WalletException"/>, with a message for people.</remarks>
public sealed class KeyStore : IDisposable
{
    private readonly string _path;
    private readonly List<WalletKey> _keys = [];
    private readonly Dictionary<Hash160, int> _indexes = [];

    /// <summary>What an encrypted file held; null for a wallet in clear or a new one.</summary>
    private readonly WalletFile? _sealed;

    /// <summary>The private keys one after the other; null while locked.</summary>
    private byte[]? _secrets;

    /// <summary>The key of the encryption; null while locked, and for a wallet in clear.</summary>
    private WalletCipher? _cipher;

    private KeyStore(string path, IEnumerable<WalletKey> keys, WalletFile? sealedFile, byte[]? secrets)
    {
        _path = path;
        _sealed = sealedFile;
        _secrets = secrets;
        foreach (var key in keys) Append(key);
    }

    /// <summary>Whether the private keys are encrypted in the file.</summary>
    public bool IsEncrypted => _sealed is not null || _cipher is not null;

    /// <summary>Whether a passphrase is needed before private keys can be had.</summary>
    public bool IsLocked => _secrets is null;

    /// <summary>The public halves of all keys, newest last.</summary>
    public IReadOnlyList<WalletKey> Keys => _keys;

    /// <summary>Reads a wallet and checks it; an encrypted one stays locked.</summary>
    public static KeyStore Load(string path)
    {
        path = Resolve(path);
        var data = Read(path);
        var file = WalletFile.Decode(data, path);
        if (file.Seal is not null) return new KeyStore(path, file.Keys, file, secrets: null);
        var secrets = file.SecretPart.ToArray();
        CryptographicOperations.ZeroMemory(data);
        RequireKeysBelong(file.Keys, secrets, path);
        return new KeyStore(path, file.Keys, sealedFile: null, secrets);
    }

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
        using var store = LoadOrCreate(path);
        if (store.IsEncrypted) store.Unlock(passphrase ?? throw WalletException.PassphraseRequired(path));
        else if (passphrase is not null) store._cipher = new WalletCipher(passphrase, options.Iterations, Random(random, WalletCipher.SaltSize));
        var key = store.CreateKey(random, time.GetUtcNow());
        store.Save(random);
        return key;
    }

    /// <summary>The P2PKH addresses of all keys on a chain that writes them so, newest last.</summary>
    public IReadOnlyList<Address> Addresses(AddressFormat format) => [.. _keys.Select(key => Address.Of(key.PublicKey, format))];

    /// <summary>True where the wallet has the key that this hash stands for; no passphrase is needed.</summary>
    public bool Contains(Hash160 publicKeyHash) => _indexes.ContainsKey(publicKeyHash);

    /// <summary>The private key whose public key has this hash; null where the wallet has none. Throws while locked.</summary>
    public PrivateKey? FindPrivateKey(Hash160 publicKeyHash)
    {
        if (!_indexes.TryGetValue(publicKeyHash, out var index)) return null;
        return PrivateKey.TryCreate(SecretAt(_secrets ?? throw WalletException.PassphraseRequired(_path), index));
    }

    /// <summary>
    /// Decrypts the private keys and checks that each belongs to its public key. A wallet in clear needs no passphrase and
    /// takes any.
    /// </summary>
    public void Unlock(Passphrase passphrase)
    {
        if (_sealed?.Seal is not { } seal || !IsLocked) return;
        var cipher = new WalletCipher(passphrase, seal.Iterations, seal.Salt);
        var secrets = cipher.TryDecrypt(seal.Nonce, _sealed.SecretPart.Span, _sealed.PublicPart.Span);
        if (secrets is null)
        {
            cipher.Dispose();
            throw WalletException.WrongPassphrase(_path);
        }

        RequireKeysBelong(_sealed.Keys, secrets, _path);
        _secrets = secrets;
        _cipher = cipher;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_secrets);
        _secrets = null;
        _cipher?.Dispose();
    }

    private PublicKey CreateKey(RandomNumberGenerator random, DateTimeOffset now)
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

        var old = _secrets!;
        _secrets = [.. old, .. secret];
        CryptographicOperations.ZeroMemory(old);
        CryptographicOperations.ZeroMemory(secret);
        Append(new WalletKey(key.PublicKey, now));
        return key.PublicKey;
    }

    private void Save(RandomNumberGenerator random)
    {
        var data = _cipher is null
            ? WalletFile.Encode(_keys, _secrets)
            : WalletFile.Encode(_keys, _secrets, _cipher, Random(random, WalletCipher.NonceSize));
        try
        {
            if (data.Length > WalletFile.MaxSize) throw WalletException.Full(_path);
            AtomicFile.Write(_path, data);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw WalletException.Unwritable(_path, e);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(data);
        }
    }

    private void Append(WalletKey key)
    {
        _indexes.Add(key.PublicKey.Hash, _keys.Count);
        _keys.Add(key);
    }

    private static KeyStore LoadOrCreate(string path)
    {
        try
        {
            return Load(path);
        }
        catch (WalletException e) when (e.Error == WalletError.NotFound)
        {
            return new KeyStore(path, keys: [], sealedFile: null, secrets: []);
        }
    }

    private static byte[] Read(string path)
    {
        try
        {
            // A writer may rename its file over this one meanwhile; what is open stays whole.
            using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            if (stream.Length > WalletFile.MaxSize) throw WalletException.Damaged(path, $"it is larger than {WalletFile.MaxSize} bytes");
            var data = new byte[stream.Length];
            stream.ReadExactly(data);
            return data;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw WalletException.NotFound(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw WalletException.Unreadable(path, e);
        }
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

    private static void RequireKeysBelong(IReadOnlyList<WalletKey> keys, ReadOnlySpan<byte> secrets, string path)
    {
        for (var i = 0; i < keys.Count; i++)
        {
            if (!keys[i].PublicKey.Equals(PrivateKey.TryCreate(SecretAt(secrets, i))?.PublicKey))
                throw WalletException.Damaged(path, $"private key {i + 1} does not belong to its public key");
        }
    }

    private static ReadOnlySpan<byte> SecretAt(ReadOnlySpan<byte> secrets, int index) =>
        secrets.Slice(index * Secp256k1.PrivateKeySize, Secp256k1.PrivateKeySize);

    private static byte[] Random(RandomNumberGenerator random, int count)
    {
        var bytes = new byte[count];
        random.GetBytes(bytes);
        return bytes;
    }
}
