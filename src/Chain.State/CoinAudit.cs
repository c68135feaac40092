using Chain.Core.Coins;
using Chain.Core.Primitives;
using Chain.State.Storage;

namespace Chain.State;

/// <summary>What <see cref="CoinAudit"/> found: the coins of the blocks, and how many on disk were missing, needless or different.</summary>
public readonly record struct CoinAuditResult(int Blocks, int Coins, long Total, int Missing, int Needless, int Different, int Index)
{
    /// <summary>The number of rows that were wrong, in the coins and in their index.</summary>
    public int Differences => Missing + Needless + Different + Index;
}

/// <summary>
/// Rebuilds the coins and their index from the blocks of the active chain alone, compares with what is on disk, and
/// replaces it where it differs.
/// </summary>
public static class CoinAudit
{
    /// <summary>The part of <see cref="Look"/> that reading the blocks is about; the rest compares coins and index.</summary>
    private const double PartOfBlocks = 0.8;

    private const int RowsAtOnce = 1024;

    /// <summary>Runs it. What is replaced is replaced in one transaction, and compared again: some damage no repair reaches.</summary>
    public static CoinAuditResult Run(Chainstate chainstate)
    {
        var isWritten = TryFlush(chainstate);
        var rebuilt = Replay(chainstate);
        var result = Compare(chainstate, rebuilt);
        if (result.Differences == 0 && isWritten) return result;
        chainstate.ReplaceCoins(rebuilt.Select(pair => new CoinChange(pair.Key, null, pair.Value)));
        return Compare(chainstate, rebuilt).Differences == 0 ? result : throw chainstate.Database.Damaged("the coins differ from the blocks after their repair, too");
    }

    /// <summary>
    /// Rebuilds and compares the coins of a moment, which replaces nothing, and says how far it is, from 0 to 1. What it finds is
    /// for <see cref="Run"/> to repair.
    /// </summary>
    public static CoinAuditResult Look(CoinMoment moment, Action<double> tell, CancellationToken cancellationToken)
    {
        var rebuilt = Replay(Told(), moment.Params.GenesisSpendable);
        return Compare(moment.Coins, rebuilt, moment.Tip.Height, part =>
        {
            cancellationToken.ThrowIfCancellationRequested();
            tell(PartOfBlocks + ((1 - PartOfBlocks) * part));
        });

        IEnumerable<Block> Told()
        {
            var height = 0;
            foreach (var block in moment.Blocks())
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return block;
                tell(PartOfBlocks * ((double)++height / (moment.Tip.Height + 1)));
            }
        }
    }

    /// <summary>The coins as the blocks of the active chain give them, without looking at those on disk.</summary>
    public static Dictionary<OutPoint, Coin> Replay(Chainstate chainstate) =>
        Replay(Enumerable.Range(0, chainstate.Tip.Height + 1).Select(height => chainstate.GetBlock(chainstate.Tree.FindActive(height)!)), chainstate.Params.GenesisSpendable);

    private static Dictionary<OutPoint, Coin> Replay(IEnumerable<Block> blocks, bool isGenesisSpendable)
    {
        var coins = new Dictionary<OutPoint, Coin>();
        var height = -1;
        foreach (var block in blocks)
        {
            if (++height == 0 && !isGenesisSpendable) continue;
            var created = new CoinDiff();
            foreach (var transaction in block.Transactions)
            {
                if (!transaction.IsCoinbase)
                {
                    foreach (var input in transaction.Inputs)
                    {
                        if (created.Created.TryGetValue(input.PreviousOutput, out var coin)) created.Spend(input.PreviousOutput, coin);
                        else coins.Remove(input.PreviousOutput);
                    }
                }

                created.CreateOutputs(transaction, height);
            }

            foreach (var (outPoint, coin) in created.Created) coins[outPoint] = coin;
        }

        return coins;
    }

    /// <summary>Writes the coins that only memory holds; false where damaged ones keep them from the disk, which is to be repaired.</summary>
    public static bool TryFlush(Chainstate chainstate)
    {
        try
        {
            chainstate.Flush();
            return true;
        }
        catch (DamagedCoinsException)
        {
            return false;
        }
    }

    private static CoinAuditResult Compare(Chainstate chainstate, Dictionary<OutPoint, Coin> rebuilt) => Compare(chainstate.Database.Coins, rebuilt, chainstate.Tip.Height, _ => { });

    private static CoinAuditResult Compare(CoinTable table, Dictionary<OutPoint, Coin> rebuilt, int height, Action<double> tell)
    {
        int needless = 0, different = 0, matching = 0;
        foreach (var (outPoint, stored) in Told(table.ReadAll(), rebuilt.Count, part => tell(part / 2)))
        {
            if (outPoint is not { } place || !rebuilt.TryGetValue(place, out var coin)) needless++;
            else if (stored is null || !coin.ContentEquals(stored)) different++;
            else matching++;
        }

        var total = rebuilt.Values.Aggregate(0L, (sum, coin) => sum + coin.Output.Value);
        return new CoinAuditResult(height + 1, rebuilt.Count, total,
            rebuilt.Count - matching - different, needless, different, CompareIndex(table, rebuilt, tell));
    }

    /// <summary>Each coin has one row: those it lacks, and those that belong to none.</summary>
    private static int CompareIndex(CoinTable table, Dictionary<OutPoint, Coin> rebuilt, Action<double> tell)
    {
        int found = 0, needless = 0;
        foreach (var entry in Told(table.ReadIndex(rebuilt.GetValueOrDefault), rebuilt.Count, part => tell((1 + part) / 2)))
        {
            if (entry is not null) found++;
            else needless++;
        }

        return rebuilt.Count - found + needless;
    }

    /// <summary>Says before the first row, and now and then, how many there were of about so many, from 0 to 1.</summary>
    private static IEnumerable<T> Told<T>(IEnumerable<T> rows, int about, Action<double> tell)
    {
        var count = 0;
        foreach (var row in rows)
        {
            if (count++ % RowsAtOnce == 0) tell(Math.Min(1, (count - 1.0) / Math.Max(1, about)));
            yield return row;
        }
    }
}
