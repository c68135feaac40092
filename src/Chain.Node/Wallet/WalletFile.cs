using Chain.Core.Cryptography;
using Chain.Core.Encoding;

namespace Chain.Node.Wallet;

/// <summary>
/// The bytes of <c>Wallets_&lt;id&gt;.dat</c>, integers little-endian:
/// <code>
/// magic 8 | version 4 | kind 1 | for kind 1: iterations 4, salt 16, nonce 12
///
/// version 1:
/// count CompactSize | per key: compressed public key 33, creation time 8 (Unix seconds)
/// kind 0: private keys of 32 bytes in the same order
/// kind 1: their AES-256-GCM ciphertext and a tag of 16, with everything before it as associated data
///
/// version 2:
/// public part, its length before it as CompactSize: see <see cref="WalletRecords"/>
/// kind 0: the secret part: see <see cref="WalletSecrets"/>
/// kind 1: its AES-256-GCM ciphertext and a tag of 16, with magic to nonce as associated data, so that names can be given
///         and addresses taken without the passphrase; that the keys belong to their public halves is checked when it is opened
///
/// double SHA-256 of everything before it, 32
/// </code>
/// Public keys are in clear, so that addresses can be listed without a passphrase; the hash at the end finds damage without
/// one too. Every version keeps the magic, the version behind it, and the hash at the end. A file of version 1 is written as
/// such until it must hold what only version 2 can.
/// </summary>
internal sealed class WalletFile
{
    internal const uint FirstVersion = 1;

    internal const uint CurrentVersion = 2;

    /// <summary>Room for a hundred thousand keys.</summary>
    internal const int MaxSize = 8 * 1024 * 1024;

    private const byte Plain = 0;
    private const byte Encrypted = 1;
    private const int PublicEntrySize = Secp256k1.CompressedSize + sizeof(ulong);
    private const long LatestTime = 253_402_300_799;

    private WalletFile(WalletContents contents, WalletSeal? seal, ReadOnlyMemory<byte> associated, ReadOnlyMemory<byte> secretPart)
    {
        Contents = contents;
        Seal = seal;
        Associated = associated;
        SecretPart = secretPart;
    }

    /// <summary>The eight bytes that every wallet begins with; the last keeps text tools away.</summary>
    internal static ReadOnlySpan<byte> Magic => "CHAINWL\0"u8;

    internal WalletContents Contents { get; }

    /// <summary>How the secrets are encrypted; null where they are not.</summary>
    internal WalletSeal? Seal { get; }

    /// <summary>What the tag of encrypted secrets covers beside them.</summary>
    internal ReadOnlyMemory<byte> Associated { get; }

    /// <summary>The secrets, or their ciphertext and its tag.</summary>
    internal ReadOnlyMemory<byte> SecretPart { get; }

    /// <summary>Encodes secrets in clear.</summary>
    internal static byte[] Encode(WalletContents contents, WalletSecrets secrets)
    {
        var writer = WriteHead(contents, Plain);
        WritePublic(writer, contents);
        return Finish(writer.WriteBytes(SecretsOf(contents, secrets)));
    }

    /// <summary>Encodes secrets encrypted; the nonce must never have been used with this cipher before.</summary>
    internal static byte[] Encode(WalletContents contents, WalletSecrets secrets, WalletCipher cipher, ReadOnlySpan<byte> nonce)
    {
        var writer = WriteSealedHead(contents, cipher.Iterations, cipher.Salt, nonce);
        var associated = writer.WrittenSpan.ToArray();
        WritePublic(writer, contents);
        if (contents.Version == FirstVersion) associated = writer.WrittenSpan.ToArray();
        return Finish(writer.WriteBytes(cipher.Encrypt(nonce, SecretsOf(contents, secrets), associated)));
    }

    /// <summary>Encodes what may be changed of a locked wallet of version 2, with its secrets as they are.</summary>
    internal static byte[] Encode(WalletContents contents, WalletSeal seal, ReadOnlySpan<byte> ciphertext)
    {
        var writer = WriteSealedHead(contents, seal.Iterations, seal.Salt, seal.Nonce);
        WritePublic(writer, contents);
        return Finish(writer.WriteBytes(ciphertext));
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

        var head = reader.Position;
        if (version == CurrentVersion)
        {
            // A copy, since who reads a file in clear erases its bytes.
            var contents = WalletRecords.Decode(reader.ReadVarBytes().ToArray());
            if (seal is not null && reader.Remaining <= WalletCipher.TagSize) throw new DecodeException("its encrypted part is too short");
            return new WalletFile(contents, seal, body[..head], body[reader.Position..]);
        }

        var first = ReadFirst(ref reader);
        var start = reader.Position;
        var secrets = reader.ReadMemory((first.Keys.Count * Secp256k1.PrivateKeySize) + (seal is null ? 0 : WalletCipher.TagSize));
        reader.ExpectEnd();
        return new WalletFile(first, seal, body[..start], secrets);
    }

    private static WalletContents ReadFirst(ref ByteReader reader)
    {
        var contents = new WalletContents { Version = FirstVersion };
        var seen = new HashSet<Hash160>();
        for (var i = reader.ReadCount(PublicEntrySize + Secp256k1.PrivateKeySize); i > 0; i--)
        {
            var key = PublicKey.TryCreate(reader.ReadSpan(Secp256k1.CompressedSize)) ?? throw new DecodeException("a public key is no point on the curve");
            if (!seen.Add(key.Hash)) throw new DecodeException("a key stands in it twice");
            contents.Keys.Add(new WalletKey(key, ReadTime(ref reader)));
            contents.Book[new ScriptBytes(AddressType.Legacy.ScriptFor(key))] = new BookEntry("", IsReceive: true);
        }

        contents.CreatedAt = contents.Keys.Count > 0 ? contents.Keys.Min(key => key.CreatedAt) : default;
        return contents;
    }

    internal static DateTimeOffset ReadTime(ref ByteReader reader)
    {
        var time = reader.ReadUInt64();
        return time <= LatestTime ? DateTimeOffset.FromUnixTimeSeconds((long)time) : throw new DecodeException("a key's time is out of range");
    }

    internal static void WriteTime(ByteWriter writer, DateTimeOffset time) => writer.WriteUInt64((ulong)Math.Max(0, time.ToUnixTimeSeconds()));

    private static ByteWriter WriteHead(WalletContents contents, byte kind) =>
        new ByteWriter(512 + (contents.Keys.Count * 128)).WriteBytes(Magic).WriteUInt32(contents.Version).WriteByte(kind);

    private static ByteWriter WriteSealedHead(WalletContents contents, int iterations, byte[] salt, ReadOnlySpan<byte> nonce) =>
        WriteHead(contents, Encrypted).WriteUInt32((uint)iterations).WriteBytes(salt).WriteBytes(nonce);

    private static void WritePublic(ByteWriter writer, WalletContents contents)
    {
        if (contents.Version == CurrentVersion)
        {
            writer.WriteVarBytes(WalletRecords.Encode(contents));
            return;
        }

        writer.WriteCompactSize((ulong)contents.Keys.Count);
        foreach (var key in contents.Keys) WriteTime(writer.WriteBytes(key.PublicKey.Bytes), key.CreatedAt);
    }

    private static ReadOnlySpan<byte> SecretsOf(WalletContents contents, WalletSecrets secrets) =>
        contents.Version == CurrentVersion ? secrets.Encode() : secrets.Keys;

    private static byte[] Finish(ByteWriter writer)
    {
        Sha256d.Hash(writer.WrittenSpan).CopyTo(writer.Take(Hash256.Size));
        return writer.ToArray();
    }
}
