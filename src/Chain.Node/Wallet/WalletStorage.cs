using System.Security.Cryptography;
using Chain.Core.Cryptography;
using Chain.Core.Encoding;

namespace Chain.Node.Wallet;

/// <summary>
/// A wallet's file and what it holds. A change is made under the file's lock, on what the file holds then: several processes
/// may change it in turn and lose nothing. An encrypted wallet is locked until it is given its cipher; its secrets are erased
/// when it is locked again, and on disposal. For one thread.
/// </summary>
/// <remarks>Methods that touch the file throw <see cref="WalletException"/>, with a message for people.</remarks>
internal sealed class WalletStorage : IDisposable
{
    private readonly RandomNumberGenerator _random;
    private readonly TimeSpan _lockTimeout;
    private WalletSeal? _seal;
    private ReadOnlyMemory<byte> _associated;
    private ReadOnlyMemory<byte> _sealedSecrets;
    private WalletCipher? _cipher;
    private Hash256? _stamp;
    private bool _areSecretsNew;
    private (DateTime Time, long Length) _touched;

    private WalletStorage(string path, RandomNumberGenerator random, TimeSpan lockTimeout)
    {
        Path = path;
        _random = random;
        _lockTimeout = lockTimeout;
    }

    /// <summary>The file; where a link was named, what it leads to.</summary>
    internal string Path { get; }

    /// <summary>What is in clear. Changed only inside <see cref="Update"/>.</summary>
    internal WalletContents Contents { get; private set; } = new();

    /// <summary>The private keys and the seed; null while locked.</summary>
    internal WalletSecrets? Secrets { get; private set; }

    internal bool IsEncrypted => _seal is not null || _cipher is not null;

    internal bool IsLocked => Secrets is null;

    /// <summary>The hash at the end of the file, as it was read or written last; null where there is no file yet.</summary>
    internal Hash256? Stamp => _stamp;

    /// <summary>How the secrets are encrypted in the file; null where they are not.</summary>
    internal WalletSeal? Seal => _seal;

    /// <summary>Reads a wallet and checks it; an encrypted one stays locked.</summary>
    internal static WalletStorage Load(string path, RandomNumberGenerator random, TimeSpan lockTimeout)
    {
        var storage = new WalletStorage(WalletPath.Resolve(path), random, lockTimeout);
        storage.Read(WalletPath.Read(storage.Path));
        return storage;
    }

    /// <summary>A wallet without a file: the first <see cref="Update"/> makes it. Encrypted where a cipher is given, which it takes over.</summary>
    internal static WalletStorage Empty(string path, WalletContents contents, WalletCipher? cipher, RandomNumberGenerator random, TimeSpan lockTimeout) =>
        new(WalletPath.Resolve(path), random, lockTimeout) { Contents = contents, Secrets = new WalletSecrets(), _cipher = cipher, _areSecretsNew = true };

    /// <summary>Takes up what another process has written meanwhile; true where there was anything.</summary>
    internal bool Refresh()
    {
        var data = WalletPath.Read(Path);
        if (_stamp is { } stamp && data.Length >= Hash256.Size && stamp == new Hash256(data.AsSpan(^Hash256.Size..))) return false;
        Read(data);
        return true;
    }

    /// <summary>As <see cref="Refresh"/>, with no more than a look at the file's length and time where nobody touched it.</summary>
    internal bool RefreshIfTouched()
    {
        var info = new FileInfo(Path);
        if (!info.Exists || (info.LastWriteTimeUtc, info.Length) == _touched) return false;
        _touched = (info.LastWriteTimeUtc, info.Length);
        return Refresh();
    }

    /// <summary>
    /// Changes the contents and writes them: where either fails nothing is changed. Secrets may be changed too where
    /// <paramref name="withSecrets"/> says so, and they are not locked.
    /// </summary>
    internal void Update(Action<WalletContents> change, bool withSecrets = false, CancellationToken cancellation = default)
    {
        using var turn = WalletLock.Acquire(Path, _lockTimeout, cancellation);
        if (_stamp is not null) _ = Refresh();
        UpdateUnderLock(change, withSecrets);
    }

    /// <summary>As <see cref="Update"/>, for who holds the file's lock and has loaded it since.</summary>
    internal void UpdateUnderLock(Action<WalletContents> change, bool withSecrets)
    {
        try
        {
            change(Contents);
            _areSecretsNew |= withSecrets;
            Save();
        }
        catch
        {
            if (_stamp is not null)
            {
                _stamp = null;
                Read(WalletPath.Read(Path));
            }

            throw;
        }
    }

    /// <summary>
    /// Opens the secrets with a cipher, which is taken over: false where the passphrase was another. Throws where they are not
    /// those of the public halves.
    /// </summary>
    internal bool TryUnlock(WalletCipher cipher)
    {
        if (_seal is null || !IsLocked)
        {
            cipher.Dispose();
            return true;
        }

        if (cipher.TryDecrypt(_seal.Nonce, _sealedSecrets.Span, _associated.Span) is not { } plain)
        {
            cipher.Dispose();
            return false;
        }

        Secrets = Open(plain);
        _cipher = cipher;
        return true;
    }

    /// <summary>The cipher that a passphrase gives for this wallet: seconds of work, done without touching the wallet.</summary>
    internal static WalletCipher CipherFor(WalletSeal seal, Passphrase passphrase) => new(passphrase, seal.Iterations, seal.Salt);

    /// <summary>Whether a passphrase's cipher is the wallet's.</summary>
    internal bool Fits(WalletCipher cipher)
    {
        if (_seal is null || cipher.TryDecrypt(_seal.Nonce, _sealedSecrets.Span, _associated.Span) is not { } plain) return false;
        CryptographicOperations.ZeroMemory(plain);
        return true;
    }

