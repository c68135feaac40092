using System.Text;
using Chain.Core.Coins;
using Chain.Core.Consensus;
using Chain.Core.Encoding;
using Chain.Core.Primitives;

namespace Chain.State.Storage;

/// <summary>
/// Looks for damage in a database without owning it, also beside the process that does: in the pages, as SQLite's quick_check does,
/// in the blocks, which must be what their headers say, and in what undoes them, of which the form alone is looked at. The coins are
/// not looked at: they have checksums, and come back from the blocks.
/// </summary>
/// <param name="Damage">What is wrong; null where nothing is, as far as was looked.</param>
/// <param name="Blocks">How many blocks were looked at.</param>
/// <param name="IsWhole">Whether all was looked at; false where the time was over before.</param>
public sealed record DatabaseCheck(string? Damage, int Blocks, bool IsWhole)
{
    /// <summary>
    /// Looks until it finds something, is through, or the token ends. Throws <see cref="DatabaseException"/> where the file cannot be
    /// looked at, which is no damage: this user may not, or the disk is full.
    /// </summary>
    public static DatabaseCheck Look(string path, CancellationToken cancellationToken)
    {
        var blocks = 0;
        try
        {
            using var database = SqliteDatabase.Open(path);
            using var end = cancellationToken.Register(database.Interrupt);

            // An interruption that comes before a statement runs is none.
            cancellationToken.ThrowIfCancellationRequested();
            var damage = FindInPages(database) ?? FindInBlocks(database, ref blocks, cancellationToken);
            return new DatabaseCheck(damage, blocks, IsWhole: true);
        }
        catch (OperationCanceledException)
        {
            return new DatabaseCheck(null, blocks, IsWhole: false);
        }
        catch (DatabaseException) when (cancellationToken.IsCancellationRequested)
        {
            return new DatabaseCheck(null, blocks, IsWhole: false);
        }
        catch (DatabaseException e) when (e.IsDamage)
        {
            return new DatabaseCheck(e.Message, blocks, IsWhole: true);
        }
    }

    private static string? FindInPages(SqliteDatabase database)
    {
        using var check = database.Prepare("PRAGMA quick_check(1)");
        if (!check.Step()) return null;
        var answer = Encoding.UTF8.GetString(check.Blob(0));
        return answer == "ok" ? null : answer.ReplaceLineEndings(" ");
    }

    /// <summary>Newest first: those are needed most.</summary>
    private static string? FindInBlocks(SqliteDatabase database, ref int blocks, CancellationToken cancellationToken)
    {
        using var read = database.Prepare("SELECT sequence, header, block, status, undo FROM headers JOIN blocks USING (sequence) LEFT JOIN undo USING (sequence) ORDER BY sequence DESC");
        for (; read.Step(); blocks++)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var header = read.Blob(1).ToArray();
            var raw = read.Blob(2).ToArray();
            if (!raw.AsSpan().StartsWith(header) || Block.TryDecode(raw) is not { } block || block.ComputeMerkleRoot(out var isMutated) != block.Header.MerkleRoot || isMutated
                || !BlockRules.IsWitnessCommitted(block)) return $"the block that came as number {read.Integer(0)} is not what was written";
            if (((BlockStatus)read.Integer(3) & BlockStatus.Validated) != 0 && !IsUndo(read.Blob(4).ToArray(), block)) return $"what undoes the block that came as number {read.Integer(0)} is not what was written";
        }

        return null;
    }

    private static bool IsUndo(byte[] undo, Block block)
    {
        try
        {
            // The height stands in the coins that the block made, which are not looked at.
            _ = CoinDiff.FromUndo(block, height: 0, undo);
            return true;
        }
        catch (DecodeException)
        {
            return false;
        }
    }
}
