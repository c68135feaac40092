using System.Security.Cryptography;
using Chain.Core.Cryptography;
using Chain.Core.Encoding;

namespace Chain.Node.Wallet;

/// <summary>
/// The secret part of a wallet in clear: the seed (one byte of length, 0 for none), then the private keys of 32 bytes in the
/// order of their public halves. Erased on disposal.
/// </summary>
internal sealed class WalletSecrets : IDisposable
{
    private const int SeedSize = 32;

    private byte[] _seed;
    private byte[] _keys;

    internal WalletSecrets() : this([], [])
    {
    }

    private WalletSecrets(byte[] seed, byte[] keys)
    {
        _seed = seed;
        _keys = keys;
    }

    /// <summary>The seed of the tree of keys (BIP32); empty where there is none.</summary>
    internal ReadOnlySpan<byte> Seed => _seed;

    internal int KeyCount => _keys.Length / Secp256k1.PrivateKeySize;

    /// <summary>The private keys one after the other: the whole secret part of the first version.</summary>
    internal ReadOnlySpan<byte> Keys => _keys;

    internal static WalletSecrets OfKeys(ReadOnlySpan<byte> keys) => new([], keys.ToArray());

    /// <summary>Decodes; <paramref name="count"/> keys must be there and nothing behind them.</summary>
    internal static WalletSecrets Decode(ReadOnlyMemory<byte> data, int count)
    {
        var reader = new ByteReader(data);
        var seed = reader.ReadSpan(reader.ReadByte());
        if (seed.Length is not (0 or >= 16 and <= 64)) throw new DecodeException("its seed has a wrong length");
        var keys = reader.ReadSpan(count * Secp256k1.PrivateKeySize);
        reader.ExpectEnd();
        return new WalletSecrets(seed.ToArray(), keys.ToArray());
    }

    internal byte[] Encode() => [(byte)_seed.Length, .. _seed, .. _keys];

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
            _seed = seed;
            return master;
        }
    }

    /// <summary>The master key; null where there is no seed.</summary>
    internal ExtendedKey? Master() => _seed.Length == 0 ? null : ExtendedKey.TryCreateMaster(_seed);

    /// <inheritdoc/>
    public void Dispose()
    {
        CryptographicOperations.ZeroMemory(_seed);
        CryptographicOperations.ZeroMemory(_keys);
        (_seed, _keys) = ([], []);
    }
}
