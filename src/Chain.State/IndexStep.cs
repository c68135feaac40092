using System.Buffers.Binary;
using Chain.Core.Coins;
using Chain.Core.Cryptography;
using Chain.Core.Encoding;
using Chain.Core.Primitives;
using Chain.State.Storage;

namespace Chain.State;

/// <summary>
/// Some blocks by which <see cref="TransactionIndex"/> is to move on, or back where they left the chain. They are read where
/// the chain may be touched; what follows from them is worked out anywhere.
/// </summary>
public sealed class IndexStep
{
    private readonly List<(BlockNode Node, byte[] Raw, byte[]? Undo)> _blocks;
    private IndexTable.IndexChanges? _changes;

    internal IndexStep(BlockNode? from, BlockNode? to, bool isBack, List<(BlockNode Node, byte[] Raw, byte[]? Undo)> blocks)
    {
        From = from;
        To = to;
        IsBack = isBack;
        _blocks = blocks;
    }

    /// <summary>The block at which the index stood; null before genesis.</summary>
    public BlockNode? From { get; }

    /// <summary>The block at which it will stand.</summary>
    public BlockNode? To { get; }

    /// <summary>Whether blocks are taken back.</summary>
    public bool IsBack { get; }

    /// <summary>The blocks that it is about.</summary>
    internal IEnumerable<BlockNode> Nodes => _blocks.Select(block => block.Node);

    /// <summary>The entries of all these blocks. Throws <see cref="DecodeException"/> where a stored block does not decode.</summary>
    public IndexTable.IndexChanges Prepare()
    {
        if (_changes is not null) return _changes;
        var changes = new IndexTable.IndexChanges(IsBack);
        foreach (var (node, raw, undo) in _blocks)
        {
            var block = Block.TryDecode(raw) is { } decoded && decoded.Hash == node.Hash ? decoded : throw new DecodeException($"block {node.Hash} is not what was stored");
            Add(changes, node.Height, block, undo is null ? new CoinDiff() : CoinDiff.FromUndo(block, node.Height, undo));
        }

        return _changes = changes;
    }

    private static void Add(IndexTable.IndexChanges changes, int height, Block block, CoinDiff diff)
    {
        var own = new Dictionary<OutPoint, TxOut>();
        var sums = new Dictionary<UInt128, Sum>();
        var offset = BlockHeader.Size + ByteWriter.CompactSizeLength((ulong)block.Transactions.Length);
        Span<byte> name = stackalloc byte[IndexTable.NameSize];
        foreach (var transaction in block.Transactions)
        {
            var place = new TransactionPlace(height, offset);
            changes.Add(transaction.Id, place);
            for (var i = 0; i < transaction.Inputs.Length && !transaction.IsCoinbase; i++)
            {
                var spent = transaction.Inputs[i].PreviousOutput;
                changes.Add(spent, new SpendingInput(place, i));
                var output = diff.Spent.TryGetValue(spent, out var coin) ? coin.Output
                    : own.TryGetValue(spent, out var made) ? made : throw new DecodeException($"the undo data of block {height} lacks what {transaction.Id} spends");
                var key = NameOf(output.ScriptPubKey.Span);
                sums[key] = sums.GetValueOrDefault(key).AndSpent(output.Value);
            }

            for (var i = 0; i < transaction.Outputs.Length; i++)
            {
                var output = transaction.Outputs[i];
                own[new OutPoint(transaction.Id, (uint)i)] = output;
                var key = NameOf(output.ScriptPubKey.Span);
                sums[key] = sums.GetValueOrDefault(key).AndFunded(output.Value);
            }

            foreach (var (key, sum) in sums)
            {
                BinaryPrimitives.WriteUInt128BigEndian(name, key);
                changes.Add(name, new ScriptEvent(place, sum.Funded, sum.FundedSum, sum.Spent, sum.SpentSum));
            }

            sums.Clear();
            offset += transaction.Size;
        }
    }

    private static UInt128 NameOf(ReadOnlySpan<byte> script)
    {
        Span<byte> hash = stackalloc byte[Sha256.Size];
        Sha256.Hash(script, hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    private readonly record struct Sum(int Funded, long FundedSum, int Spent, long SpentSum)
    {
        public Sum AndFunded(long value) => this with { Funded = Funded + 1, FundedSum = FundedSum + value };

        public Sum AndSpent(long value) => this with { Spent = Spent + 1, SpentSum = SpentSum + value };
    }
}
