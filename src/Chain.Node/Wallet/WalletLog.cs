using System.Text;
using Chain.Core.Cryptography;
using Chain.Core.Encoding;
using Chain.Core.Primitives;

namespace Chain.Node.Wallet;

/// <summary>
/// A wallet's history on the disk, beside its keys: all of it but comments can be had again from the chain, so that it is written
/// without ceremony.
/// <code>
/// magic 8 | hash of the chain's genesis block 32
/// per record: length 4, first 4 bytes of the double SHA-256 of the body, body
/// body 1: transaction as CompactSize and bytes, order 8, received 8, time 8, state 1, block 32, height 4, place 4, abandoned 1,
///         count of notes CompactSize, per note: name and text, each as CompactSize and UTF-8
/// body 2: hash and height of the block up to which the wallet has seen the chain, 32 and 4, and the mark of what it owned then, 8
/// body 3: see <see cref="BalanceNote"/>
/// </code>
/// The last record of a transaction counts. What follows a broken record is cut off: what is left is what the wallet knew once,
/// and the mark tells whether it has come to own more since, for which the whole chain must be looked through.
/// </summary>
internal sealed class WalletLog : IDisposable
{
    internal const string Suffix = ".history";

    private const int MaxRecord = 8 * 1024 * 1024;
    private const byte TransactionRecord = 1;
    private const byte BestBlockRecord = 2;
    internal const byte BalanceRecord = 3;

    /// <summary>The length of a record's body and the first bytes of its hash.</summary>
    internal const int RecordHeadSize = sizeof(uint) + CheckSize;

    private const int CheckSize = 4;
    private const int HeadSize = 8 + Hash256.Size;

    private readonly FileStream _file;
    private bool _isWritten;
    private bool _hasFailed;
    private BalanceNote? _last;

    private WalletLog(FileStream file) => _file = file;

    private static ReadOnlySpan<byte> Magic => "CHAINWH\0"u8;

    /// <summary>The transactions that were read, by id.</summary>
    internal Dictionary<TxId, WalletTransaction> Transactions { get; } = [];

    /// <summary>The block up to which the wallet has seen the chain; null where nobody knows.</summary>
    internal (BlockHash Hash, int Height)? BestBlock { get; private set; }

    /// <summary>What the wallet owned when it had seen <see cref="BestBlock"/>; null where nobody knows. See <see cref="WalletContents.OwnedMark"/>.</summary>
    internal ulong? Owned { get; private set; }

    /// <summary>How many records the file has.</summary>
    internal int RecordCount { get; private set; }

    /// <summary>Where the next record begins: in the place of a note, which counts as the last record only.</summary>
    internal long End => _last is null ? _file.Position : _file.Position - BalanceNote.RecordSize;

    /// <summary>Opens a history and reads it; a new one, or one of another chain, begins empty.</summary>
    internal static WalletLog Open(string path, BlockHash genesis)
    {
        var options = AtomicFile.CreateForOwner(FileMode.OpenOrCreate);
        options.Access = FileAccess.ReadWrite;
        options.Share = FileShare.Read;

        // What a full disk did not take must not wait in memory to be written after all.
        options.BufferSize = 0;
        FileStream? file = null;
        try
        {
            file = new FileStream(path, options);
            var log = new WalletLog(file);
            log.Read(genesis);
            return log;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            throw WalletException.Unwritable(path, e);
        }
    }

    internal void Write(WalletTransaction transaction) => Append(w =>
    {
        w.WriteByte(TransactionRecord).WriteVarBytes(transaction.Transaction.Raw.Span).WriteInt64(transaction.Order);
        w.WriteInt64(transaction.TimeReceived).WriteInt64(transaction.Time).WriteByte((byte)transaction.State);
        w.WriteHash(transaction.Block.Hash).WriteInt32(transaction.Height).WriteInt32(transaction.Position).WriteByte(transaction.IsAbandoned ? (byte)1 : (byte)0);
        w.WriteCompactSize((ulong)transaction.Notes.Count);
        foreach (var (name, text) in transaction.Notes) w.WriteVarBytes(Encoding.UTF8.GetBytes(name)).WriteVarBytes(Encoding.UTF8.GetBytes(text));
    });

    /// <summary>Writes where the wallet stands, unless that is what was written last.</summary>
    internal void WriteBestBlock(BlockHash hash, int height, ulong owned)
    {
        if (BestBlock == (hash, height) && Owned == owned) return;
        Append(w => w.WriteByte(BestBlockRecord).WriteHash(hash.Hash).WriteInt32(height).WriteUInt64(owned));
        (BestBlock, Owned) = ((hash, height), owned);
    }

    /// <summary>
    /// Writes what the wallet has, unless that is the last record. What a full disk did not take stands in memory alone, and is not
    /// what the next start will know: then nothing is written.
    /// </summary>
    internal void WriteBalance(BalanceNote note)
    {
        if (_last == note || _hasFailed) return;
        var end = End;
        try
        {
            Append(w => note.Write(w.WriteByte(BalanceRecord)));
            _last = note;
        }
        catch (IOException)
        {
            CutTo(end);
        }
    }

