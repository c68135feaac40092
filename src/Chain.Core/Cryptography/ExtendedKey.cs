using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Chain.Core.Cryptography;

/// <summary>
/// A node of a tree of keys (BIP32): a private or a public key with a chain code, from which its children follow. A public node
/// gives the public keys of its children that are not hardened, without any secret.
/// </summary>
public sealed class ExtendedKey
{
    /// <summary>From this number on children are hardened: only a private node has them.</summary>
    public const uint Hardened = 0x8000_0000;

    /// <summary>Length in bytes without the checksum: version, depth, fingerprint of the parent, child number, chain code, key.</summary>
    public const int EncodedSize = 78;

    /// <summary>The version before an extended private key of a test network (tprv).</summary>
    public const uint TestPrivateVersion = 0x04358394;

    /// <summary>The version before an extended public key of a test network (tpub).</summary>
    public const uint TestPublicVersion = 0x043587cf;

    /// <summary>The version before an extended private key of Bitcoin's main network (xprv).</summary>
    public const uint MainPrivateVersion = 0x0488ade4;

    /// <summary>The version before an extended public key of Bitcoin's main network (xpub).</summary>
    public const uint MainPublicVersion = 0x0488b21e;

    /// <summary>Length of a chain code.</summary>
    public const int ChainCodeSize = 32;

    private const int LeastSeed = 16;
    private const int LongestSeed = 64;
    private const int HmacSize = 64;

    private readonly byte[] _chainCode;

    private ExtendedKey(PrivateKey? privateKey, PublicKey publicKey, byte[] chainCode, int depth, uint parentFingerprint, uint childNumber)
    {
        PrivateKey = privateKey;
        PublicKey = publicKey;
        _chainCode = chainCode;
        Depth = depth;
        ParentFingerprint = parentFingerprint;
        ChildNumber = childNumber;
    }

    /// <summary>The private key; null in a public node.</summary>
    public PrivateKey? PrivateKey { get; }

    /// <summary>The public key, compressed.</summary>
    public PublicKey PublicKey { get; }

    /// <summary>The 32 bytes that children are derived with beside the key.</summary>
    public ReadOnlySpan<byte> ChainCode => _chainCode;

    /// <summary>How many steps lie between it and the master key.</summary>
    public int Depth { get; }

    /// <summary>The fingerprint of the parent; 0 for the master key.</summary>
    public uint ParentFingerprint { get; }

    /// <summary>Its number among its siblings.</summary>
    public uint ChildNumber { get; }

    /// <summary>The first four bytes of the key's HASH160, as a big-endian number.</summary>
    public uint Fingerprint => BinaryPrimitives.ReadUInt32BigEndian(PublicKey.Hash.ToByteArray());

    /// <summary>The master key of a seed of 16 to 64 bytes; null for one of 2^127 seeds that give none.</summary>
    public static ExtendedKey? TryCreateMaster(ReadOnlySpan<byte> seed)
    {
        if (seed.Length is < LeastSeed or > LongestSeed) throw new ArgumentException($"A seed has {LeastSeed} to {LongestSeed} bytes, not {seed.Length}.", nameof(seed));
        Span<byte> hash = stackalloc byte[HmacSize];
        HMACSHA512.HashData("Bitcoin seed"u8, seed, hash);
        var key = PrivateKey.TryCreate(hash[..Secp256k1.PrivateKeySize]);
        var master = key is null ? null : new ExtendedKey(key, key.PublicKey, hash[Secp256k1.PrivateKeySize..].ToArray(), 0, 0, 0);
        CryptographicOperations.ZeroMemory(hash);
        return master;
    }

    /// <summary>A master key from what is kept of it; null where the 32 bytes of the key are none.</summary>
    public static ExtendedKey? TryCreateMaster(ReadOnlySpan<byte> privateKey, ReadOnlySpan<byte> chainCode)
    {
        if (chainCode.Length != ChainCodeSize) throw new ArgumentException("A chain code has 32 bytes.", nameof(chainCode));
        return PrivateKey.TryCreate(privateKey) is { } key ? new ExtendedKey(key, key.PublicKey, chainCode.ToArray(), 0, 0, 0) : null;
    }

    /// <summary>A public node from what is kept of it.</summary>
    public static ExtendedKey OfPublicKey(PublicKey key, ReadOnlySpan<byte> chainCode, int depth, uint parentFingerprint, uint childNumber) =>
        chainCode.Length == ChainCodeSize && key.Bytes.Length == Secp256k1.CompressedSize
            ? new ExtendedKey(null, key, chainCode.ToArray(), depth, parentFingerprint, childNumber)
            : throw new ArgumentException("An extended key has a compressed key and a chain code of 32 bytes.", nameof(chainCode));