    /// <summary>Encrypts a wallet that was in clear, from the next update on; the cipher is taken over.</summary>
    internal void SealWith(WalletCipher cipher)
    {
        _cipher = cipher;
        _areSecretsNew = true;
    }

    /// <summary>Encrypts from now on, or under another passphrase; the cipher is taken over. The wallet must be unlocked.</summary>
    internal void Reseal(WalletCipher cipher)
    {
        var old = _cipher;
        _cipher = cipher;
        try
        {
            Update(contents => contents.Version = WalletFile.CurrentVersion, withSecrets: true);
        }
        catch
        {
            _cipher = old;
            cipher.Dispose();
            throw;
        }

        old?.Dispose();
    }

    /// <summary>Erases the secrets of an encrypted wallet from memory.</summary>
    internal void Lock()
    {
        if (!IsEncrypted) return;
        Secrets?.Dispose();
        Secrets = null;
        _cipher?.Dispose();
        _cipher = null;
    }

    /// <summary>A copy of the file as it is now, written as a backup.</summary>
    internal void BackUp(string path) => AtomicFile.Write(path, WalletPath.Read(Path));

    /// <inheritdoc/>
    public void Dispose()
    {
        Secrets?.Dispose();
        Secrets = null;
        _cipher?.Dispose();
    }

    private void Read(byte[] data)
    {
        var file = WalletFile.Decode(data, Path);
        (Contents, _seal, _associated, _sealedSecrets) = (file.Contents, file.Seal, file.Associated, file.SecretPart);
        _areSecretsNew = false;
        Secrets?.Dispose();
        Secrets = null;
        if (file.Seal is null)
        {
            var plain = file.SecretPart.ToArray();
            CryptographicOperations.ZeroMemory(data.AsSpan(..^Hash256.Size));
            _cipher?.Dispose();
            _cipher = null;
            _sealedSecrets = _associated = default;
            Secrets = Open(plain);
        }
        else if (_cipher is { } cipher)
        {
            // It was open: it stays so where it is still encrypted with the same passphrase.
            if (cipher.Iterations == file.Seal.Iterations && cipher.Salt.AsSpan().SequenceEqual(file.Seal.Salt)
                && cipher.TryDecrypt(file.Seal.Nonce, file.SecretPart.Span, file.Associated.Span) is { } plain) Secrets = Open(plain);
            else Lock();
        }

        _stamp = new Hash256(data.AsSpan(^Hash256.Size..));
    }

    private WalletSecrets Open(byte[] plain)
    {
        try
        {
            var secrets = Contents.Version == WalletFile.FirstVersion ? WalletSecrets.OfKeys(plain) : WalletSecrets.Decode(plain, Contents.Keys.Count);
            RequireTheyBelong(secrets);
            return secrets;
        }
        catch (DecodeException e)
        {
            throw WalletException.Damaged(Path, e.Message);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(plain);
        }
    }

    private void RequireTheyBelong(WalletSecrets secrets)
    {
        for (var i = 0; i < Contents.Keys.Count; i++)
        {
            var shown = Contents.Keys[i].PublicKey;
            if (!shown.Equals(secrets.KeyAt(i, shown.Bytes.Length == Secp256k1.CompressedSize)?.PublicKey))
                throw WalletException.Damaged(Path, $"private key {i + 1} does not belong to its public key");
        }

        var master = secrets.Master();
        if (master?.PublicKey.Hash != Contents.SeedId) throw WalletException.Damaged(Path, "its seed is not the one that it names");
        foreach (var account in Contents.Accounts)
        {
            var node = master?.TryDerive(HdAccount.PathOf(account.Type));
            if (node is null || !node.PublicKey.Equals(account.Node.PublicKey) || !node.ChainCode.SequenceEqual(account.Node.ChainCode))
                throw WalletException.Damaged(Path, "an account does not belong to its seed");
        }
    }

    private void Save()
    {
        var data = Encode();
        try
        {
            if (data.Length > WalletFile.MaxSize) throw WalletException.Full(Path);
            AtomicFile.Write(Path, data);
            Remember(data);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw WalletException.Unwritable(Path, e);
        }
        finally
        {
            if (_cipher is null && _seal is null) CryptographicOperations.ZeroMemory(data);
        }
    }

    private byte[] Encode()
    {
        if (_seal is not null && !_areSecretsNew && Contents.Version == WalletFile.CurrentVersion && _associated.Length == AssociatedSize)
            return WalletFile.Encode(Contents, _seal, _sealedSecrets.Span);
        var secrets = Secrets ?? throw WalletException.PassphraseRequired(Path);
        return _cipher is null ? WalletFile.Encode(Contents, secrets) : WalletFile.Encode(Contents, secrets, _cipher, Bytes(WalletCipher.NonceSize));
    }

    /// <summary>Of version 2, where the tag covers the head alone: of a file of version 1 it covers more.</summary>
    private static int AssociatedSize => WalletFile.Magic.Length + sizeof(uint) + 1 + sizeof(uint) + WalletCipher.SaltSize + WalletCipher.NonceSize;

    private void Remember(byte[] data)
    {
        _stamp = new Hash256(data.AsSpan(^Hash256.Size..));
        _areSecretsNew = false;
        if (_cipher is null && _seal is null) return;
        var file = WalletFile.Decode(data, Path);
        (_seal, _associated, _sealedSecrets) = (file.Seal, file.Associated, file.SecretPart);
    }

    private byte[] Bytes(int count)
    {
        var bytes = new byte[count];
        _random.GetBytes(bytes);
        return bytes;
    }
}
