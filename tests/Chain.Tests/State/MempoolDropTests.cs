using Chain.Core.Primitives;
using Chain.State;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.State;

/// <summary>Waiting transactions that are given up because somebody wants it.</summary>
public sealed class MempoolDropTests
{
    [Fact]
    public void Drop_TakesWhatDependsOnItAlong_AndTellsWhy()
    {
        using var chain = new OpenChain();
        var pool = chain.Loaded.Mempool;
        var payment = chain.Payment();
        var child = Keys.Spend(new OutPoint(payment.Id, 0), Keys.Alice, Keys.PayTo(Keys.Bob, payment.Outputs[0].Value));
        Assert.Null(pool.Accept(payment));
        Assert.Null(pool.Accept(child));
        var version = pool.Version;
        var removed = new List<(TxId, MempoolRemovalReason)>();
        pool.TransactionRemoved += (entry, reason) => removed.Add((entry.Transaction.Id, reason));

        pool.Drop(payment.Id);
        Assert.Equal(0, pool.Count);
        Assert.Equal([(child.Id, MempoolRemovalReason.Dropped), (payment.Id, MempoolRemovalReason.Dropped)], removed);
        Assert.NotEqual(version, pool.Version);

        // The coin is free again, and one that is not there is no matter.
        pool.Drop(payment.Id);
        Assert.Null(pool.Accept(payment));
    }
}