    /// <summary>Whether a record's body is what its head says.</summary>
    internal static bool IsWhole(ReadOnlySpan<byte> head, ReadOnlySpan<byte> body) =>
        Sha256d.Hash(body).ToByteArray().AsSpan(0, CheckSize).SequenceEqual(head.Slice(sizeof(uint), CheckSize));

    /// <summary>Takes back what was written from a place on. Where the disk does not even take that, the next record is written over it.</summary>
    internal void CutTo(long end)
    {
        _file.Position = end;
        _last = null;
        try
        {
            _file.SetLength(end);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The failure that led here is told.
        }
    }

    /// <summary>Makes what was written durable.</summary>
    internal void Flush()
    {
        if (!_isWritten) return;
        _file.Flush(flushToDisk: true);
        _isWritten = false;
    }

    /// <summary>Writes everything anew, each transaction once.</summary>
    internal void Compact(BlockHash genesis, IEnumerable<WalletTransaction> transactions, (BlockHash Hash, int Height) best, ulong owned)
    {
        Begin(genesis);
        foreach (var transaction in transactions) Write(transaction);
        WriteBestBlock(best.Hash, best.Height, owned);
        Flush();
    }

    /// <inheritdoc/>
    public void Dispose() => _file.Dispose();

    private void Begin(BlockHash genesis)
    {
        var head = new ByteWriter(HeadSize).WriteBytes(Magic).WriteHash(genesis.Hash).ToArray();
        (_last, _hasFailed) = (null, true);
        _file.SetLength(0);
        _file.Position = 0;
        _file.Write(head);
        RecordCount = 0;
        (BestBlock, Owned, _isWritten, _hasFailed) = (null, null, true, false);
    }

    private void Append(Action<ByteWriter> write)
    {
        var body = new ByteWriter();
        write(body);
        var record = new ByteWriter(body.Length + RecordHeadSize).WriteUInt32((uint)body.Length).WriteBytes(Sha256d.Hash(body.WrittenSpan).ToByteArray().AsSpan(0, CheckSize)).WriteBytes(body.WrittenSpan);
        try
        {
            RemoveNote();
            _file.Write(record.WrittenSpan);
        }
        catch
        {
            _hasFailed = true;
            throw;
        }

        RecordCount++;
        _isWritten = true;
    }

    private void RemoveNote()
    {
        if (_last is null) return;
        var end = End;
        _file.SetLength(end);
        _file.Position = end;
        _last = null;
        RecordCount--;
    }

    private void Read(BlockHash genesis)
    {
        var data = new byte[_file.Length];
        _file.ReadExactly(data);
        if (data.Length < HeadSize || !data.AsSpan().StartsWith(Magic) || new Hash256(data.AsSpan(Magic.Length, Hash256.Size)) != genesis.Hash)
        {
            Begin(genesis);
            return;
        }

        var end = HeadSize;
        while (TryRead(data, end, out var next)) end = next;
        if (end < data.Length) _file.SetLength(end);
        _file.Position = end;
    }

    private bool TryRead(byte[] data, int start, out int end)
    {
        end = start;
        if (data.Length - start < RecordHeadSize) return false;
        var length = BitConverter.ToUInt32(data, start);
        if (length > MaxRecord || length > data.Length - start - RecordHeadSize) return false;
        var body = data.AsMemory(start + RecordHeadSize, (int)length);
        if (!IsWhole(data.AsSpan(start, RecordHeadSize), body.Span)) return false;
        try
        {
            ReadRecord(body);
        }
        catch (DecodeException)
        {
            return false;
        }

        end = start + RecordHeadSize + (int)length;
        RecordCount++;
        return true;
    }

    private void ReadRecord(ReadOnlyMemory<byte> body)
    {
        var reader = new ByteReader(body);
        var type = reader.ReadByte();
        if (type == BalanceRecord)
        {
            var note = BalanceNote.Read(ref reader);
            reader.ExpectEnd();
            _last = note;
            return;
        }

        _last = null;
        if (type == BestBlockRecord)
        {
            BestBlock = (new BlockHash(new Hash256(reader.ReadSpan(Hash256.Size))), reader.ReadInt32());
            Owned = reader.Remaining == 0 ? null : reader.ReadUInt64();
            return;
        }

        var transaction = Transaction.TryDecode(reader.ReadVarBytes()) ?? throw new DecodeException("no transaction");
        var read = new WalletTransaction(transaction, reader.ReadInt64()) { TimeReceived = reader.ReadInt64(), Time = reader.ReadInt64() };
        read.State = (WalletTransactionState)reader.ReadByte();
        read.Block = new BlockHash(new Hash256(reader.ReadSpan(Hash256.Size)));
        (read.Height, read.Position, read.IsAbandoned) = (reader.ReadInt32(), reader.ReadInt32(), reader.ReadByte() != 0);
        for (var i = reader.ReadCount(2); i > 0; i--) read.Notes[Encoding.UTF8.GetString(reader.ReadVarBytes().Span)] = Encoding.UTF8.GetString(reader.ReadVarBytes().Span);
        reader.ExpectEnd();
        Transactions[transaction.Id] = read;
    }
}
