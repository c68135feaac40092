using Chain.State.Storage;

namespace Chain.State;

/// <summary>
/// Writes the coins behind the blocks: together with the hash of the block that they stand at, now and then, or beside the checks of
/// scripts. A start after a kill goes on from there.
/// </summary>
internal sealed class CoinWriter(ChainDatabase database, CoinCache coins, ChainstateOptions options, BlockTree tree)
{
    private const int ReplacedAtOnce = 1_000_000;

    private int _blocksSinceFlush;
    private BlockNode? _flushedAt;

    /// <summary>Writes all to disk.</summary>
    public void Flush()
    {
        if (_blocksSinceFlush == 0 && coins.DirtyCount == 0 && !coins.IsFlushing) return;
        try
        {
            database.InTransaction(() =>
            {
                CompleteFlush();
                BeginFlush();
                WriteFlush();
            });
        }
        catch
        {
            coins.AbortFlush();
            _blocksSinceFlush++;
            throw;
        }

        coins.EndFlush(options.MaxCachedCoins);
    }

    /// <summary>Replaces all coins, those in memory too, by others that stand at the tip, in one transaction.</summary>
    public void Replace(IEnumerable<CoinChange> others)
    {
        database.InTransaction(() =>
        {
            database.Coins.Clear();
            foreach (var part in others.Chunk(ReplacedAtOnce)) database.Coins.Apply(part);
            WriteCoinsFact(tree.Tip!);
        });
        coins.Clear();
        _blocksSinceFlush = 0;
    }

    /// <summary>The tip has moved by one block: writes what has become too much.</summary>
    public void AfterMove()
    {
        _blocksSinceFlush++;
        if (coins.DirtyCount >= options.MaxDirtyCoins || _blocksSinceFlush >= options.MaxBlocksBetweenFlushes) Flush();
    }

    /// <summary>Begins to write where there is enough of it: the coins as they are now are what the disk will hold at the end of the transaction.</summary>
    public void BeginFlushWorthwhile()
    {
        if (coins.DirtyCount >= options.MinDirtyCoins) BeginFlush();
    }

    /// <summary>Writes the rest of what was begun.</summary>
    public void CompleteFlush()
    {
        if (!coins.IsFlushing) return;
        WriteFlush();
        coins.EndFlush(options.MaxCachedCoins);
    }

    private void BeginFlush()
    {
        _flushedAt = tree.Tip;
        _blocksSinceFlush = 0;
        coins.BeginFlush();
    }

    private void WriteFlush()
    {
        while (coins.FlushSome())
        {
        }

        WriteCoinsFact(_flushedAt!);
    }

    private void WriteCoinsFact(BlockNode node) => database.WriteFact(ChainDatabase.CoinsFact, node.Hash.Hash.ToByteArray());
}
