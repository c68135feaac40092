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

    /// <summary>
    /// Runs it in one piece, for who has the chain alone. What is replaced is replaced in one transaction, until which it can be
    /// cancelled, and compared again: some damage no repair reaches.
    /// </summary>
    public static CoinAuditResult Run(Chainstate chainstate, CancellationToken cancellationToken = default)
    {
        var isWritten = TryFlush(chainstate);
        var rebuilt = RebuiltCoins.Of(chainstate, cancellationToken);
        var result = Compare(chainstate.Database.Coins, rebuilt, _ => cancellationToken.ThrowIfCancellationRequested());
        if (result.Differences == 0 && isWritten) return result;
        Replace(chainstate, rebuilt);
        RequireRepaired(chainstate, Compare(chainstate.Database.Coins, rebuilt, _ => { }));
        return result;
    }

    /// <summary>
    /// Rebuilds and compares the coins of a moment, which replaces nothing, and says how far it is, from 0 to 1. What it finds is
    /// for <see cref="Replace"/> to repair.
    /// </summary>
    public static (CoinAuditResult Result, RebuiltCoins Rebuilt) Look(CoinMoment moment, Action<double> tell, CancellationToken cancellationToken)
    {
        var rebuilt = RebuiltCoins.Of(moment, part => tell(PartOfBlocks * part), cancellationToken);
        return (Compare(moment, rebuilt, part => tell(PartOfBlocks + ((1 - PartOfBlocks) * part)), cancellationToken), rebuilt);
    }

    /// <summary>Compares the coins of a moment with those that the blocks up to it give.</summary>
    public static CoinAuditResult Compare(CoinMoment moment, RebuiltCoins rebuilt, Action<double> tell, CancellationToken cancellationToken) => Compare(moment.Coins, rebuilt, part =>
    {
        cancellationToken.ThrowIfCancellationRequested();
        tell(part);
    });

    /// <summary>Replaces all coins, those in memory too, by those that the blocks give, in one transaction; these are brought to the tip before.</summary>
    public static void Replace(Chainstate chainstate, RebuiltCoins rebuilt)
    {
        _ = rebuilt.Advance(chainstate, int.MaxValue);
        chainstate.ReplaceCoins(rebuilt.Coins.Select(pair => new CoinChange(pair.Key, null, pair.Value)));
    }

    /// <summary>Throws <see cref="DatabaseException"/> where the coins differ from the blocks after their repair, too.</summary>
    public static void RequireRepaired(Chainstate chainstate, CoinAuditResult after)
    {
        if (after.Differences > 0) throw chainstate.Database.Damaged("the coins differ from the blocks after their repair, too");
    }

    /// <summary>The coins as the blocks of the active chain give them, without looking at those on disk.</summary>
    public static Dictionary<OutPoint, Coin> Replay(Chainstate chainstate) => RebuiltCoins.Of(chainstate, CancellationToken.None).Coins;

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

    private static CoinAuditResult Compare(CoinTable table, RebuiltCoins blocks, Action<double> tell)
    {
        var rebuilt = blocks.Coins;
        int needless = 0, different = 0, matching = 0;
        foreach (var (outPoint, stored) in Told(table.ReadAll(), rebuilt.Count, part => tell(part / 2)))
        {
            if (outPoint is not { } place || !rebuilt.TryGetValue(place, out var coin)) needless++;
            else if (stored is null || !coin.ContentEquals(stored)) different++;
            else matching++;
        }

        var total = rebuilt.Values.Aggregate(0L, (sum, coin) => sum + coin.Output.Value);
        return new CoinAuditResult(blocks.Tip.Height + 1, rebuilt.Count, total,
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
