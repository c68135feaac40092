using Chain.Core.Encoding;
using Chain.Core.Primitives;
using Chain.State.Storage;
using Chain.State.Storage.Sorted;

namespace Chain.Tests.State;

/// <summary>Reads and changes the tables of the coins in a closed database, each for itself.</summary>
internal static class StoredCoins
{
    public static byte[] KeyOf(OutPoint place)
    {
        var writer = new ByteWriter();
        place.Write(writer);
        return writer.ToArray();
    }

    /// <summary>Changes the coins and the index of a file in one transaction.</summary>
    public static void Change(string path, Action<SortedTable, SortedTable> change)
    {
        using var db = SqliteDatabase.Open(path);
        var coins = new SortedTable(db, "coin", OutPoint.Size, hasFilters: true);
        var scripts = new SortedTable(db, "script", OutPoint.Size + 20, hasFilters: false);
        db.InTransaction(() => change(coins, scripts));
    }

    /// <summary>Sets one value, or deletes the key where the value is empty.</summary>
    public static void Set(SortedTable table, byte[] key, byte[] value) => SetAll(table, [(key, value)]);

    /// <summary>All keys that have a value.</summary>
    public static List<byte[]> Keys(SortedTable table) => [.. Entries(table).Select(entry => entry.Key)];

    /// <summary>Writes both tables anew, without a trace of what came before.</summary>
    public static void PutInOneRun(SortedTable coins, SortedTable scripts)
    {
        foreach (var table in (SortedTable[])[coins, scripts])
        {
            var entries = Entries(table);
            table.Clear();
            SetAll(table, entries);
        }
    }

    private static List<(byte[] Key, byte[] Value)> Entries(SortedTable table)
    {
        var entries = new List<(byte[], byte[])>();
        var reader = table.Read();
        while (reader.MoveNext())
        {
            if (!reader.Value.IsEmpty) entries.Add((reader.Key.ToArray(), reader.Value.ToArray()));
        }

        return entries;
    }

    private static void SetAll(SortedTable table, List<(byte[] Key, byte[] Value)> entries)
    {
        var batch = new SortedBatch(table, entries.Count, (i, writer) => writer.WriteBytes(entries[i].Key), (i, writer) => writer.WriteBytes(entries[i].Value));
        while (batch.WriteSome())
        {
        }
    }
}
