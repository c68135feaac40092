using System.Buffers.Binary;
using Chain.Core.Cryptography;
using Chain.Core.Encoding;
using Chain.Core.Primitives;

namespace Chain.Node.Wallet;

/// <summary>What a wallet is, for ever.</summary>
[Flags]
internal enum WalletFlags : uint
{
    None = 0,

    /// <summary>It watches, and can never hold a private key.</summary>
    DisablePrivateKeys = 1,

    /// <summary>It was made without a seed, and makes none by itself.</summary>
    Blank = 2,

    /// <summary>Outputs of addresses that were spent from before are told apart.</summary>
    AvoidReuse = 4,

    /// <summary>What is its own is what descriptors say, and no other form of their keys (Core: WALLET_FLAG_DESCRIPTORS).</summary>
    Descriptors = 8,
}

/// <summary>A key or a script that stands in a wallet by itself, not in its tree of keys.</summary>
internal sealed record WatchedScript(ReadOnlyMemory<byte> Script, DateTimeOffset Since);

/// <summary>What people call an address, and whether the wallet receives there or sends (Core: address book).</summary>
internal sealed record BookEntry(string Label, bool IsReceive);

/// <summary>
/// All that a wallet's file holds in clear: keys' public halves, watched scripts, the accounts of its tree of keys, names of
/// addresses, locked coins.
/// </summary>
internal sealed class WalletContents
{
    /// <summary>The version of the format that it is written in: files of the first version stay so until they must hold more.</summary>
    internal uint Version { get; set; } = WalletFile.CurrentVersion;

    internal WalletFlags Flags { get; set; }

    /// <summary>What <see cref="CreatedAt"/> is until a wallet of a master key has looked through the chain: before all blocks.</summary>
    internal static readonly DateTimeOffset BirthUnknown = DateTimeOffset.UnixEpoch;

    /// <summary>When the wallet was made: no block before concerns it, but for keys that were imported.</summary>
    internal DateTimeOffset CreatedAt { get; set; }

    /// <summary>HASH160 of the seed's master key; null where there is no seed.</summary>
    internal Hash160? SeedId { get; set; }

    internal List<HdAccount> Accounts { get; } = [];

    /// <summary>How many unused keys are watched ahead on each chain; 0 for the usual number.</summary>
    internal uint Gap { get; set; }

    /// <summary>Keys by themselves, whose private halves stand in the secret part in the same order.</summary>
    internal List<WalletKey> Keys { get; } = [];

    /// <summary>Locking scripts that are watched.</summary>
    internal List<WatchedScript> Watched { get; } = [];

    /// <summary>Public keys that are known without their private halves.</summary>
    internal List<PublicKey> KnownKeys { get; } = [];

    /// <summary>Scripts that hashes in locking scripts stand for.</summary>
    internal List<ReadOnlyMemory<byte>> RedeemScripts { get; } = [];

    /// <summary>Descriptors that it was given.</summary>
    internal List<ImportedDescriptor> Descriptors { get; } = [];

    /// <summary>Names by locking script, in the order in which they came.</summary>
    internal OrderedDictionary<ScriptBytes, BookEntry> Book { get; } = [];

    /// <summary>Coins that are locked until someone unlocks them.</summary>
    internal HashSet<OutPoint> LockedCoins { get; } = [];

    /// <summary>Scripts that the wallet has spent from, where it tells reuse apart.</summary>
    internal HashSet<ScriptBytes> SpentFrom { get; } = [];

    /// <summary>
    /// A number that changes when the wallet comes to own or watch something that may have been paid before: by it a history
    /// knows whether it is about all of that.
    /// </summary>
    internal ulong OwnedMark()
    {
        var writer = new ByteWriter(512).WriteUInt32((uint)Flags).WriteVarBytes(SeedId?.ToByteArray() ?? []);
        WriteAll(writer, Keys.Select(key => (ReadOnlyMemory<byte>)key.PublicKey.Bytes.ToArray()));
        WriteAll(writer, KnownKeys.Select(key => (ReadOnlyMemory<byte>)key.Bytes.ToArray()));
        WriteAll(writer, Watched.Select(watched => watched.Script));
        WriteAll(writer, RedeemScripts);
        WriteAll(writer, Descriptors.SelectMany(descriptor => descriptor.Scripts));
        return BinaryPrimitives.ReadUInt64LittleEndian(Sha256d.Hash(writer.WrittenSpan).ToByteArray());
    }

    /// <summary>
    /// From when on the chain can hold something of what it has and other contents have not; null where it has nothing more. Keys
    /// and scripts whose age nobody knows are as old as the wallet.
    /// </summary>
    internal DateTimeOffset? BirthOfNew(WalletContents before)
    {
        if (OwnedMark() == before.OwnedMark()) return null;
        var keys = before.Keys.Select(key => key.PublicKey).ToHashSet();
        var watched = before.Watched.Select(w => new ScriptBytes(w.Script)).ToHashSet();
        var known = Keys.Where(key => !keys.Contains(key.PublicKey)).Select(key => key.CreatedAt)
            .Concat(Watched.Where(w => !watched.Contains(new ScriptBytes(w.Script))).Select(w => w.Since)).ToList();
        var isOther = Flags != before.Flags || SeedId != before.SeedId || !KnownKeys.SequenceEqual(before.KnownKeys)
            || RedeemScripts.Count != before.RedeemScripts.Count || Descriptors.Count != before.Descriptors.Count;
        if (isOther || known.Count == 0) known.AddRange(Descriptors.Select(descriptor => descriptor.Since).Append(CreatedAt));
        return known.Min();
    }

    private static void WriteAll(ByteWriter writer, IEnumerable<ReadOnlyMemory<byte>> parts)
    {
        var all = parts.ToList();
        writer.WriteCompactSize((ulong)all.Count);
        foreach (var part in all) writer.WriteVarBytes(part.Span);
    }
}
