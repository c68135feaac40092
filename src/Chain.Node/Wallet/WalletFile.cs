using System.Collections.Immutable;
using Chain.Core.Cryptography;
using Chain.Core.Encoding;

namespace Chain.Node.Wallet;

/// <summary>
/// The bytes of <c>Wallets_&lt;id&gt;.dat</c>, integers little-endian:
/// <code>
/// magic 8 | version 4 | kind 1 | for kind 1: iterations 4, salt 16, nonce 12
/// count CompactSize | per key: compressed public key 33, creation time 8 (Unix seconds)
/// kind 0: private keys of 32 bytes in the same order
/// kind 1: their AES-256-GCM ciphertext and a tag of 16, with everything before it as associated data
/// double SHA-256 of everything before it, 32
/// </code>
/// Public keys are in clear, so that addresses can be listed without a passphrase; the hash at the end finds damage without
/// one too. Every version keeps the magic, the version behind it, and the hash at the end.
/// </summary>
internal sealed class WalletFile
{
    internal const uint CurrentVersion = 1;

    /// <summary>Room for a hundred thousand keys.</summary>
    internal const int MaxSize = 8 * 1024 * 1024;

    private const byte Plain = 0;
    private const byte Encrypted = 1;
    private const int PublicEntrySize = Secp256k1.CompressedSize + sizeof(ulong);
    private const long LatestTime = 253_402_300_799;

    private WalletFile(ImmutableArray<WalletKey> keys, WalletSeal? seal, ReadOnlyMemory<byte> publicPart, ReadOnlyMemory<byte> secretPart)
    {
        Keys = keys;
        Seal = seal;
        PublicPart = publicPart;
        SecretPart = secretPart;
    }

    /// <summary>The eight bytes that every wallet begins with; the last keeps text tools away.</summary>
    internal static ReadOnlySpan<byte> Magic => "CHAINWL\0"u8;

    internal ImmutableArray<WalletKey> Keys { get; }

    /// <summary>How the secrets are encrypted; null where they are not.</summary>
    internal WalletSeal? Seal { get; }

    /// <summary>Everything before the secrets: what the tag covers beside them.</summary>
    internal ReadOnlyMemory<byte> PublicPart { get; }

    /// <summary>The private keys one after the other, or their ciphertext and its tag.</summary>
    internal ReadOnlyMemory<byte> SecretPart { get; }

    /// <summary>Encodes private keys in clear.</summary>
    internal static byte[] Encode(IReadOnlyList<WalletKey> keys, ReadOnlySpan<byte> secrets)
    {
        var writer = WriteHead(keys, Plain);
        WriteKeys(writer, keys);
        return Finish(writer.WriteBytes(secrets));
    }

    /// <summary>Encodes private keys encrypted; the nonce must never have been used with this cipher before.</summary>
    internal static byte[] Encode(IReadOnlyList<WalletKey> keys, ReadOnlySpan<byte> secrets, WalletCipher cipher, ReadOnlySpan<byte> nonce)
    {
        var writer = WriteHead(keys, Encrypted);
        writer.WriteUInt32((uint)cipher.Iterations).WriteBytes(cipher.Salt).WriteBytes(nonce);
        WriteKeys(writer, keys);
        return Finish(writer.WriteBytes(cipher.Encrypt(nonce, secrets, writer.WrittenSpan)));
    }

    /// <summary>Decodes a whole file; <paramref name="path"/> is for the messages of the <see cref="WalletException"/> that it throws.</summary>
    internal static WalletFile Decode(ReadOnlyMemory<byte> data, string path)
    {
        if (data.IsEmpty) throw WalletException.Damaged(path, "it is empty");
        if (!data.Span.StartsWith(Magic)) throw WalletException.Damaged(path, "it does not begin as a wallet does");
        if (data.Length < Magic.Length + sizeof(uint) + Hash256.Size) throw WalletException.Damaged(path, "it ends early");
        var body = data[..^Hash256.Size];
        if (Sha256d.Hash(body.Span) != new Hash256(data.Span[^Hash256.Size..])) throw WalletException.Damaged(path, "its checksum does not match");
        try
        {
            return Read(body, path);
        }
        catch (DecodeException e)
        {
            throw WalletException.Damaged(path, e.Message);
        }
    }

    private static WalletFile Read(ReadOnlyMemory<byte> body, string path)
    {
        var reader = new ByteReader(body);
        _ = reader.ReadSpan(Magic.Length);
        var version = reader.ReadUInt32();
        if (version > CurrentVersion) throw WalletException.NewerVersion(path, $"its format has version {version}, this program knows {CurrentVersion}");
        if (version == 0) throw new DecodeException("its format has version 0");
        var kind = reader.ReadByte();
        var seal = kind switch
        {
            Plain => null,
            Encrypted => WalletSeal.Read(ref reader),
            _ => throw WalletException.NewerVersion(path, $"its encryption is of kind {kind}, which this program does not know"),
        };

        var keys = ReadKeys(ref reader);
        var start = reader.Position;
        var secrets = reader.ReadMemory((keys.Length * Secp256k1.PrivateKeySize) + (seal is null ? 0 : WalletCipher.TagSize));
        reader.ExpectEnd();
        return new WalletFile(keys, seal, body[..start], secrets);
    }

    private static ImmutableArray<WalletKey> ReadKeys(ref ByteReader reader)
    {
        var keys = ImmutableArray.CreateBuilder<WalletKey>(reader.ReadCount(PublicEntrySize + Secp256k1.PrivateKeySize));
        var seen = new HashSet<Hash160>(keys.Capacity);
        for (var i = keys.Capacity; i > 0; i--)
        {
            var key = PublicKey.TryCreate(reader.ReadSpan(Secp256k1.CompressedSize)) ?? throw new DecodeException("a public key is no point on the curve");
            var time = reader.ReadUInt64();
            if (time > LatestTime) throw new DecodeException("a key's time is out of range");
            if (!seen.Add(key.Hash)) throw new DecodeException("a key stands in it twice");
            keys.Add(new WalletKey(key, DateTimeOffset.FromUnixTimeSeconds((long)time)));
        }

        return keys.MoveToImmutable();
    }

    private static ByteWriter WriteHead(IReadOnlyList<WalletKey> keys, byte kind) =>
        new ByteWriter(256 + (keys.Count * (PublicEntrySize + Secp256k1.PrivateKeySize))).WriteBytes(Magic).WriteUInt32(CurrentVersion).WriteByte(kind);

    private static void WriteKeys(ByteWriter writer, IReadOnlyList<WalletKey> keys)
    {
        writer.WriteCompactSize((ulong)keys.Count);
        foreach (var key in keys)
            writer.WriteBytes(key.PublicKey.Bytes).WriteUInt64((ulong)Math.Max(0, key.CreatedAt.ToUnixTimeSeconds()));
    }

    private static byte[] Finish(ByteWriter writer)
    {
        Sha256d.Hash(writer.WrittenSpan).CopyTo(writer.Take(Hash256.Size));
        return writer.ToArray();
    }
}