    /// <summary>
    /// A child. Null for one of 2^127 numbers without a child, for which the next one is taken. Throws where a hardened child is
    /// asked of a public node.
    /// </summary>
    public ExtendedKey? TryDerive(uint number)
    {
        if (number >= Hardened && PrivateKey is null) throw new InvalidOperationException("A public node has no hardened children.");
        Span<byte> data = stackalloc byte[Secp256k1.CompressedSize + sizeof(uint)];
        data[0] = 0;
        if (number >= Hardened) PrivateKey!.Bytes.CopyTo(data[1..]);
        else PublicKey.Bytes.CopyTo(data);
        BinaryPrimitives.WriteUInt32BigEndian(data[Secp256k1.CompressedSize..], number);
        Span<byte> hash = stackalloc byte[HmacSize];
        HMACSHA512.HashData(_chainCode, data, hash);
        var child = Add(hash[..Secp256k1.PrivateKeySize], hash[Secp256k1.PrivateKeySize..].ToArray(), number);
        CryptographicOperations.ZeroMemory(data);
        CryptographicOperations.ZeroMemory(hash);
        return child;
    }

    /// <summary>The node at the end of a path; null as for <see cref="TryDerive(uint)"/>.</summary>
    public ExtendedKey? TryDerive(IEnumerable<uint> path)
    {
        var node = this;
        foreach (var number in path)
        {
            if (node.TryDerive(number) is not { } child) return null;
            node = child;
        }

        return node;
    }

    /// <summary>The same node without its private key.</summary>
    public ExtendedKey Neuter() => new(null, PublicKey, _chainCode, Depth, ParentFingerprint, ChildNumber);

    /// <summary>The text that people exchange (xprv, tpub and so on), with the chain's version before it.</summary>
    public string ToText(uint version)
    {
        var data = new byte[EncodedSize];
        BinaryPrimitives.WriteUInt32BigEndian(data, version);
        data[4] = (byte)Depth;
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(5), ParentFingerprint);
        BinaryPrimitives.WriteUInt32BigEndian(data.AsSpan(9), ChildNumber);
        _chainCode.CopyTo(data, 13);
        if (PrivateKey is null) PublicKey.Bytes.CopyTo(data.AsSpan(45));
        else PrivateKey.Bytes.CopyTo(data.AsSpan(46));
        var text = Base58Check.Encode(data);
        CryptographicOperations.ZeroMemory(data);
        return text;
    }

    /// <summary>Reads an extended key with one of two versions; null where the text is none, or breaks a rule of BIP32.</summary>
    public static ExtendedKey? TryParse(string text, uint privateVersion, uint publicVersion)
    {
        if (Base58Check.TryDecode(text) is not { Length: EncodedSize } data) return null;
        var version = BinaryPrimitives.ReadUInt32BigEndian(data);
        var isPrivate = version == privateVersion;
        if (!isPrivate && version != publicVersion) return null;
        var (depth, parent, number) = (data[4], BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(5)), BinaryPrimitives.ReadUInt32BigEndian(data.AsSpan(9)));
        if (depth == 0 && (parent != 0 || number != 0)) return null;
        var chainCode = data[13..45];
        if (isPrivate) return data[45] == 0 && PrivateKey.TryCreate(data.AsSpan(46)) is { } key ? new ExtendedKey(key, key.PublicKey, chainCode, depth, parent, number) : null;
        return PublicKey.TryCreate(data.AsSpan(45)) is { } point ? new ExtendedKey(null, point, chainCode, depth, parent, number) : null;
    }

    private ExtendedKey? Add(ReadOnlySpan<byte> tweak, byte[] chainCode, uint number)
    {
        if (PrivateKey is null)
        {
            return KeyAddition.TryAddToPublicKey(PublicKey.Bytes, tweak) is { } point
                ? new ExtendedKey(null, PublicKey.TryCreate(point)!, chainCode, Depth + 1, Fingerprint, number)
                : null;
        }

        if (KeyAddition.TryAdd(PrivateKey.Bytes, tweak) is not { } sum) return null;
        var key = PrivateKey.TryCreate(sum)!;
        CryptographicOperations.ZeroMemory(sum);
        return new ExtendedKey(key, key.PublicKey, chainCode, Depth + 1, Fingerprint, number);
    }
}
