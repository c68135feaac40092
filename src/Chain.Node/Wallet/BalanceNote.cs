using System.Buffers.Binary;
using System.Security.Cryptography;
using Chain.Core.Cryptography;
using Chain.Core.Encoding;
using Chain.Core.Primitives;

namespace Chain.Node.Wallet;

/// <summary>
/// What a wallet had when it was closed: the last record of its history, by which a look at the balance needs neither keys nor
/// transactions. It counts only while the wallet's file and the chain's tip are those that it names. What changes the meaning of
/// its amounts needs another type of record.
/// <code>
/// body 3: hash of the tip 32, the hash at the end of the wallet's file 32, confirmed 8, immature 8
/// </code>
/// </summary>
/// <param name="Tip">The tip of the chain, at which the wallet stood.</param>
/// <param name="Wallet">The hash at the end of the wallet's file.</param>
/// <param name="Confirmed">What can be spent, in satoshis.</param>
/// <param name="Immature">Rewards that cannot be spent yet, in satoshis.</param>
internal readonly record struct BalanceNote(BlockHash Tip, Hash256 Wallet, long Confirmed, long Immature)
{
    /// <summary>The length of its record, head and type included.</summary>
    internal const int RecordSize = WalletLog.RecordHeadSize + 1 + Size;

    private const int Size = (2 * Hash256.Size) + (2 * sizeof(long));

    /// <summary>A larger wallet takes too long to be hashed before the program has warmed up.</summary>
    private const int LargestWallet = 128 * 1024;

    /// <summary>Writes what follows the record's type.</summary>
    internal void Write(ByteWriter writer) => writer.WriteHash(Tip.Hash).WriteHash(Wallet).WriteInt64(Confirmed).WriteInt64(Immature);

    /// <summary>Reads what follows the record's type.</summary>
    internal static BalanceNote Read(ref ByteReader reader) =>
        new(new BlockHash(new Hash256(reader.ReadSpan(Hash256.Size))), new Hash256(reader.ReadSpan(Hash256.Size)), reader.ReadInt64(), reader.ReadInt64());

    /// <summary>The note of a wallet that is whole and has not changed since; null where there is none.</summary>
    internal static BalanceNote? Find(string walletPath, string historyPath, BlockHash tip)
    {
        if (new FileInfo(walletPath) is not { Exists: true, LinkTarget: null, Length: > Hash256.Size and <= LargestWallet } || !File.Exists(historyPath)) return null;
        if (ReadLast(historyPath) is not { } note || note.Tip != tip) return null;
        var wallet = WalletPath.Read(walletPath);
        var isSame = note.Wallet == new Hash256(wallet.AsSpan(^Hash256.Size..)) && note.Wallet == Sha256d.Hash(wallet.AsSpan(..^Hash256.Size));
        CryptographicOperations.ZeroMemory(wallet);
        return isSame ? note : null;
    }

    /// <summary>The last record of a history, where that is a note.</summary>
    private static BalanceNote? ReadLast(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        Span<byte> record = stackalloc byte[RecordSize];
        if (file.Length < record.Length) return null;
        _ = file.Seek(-record.Length, SeekOrigin.End);
        file.ReadExactly(record);
        var body = record[WalletLog.RecordHeadSize..];
        if (BinaryPrimitives.ReadUInt32LittleEndian(record) != body.Length || body[0] != WalletLog.BalanceRecord || !WalletLog.IsWhole(record, body)) return null;
        var reader = new ByteReader(body[1..].ToArray());
        return Read(ref reader);
    }
}
