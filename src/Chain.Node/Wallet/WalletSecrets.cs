using System.Security.Cryptography;
using Chain.Core.Cryptography;
using Chain.Core.Encoding;

namespace Chain.Node.Wallet;

/// <summary>
/// The secret part of a wallet in clear: the seed (one byte of length, 0 for none), or, where only the master key is known, 255
/// and its private key and chain code; then the private keys of 32 bytes in the order of their public halves. Erased on disposal.
/// </summary>
internal sealed class WalletSecrets : IDisposable
{
    private const int SeedSize = 32;

    /// <summary>Stands where a seed's length does: no seed is as long.</summary>
    private const byte MasterMark = 255;

    private const int MasterSize = Secp256k1.PrivateKeySize + ExtendedKey.ChainCodeSize;

    private byte[] _seed;
    private byte[] _keys;

    /// <summary>Whether what stands in the seed's place is a master key and its chain code.</summary>
    private bool _isMaster;

    internal WalletSecrets() : this([], isMaster: false, [])
    {
    }

    private WalletSecrets(byte[] seed, bool isMaster, byte[] keys)
    {
        _seed = seed;
        _isMaster = isMaster;
        _keys = keys;
    }

    internal int KeyCount => _keys.Length / Secp256k1.PrivateKeySize;

    /// <summary>The private keys one after the other: the whole secret part of the first version.</summary>
    internal ReadOnlySpan<byte> Keys => _keys;

    internal static WalletSecrets OfKeys(ReadOnlySpan<byte> keys) => new([], isMaster: false, keys.ToArray());

    /// <summary>Decodes; <paramref name="count"/> keys must be there and nothing behind them.</summary>
    internal static WalletSecrets Decode(ReadOnlyMemory<byte> data, int count)
    {
        var reader = new ByteReader(data);
        var length = reader.ReadByte();
        if (length is not (0 or >= 16 and <= 64 or MasterMark)) throw new DecodeException("its seed has a wrong length");
        var seed = reader.ReadSpan(length == MasterMark ? MasterSize : length);
        var keys = reader.ReadSpan(count * Secp256k1.PrivateKeySize);
        reader.ExpectEnd();
        return new WalletSecrets(seed.ToArray(), length == MasterMark, keys.ToArray());
    }

    internal byte[] Encode() => [_isMaster ? MasterMark : (byte)_seed.Length, .. _seed, .. _keys];

    internal PrivateKey? KeyAt(int index, bool compressed) => PrivateKey.TryCreate(_keys.AsSpan(index * Secp256k1.PrivateKeySize, Secp256k1.PrivateKeySize), compressed);

    internal void Add(PrivateKey key)
    {
        var old = _keys;
        _keys = [.. old, .. key.Bytes];
        CryptographicOperations.ZeroMemory(old);
    }

    /// <summary>Takes a new seed, and gives its master key.</summary>
    internal ExtendedKey CreateSeed(RandomNumberGenerator random)
    {
        var seed = new byte[SeedSize];
        while (true)
        {
            random.GetBytes(seed);
            if (ExtendedKey.TryCreateMaster(seed) is not { } master) continue;
            CryptographicOperations.ZeroMemory(_seed);
            (_seed, _isMaster) = (seed, false);
            return master;
        }
    }

    /// <summary>Takes a master key over, in place of a seed.</summary>
    internal void TakeMaster(ExtendedKey master)
    {
        CryptographicOperations.ZeroMemory(_seed);
        (_seed, _isMaster) = ([.. master.PrivateKey!.Bytes, .. master.ChainCode], true);
    }

    /// <summary>The master key; null where there is none.</summary>
    internal ExtendedKey? Master() =>
        _isMaster ? ExtendedKey.TryCreateMaster(_seed.AsSpan(0, Secp256k1.PrivateKeySize), _seed.AsSpan(Secp256k1.PrivateKeySize))
        : _seed.Length == 0 ? null
        : ExtendedKey.TryCreateMaster(_seed);

    /// <inheritdoc/>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_seed);
        CryptographicOperations.ZeroMemory(_keys);
        (_seed, _keys) = ([], []);
    }
}
