using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.State.Storage;

namespace Chain.State;

/// <summary>Keeps a pool in the database between two runs: its transactions, what was prioritised, and what no peer is known to have.</summary>
internal sealed class MempoolStore(ChainDatabase database)
{
    private const string PrioritiesFact = "priorities";
    private const string UnbroadcastFact = "unbroadcast";

    /// <summary>The version of the pool that the database holds; none before the pool was loaded or saved.</summary>
    public long Version { get; set; } = -1;

    /// <summary>What was prioritised; null where nothing was kept.</summary>
    public byte[]? FindPriorities() => database.FindFact(PrioritiesFact);

    /// <summary>The transactions with the time at which each came, in Unix seconds, in their order.</summary>
    public IReadOnlyList<(Transaction Transaction, long Time)> ReadTransactions() => database.ReadMempool();

    /// <summary>Those that no peer is known to have. A rest that is no whole id is left out.</summary>
    public IEnumerable<TxId> ReadUnbroadcast() =>
        (database.FindFact(UnbroadcastFact) ?? []).Chunk(Hash256.Size).Where(id => id.Length == Hash256.Size).Select(id => new TxId(new Hash256(id)));

    /// <summary>Writes all of it in one transaction, where anything has changed.</summary>
    public void Write(long version, byte[] priorities, IReadOnlyCollection<TxId> unbroadcast, Func<IEnumerable<(Transaction Transaction, long Time)>> transactions)
    {
        byte[] ids = [.. unbroadcast.SelectMany(id => id.Hash.ToByteArray())];
        if (Version == version && IsStored(PrioritiesFact, priorities) && IsStored(UnbroadcastFact, ids)) return;
        database.InTransaction(() =>
        {
            database.WriteMempool(transactions());
            database.WriteFact(PrioritiesFact, priorities);
            database.WriteFact(UnbroadcastFact, ids);
        });
        Version = version;
    }

    private bool IsStored(string fact, byte[] value) => database.FindFact(fact) is { } stored && stored.AsSpan().SequenceEqual(value);
}
