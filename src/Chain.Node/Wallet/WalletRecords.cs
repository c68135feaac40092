using System.Text;
using Chain.Core.Cryptography;
using Chain.Core.Encoding;
using Chain.Core.Primitives;

namespace Chain.Node.Wallet;

/// <summary>
/// The public part of a wallet's file of version 2: records of a type (1 byte) and a body with its length before it.
/// <code>
/// 0 wallet     flags 4, creation time 8, keys watched ahead 4
/// 1 seed       HASH160 of the master public key 20
/// 2 account    address type 1, public key 33, chain code 32, fingerprint of the parent 4, next receive 4, next change 4
/// 3 key        creation time 8, public key 33 or 65
/// 4 watched    creation time 8, locking script
/// 5 public key public key 33 or 65
/// 6 script     redeem script or witness script
/// 7 name       receive 1, label as CompactSize and UTF-8, locking script
/// 8 locked     outpoint 36
/// 9 spent from locking script
/// 10 descriptor creation time 8, flags 1 (active, for change, ranged), first position 4, next 4, scripts for each position 1, text, scripts
/// </code>
/// A record of a type that is not known is refused: a newer program wrote it.
/// </summary>
internal static class WalletRecords
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    private enum RecordType : byte
    {
        Wallet,
        Seed,
        Account,
        Key,
        Watched,
        KnownKey,
        Script,
        Name,
        Locked,
        SpentFrom,
        Descriptor,
    }

    internal static byte[] Encode(WalletContents c)
    {
        var writer = new ByteWriter(1024);
        var body = new ByteWriter();
        void Add(RecordType type, Action<ByteWriter> write)
        {
            body.Clear();
            write(body);
            writer.WriteByte((byte)type).WriteVarBytes(body.WrittenSpan);
        }

        Add(RecordType.Wallet, w =>
        {
            WalletFile.WriteTime(w.WriteUInt32((uint)c.Flags), c.CreatedAt);
            w.WriteUInt32(c.Gap);
        });
        if (c.SeedId is { } seed) Add(RecordType.Seed, w => w.WriteBytes(seed.ToByteArray()));
        foreach (var account in c.Accounts)
        {
            Add(RecordType.Account, w => w.WriteByte((byte)account.Type).WriteBytes(account.Node.PublicKey.Bytes).WriteBytes(account.Node.ChainCode)
                .WriteUInt32(account.Node.ParentFingerprint).WriteUInt32(account.NextReceive).WriteUInt32(account.NextChange));
        }

        foreach (var key in c.Keys)
        {
            Add(RecordType.Key, w =>
            {
                WalletFile.WriteTime(w, key.CreatedAt);
                w.WriteBytes(key.PublicKey.Bytes);
            });
        }

        foreach (var watched in c.Watched)
        {
            Add(RecordType.Watched, w =>
            {
                WalletFile.WriteTime(w, watched.Since);
                w.WriteBytes(watched.Script.Span);
            });
        }

        foreach (var key in c.KnownKeys) Add(RecordType.KnownKey, w => w.WriteBytes(key.Bytes));
        foreach (var script in c.RedeemScripts) Add(RecordType.Script, w => w.WriteBytes(script.Span));
        foreach (var (script, entry) in c.Book)
            Add(RecordType.Name, w => w.WriteByte(entry.IsReceive ? (byte)1 : (byte)0).WriteVarBytes(Strict.GetBytes(entry.Label)).WriteBytes(script.Bytes.Span));
        foreach (var coin in c.LockedCoins) Add(RecordType.Locked, coin.Write);
        foreach (var descriptor in c.Descriptors) Add(RecordType.Descriptor, w => Write(w, descriptor));
        foreach (var script in c.SpentFrom) Add(RecordType.SpentFrom, w => w.WriteBytes(script.Bytes.Span));
        return writer.ToArray();
    }

    internal static WalletContents Decode(ReadOnlyMemory<byte> data)
    {
        var contents = new WalletContents();
        var seen = new HashSet<Hash160>();
        var reader = new ByteReader(data);
        while (reader.Remaining > 0)
        {
            var type = (RecordType)reader.ReadByte();
            Read(contents, type, reader.ReadVarBytes(), seen);
        }

        return contents;
    }

    private static void Read(WalletContents c, RecordType type, ReadOnlyMemory<byte> data, HashSet<Hash160> seen)
    {
        var body = new ByteReader(data);
        switch (type)
        {
            case RecordType.Wallet:
                c.Flags = (WalletFlags)body.ReadUInt32();
                c.CreatedAt = WalletFile.ReadTime(ref body);
                c.Gap = body.ReadUInt32();
                break;
            case RecordType.Seed:
                c.SeedId = new Hash160(body.ReadSpan(Hash160.Size));
                break;
            case RecordType.Account:
                c.Accounts.Add(ReadAccount(ref body));
                break;
            case RecordType.Key:
                var time = WalletFile.ReadTime(ref body);
                var key = ReadKey(body.ReadSpan(body.Remaining));
                if (!seen.Add(key.Hash)) throw new DecodeException("a key stands in it twice");
                c.Keys.Add(new WalletKey(key, time));
                break;
            case RecordType.Watched:
                var since = WalletFile.ReadTime(ref body);
                c.Watched.Add(new WatchedScript(body.ReadMemory(body.Remaining), since));
                break;
            case RecordType.KnownKey:
                c.KnownKeys.Add(ReadKey(body.ReadSpan(body.Remaining)));
                break;
            case RecordType.Script:
                c.RedeemScripts.Add(body.ReadMemory(body.Remaining));
                break;
            case RecordType.Name:
                var isReceive = body.ReadByte() != 0;
                var label = ReadText(body.ReadVarBytes().Span);
                c.Book[new ScriptBytes(body.ReadMemory(body.Remaining))] = new BookEntry(label, isReceive);
                break;
            case RecordType.Locked:
                c.LockedCoins.Add(OutPoint.Read(ref body));
                break;
            case RecordType.SpentFrom:
                c.SpentFrom.Add(new ScriptBytes(body.ReadMemory(body.Remaining)));
                break;
            case RecordType.Descriptor:
                c.Descriptors.Add(ReadDescriptor(ref body));
                break;
            default:
                throw new DecodeException($"it has a record of type {(byte)type}, which this program does not know");
        }

        body.ExpectEnd();
    }

    private static void Write(ByteWriter w, ImportedDescriptor d)
    {
        WalletFile.WriteTime(w, d.Since);
        w.WriteByte((byte)((d.IsActive ? 1 : 0) | (d.IsInternal ? 2 : 0) | (d.IsRange ? 4 : 0))).WriteUInt32(d.First).WriteUInt32(d.Next);
        w.WriteByte((byte)d.ScriptsAtOnce).WriteVarBytes(Strict.GetBytes(d.Text)).WriteCompactSize((ulong)d.Scripts.Count);
        foreach (var script in d.Scripts) w.WriteVarBytes(script.Span);
    }

    private static ImportedDescriptor ReadDescriptor(ref ByteReader body)
    {
        var since = WalletFile.ReadTime(ref body);
        var (flags, first, next, atOnce) = (body.ReadByte(), body.ReadUInt32(), body.ReadUInt32(), body.ReadByte());
        var text = ReadText(body.ReadVarBytes().Span);
        var scripts = new ReadOnlyMemory<byte>[body.ReadCount(1)];
        for (var i = 0; i < scripts.Length; i++) scripts[i] = body.ReadVarBytes();
        if (atOnce == 0 || scripts.Length == 0 || scripts.Length % atOnce != 0 || next < first) throw new DecodeException("a descriptor counts wrongly");
        return new ImportedDescriptor(text, since, first, atOnce, scripts) { IsActive = (flags & 1) != 0, IsInternal = (flags & 2) != 0, IsRange = (flags & 4) != 0, Next = next };
    }

    private static HdAccount ReadAccount(ref ByteReader body)
    {
        var type = body.ReadByte();
        if (type > (byte)AddressType.Bech32m) throw new DecodeException("an account has an unknown type");
        var key = ReadKey(body.ReadSpan(Secp256k1.CompressedSize));
        var chainCode = body.ReadSpan(ExtendedKey.ChainCodeSize);
        var path = HdAccount.PathOf((AddressType)type);
        var node = ExtendedKey.OfPublicKey(key, chainCode, path.Length, body.ReadUInt32(), path[^1]);
        return new HdAccount((AddressType)type, node) { NextReceive = ReadNext(ref body), NextChange = ReadNext(ref body) };
    }

    private static uint ReadNext(ref ByteReader body) =>
        body.ReadUInt32() is var next && next < ExtendedKey.Hardened ? next : throw new DecodeException("an account counts too far");

    private static PublicKey ReadKey(ReadOnlySpan<byte> bytes) =>
        PublicKey.TryCreate(bytes) ?? throw new DecodeException("a public key is no point on the curve");

    private static string ReadText(ReadOnlySpan<byte> utf8)
    {
        try
        {
            return Strict.GetString(utf8);
        }
        catch (DecoderFallbackException)
        {
            throw new DecodeException("a label is no text");
        }
    }
}
