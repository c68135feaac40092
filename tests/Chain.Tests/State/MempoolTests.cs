using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.State;
using Chain.Tests.Kit;

namespace Chain.Tests.State;

/// <summary>Waiting transactions: who comes in, who depends on whom, who leaves when blocks come.</summary>
public class MempoolTests
{
    [Fact]
    public void Accept_Valid_IsThereWithItsFee()
    {
        using var node = new PoolNode();
        var transaction = node.Spend(fee: 123, 2, node.Coin(0), node.Coin(1));
        node.Time.Advance(TimeSpan.FromSeconds(5));
        var version = node.Pool.Version;
        node.Accept(transaction);
        var entry = node.Pool.FindEntry(transaction.Id)!;
        Assert.Equal((123, node.Chain.Now, transaction), (entry.Fee.Satoshis, entry.Time, entry.Transaction));
        Assert.Equal((1, (long)transaction.Size), (node.Pool.Count, node.Pool.Bytes));
        Assert.Equal([transaction.Id], node.Told);
        Assert.NotEqual(version, node.Pool.Version);
        Assert.Same(entry, node.Pool.FindSpender(node.Coin(1)));
        Assert.Null(node.Pool.FindSpender(node.Coin(2)));
    }

    [Fact]
    public void Accept_ChainOfUnconfirmed_LinksAndSums()
    {
        using var node = new PoolNode();
        var parent = node.Spend(fee: 100, 2, node.Coin(0));
        var child = node.Spend(fee: 10, 1, PoolNode.Output(parent));
        var grandchild = node.Spend(fee: 1, 1, PoolNode.Output(child), PoolNode.Output(parent, 1), node.Coin(1));
        Assert.True(node.Pool.Accept(child)?.IsMissingInputs);
        node.Accept(parent, child, grandchild);

        var entries = node.Pool.InOrder().ToList();
        Assert.Equal([parent, child, grandchild], entries.Select(entry => entry.Transaction));
        Assert.Equal([entries[0], entries[1]], entries[2].Parents.OrderBy(entry => entry.Sequence));
        Assert.Equal([entries[1], entries[2]], entries[0].Children.OrderBy(entry => entry.Sequence));
        var all = new PackageSum(3, parent.VirtualSize + child.VirtualSize + grandchild.VirtualSize, 111);
        Assert.Equal(all, entries[0].Descendants);
        Assert.Equal(all, entries[2].Ancestors);
        Assert.Equal(new PackageSum(2, parent.VirtualSize + child.VirtualSize, 110), entries[1].Ancestors);
        Assert.Equal(new PackageSum(2, child.VirtualSize + grandchild.VirtualSize, 11), entries[1].Descendants);
        Assert.Equal(new PackageSum(1, parent.VirtualSize, 100), entries[0].Ancestors);
    }

    [Fact]
    public void Accept_Conflict_FirstSeenStaysWhateverTheOtherPays()
    {
        using var node = new PoolNode();
        var first = node.Spend(fee: 1, 1, node.Coin(0), node.Coin(1));
        node.Accept(first);
        node.Reject(PolicyError.Conflict, node.Spend(fee: 500_000, 1, node.Coin(1)));
        node.AssertPool(first);
        Assert.Equal([first.Id], node.Told);
    }

    [Fact]
    public void Accept_TooManyDescendants_Refused()
    {
        using var node = new PoolNode(new MempoolPolicy { MaxDescendants = 3 });
        var parent = node.Spend(fee: 1, 3, node.Coin(0));
        var child = node.Spend(fee: 1, 1, PoolNode.Output(parent));
        node.Accept(parent, child, node.Spend(fee: 1, 1, PoolNode.Output(parent, 1)));
        node.Reject(PolicyError.ChainTooLong, node.Spend(fee: 1, 1, PoolNode.Output(child)));
        Assert.Equal(3, node.Pool.Count);
    }

    /// <summary>Both limits count vbytes, and what is at the limit is taken.</summary>
    [Theory]
    [InlineData(0, true)]
    [InlineData(-1, false)]
    public void Accept_SizeOfAncestorsAndDescendants_UpToTheLimit(int beside, bool isTaken)
    {
        using var node = new PoolNode();
        var parent = node.Spend(fee: 1, 2, node.Coin(0));
        var children = new[] { node.Spend(fee: 1, 1, PoolNode.Output(parent)), node.Spend(fee: 1, 3, PoolNode.Output(parent, 1)) };
        var ancestors = new Mempool(node.Chain, new MempoolPolicy { MaxAncestorSize = parent.VirtualSize + children[1].VirtualSize + beside });
        Assert.Null(ancestors.Accept(parent));
        Assert.Null(ancestors.Accept(children[0]));
        Assert.Equal(isTaken ? null : PolicyError.ChainTooLong, ancestors.Accept(children[1])?.Policy);

        var grandchild = node.Spend(fee: 1, 3, PoolNode.Output(children[0]));
        var descendants = new Mempool(node.Chain, new MempoolPolicy { MaxDescendantSize = parent.VirtualSize + children[0].VirtualSize + grandchild.VirtualSize + beside });
        Assert.Null(descendants.Accept(parent));
        Assert.Null(descendants.Accept(children[0]));
        Assert.Equal(isTaken ? null : PolicyError.ChainTooLong, descendants.Accept(grandchild)?.Policy);
    }

    /// <summary>One alone is no chain: its own size is judged by another limit, as in Core.</summary>
    [Fact]
    public void Accept_OneLargerThanTheLimitsOfChains_Accepted()
    {
        using var node = new PoolNode(new MempoolPolicy { MaxAncestorSize = 50, MaxDescendantSize = 50 });
        node.Accept(node.Spend(fee: 1, 1, node.Coin(0)));
    }

    /// <summary>What replaces one takes its place; what replaces two is judged as if both stayed, as in Core.</summary>
    [Fact]
    public void Accept_ReplacementInAFullPackage_TakesThePlaceOfOne()
    {
        using var node = new PoolNode();
        var root = node.Spend(fee: 1, 1, node.Coin(0));
        var parent = node.Spend(fee: 1, 2, PoolNode.Output(root));
        var first = node.Replaceable(fee: 1, 1, PoolNode.Output(parent));
        var second = node.Replaceable(fee: 1, 1, PoolNode.Output(parent, 1));

        // A signature may be a byte longer or shorter than another.
        var size = root.VirtualSize + parent.VirtualSize + first.VirtualSize + second.VirtualSize + 2;
        foreach (var policy in (MempoolPolicy[])[new() { MaxDescendants = 4 }, new() { MaxDescendantSize = size }])
        {
            var pool = new Mempool(node.Chain, policy);
            Assert.All((Transaction[])[root, parent, first, second], transaction => Assert.Null(pool.Accept(transaction)));
            var both = node.Spend(fee: 50_000, 1, PoolNode.Output(parent), PoolNode.Output(parent, 1));
            Assert.Equal(PolicyError.ChainTooLong, pool.Accept(both)?.Policy);
            Assert.Null(pool.Accept(node.Spend(fee: 50_000, 1, PoolNode.Output(parent))));
            Assert.Equal(4, pool.Count);
        }
    }

    [Fact]
    public void Find_IsTheCoinForTheNextTransaction()
    {
        using var node = new PoolNode();
        var spent = node.Coin(0);
        Assert.Equal(1, node.Pool.Find(spent)?.Height);
        byte[] data = StandardScripts.DataCarrier([1]);
        var parent = Keys.Spend(spent, Keys.Miner, Keys.PayTo(Keys.Miner, 10), new TxOut(0, data));
        node.Accept(parent);

        Assert.Null(node.Pool.Find(spent));
        Assert.NotNull(node.Chain.Coins.Find(spent));
        var coin = node.Pool.Find(PoolNode.Output(parent))!;
        Assert.Equal((10L, node.Chain.Tip.Height + 1, false), (coin.Output.Value, coin.Height, coin.IsCoinbase));
        Assert.Null(node.Pool.Find(PoolNode.Output(parent, 1)));
        Assert.Null(node.Pool.Find(PoolNode.Output(parent, 2)));
        Assert.Null(node.Pool.Find(new OutPoint(parent.Id, uint.MaxValue)));

        node.Accept(Keys.Spend(PoolNode.Output(parent), Keys.Miner, Keys.PayTo(Keys.Miner, 9)));
        Assert.Null(node.Pool.Find(PoolNode.Output(parent)));
    }

    [Fact]
    public void Test_AnswersAsAcceptAndChangesNothing()
    {
        using var node = new PoolNode(new MempoolPolicy { MaxAncestors = 2 });
        var parent = node.Spend(fee: 1, 1, node.Coin(0));
        node.Accept(parent);
        var before = (node.Pool.Version, node.Pool.Bytes, node.Pool.FindEntry(parent.Id)!.Descendants, node.Told.Count);
        var child = node.Spend(fee: 1, 1, PoolNode.Output(parent));
        Assert.Null(node.Pool.Test(child));
        Assert.Equal(PolicyError.AlreadyInMempool, node.Pool.Test(parent)?.Policy);
        Assert.Equal(PolicyError.Conflict, node.Pool.Test(node.Spend(fee: 2, 1, node.Coin(0)))?.Policy);
        Assert.Equal(before, (node.Pool.Version, node.Pool.Bytes, node.Pool.FindEntry(parent.Id)!.Descendants, node.Told.Count));
        node.AssertPool(parent);
        node.Accept(child);
    }

    [Fact]
    public void BlockConnected_ConfirmedLeave_ChildrenStay()
    {
        using var node = new PoolNode();
        var parent = node.Spend(fee: 100, 1, node.Coin(0));
        var child = node.Spend(fee: 10, 1, PoolNode.Output(parent));
        var grandchild = node.Spend(fee: 1, 1, PoolNode.Output(child));
        node.Accept(parent, child, grandchild);
        node.Mine(parent);
        node.AssertPool(child, grandchild);
        var entry = node.Pool.FindEntry(child.Id)!;
        Assert.Empty(entry.Parents);
        Assert.Equal(new PackageSum(1, child.VirtualSize, 10), entry.Ancestors);
        Assert.Equal(2, node.Pool.FindEntry(grandchild.Id)!.Ancestors.Count);
        node.Mine(child, grandchild);
        Assert.Equal((0, 0L), (node.Pool.Count, node.Pool.Bytes));
    }

    [Fact]
    public void BlockConnected_ConflictingLeaveWithTheirDescendants()
    {
        using var node = new PoolNode();
        var parent = node.Spend(fee: 1, 1, node.Coin(0));
        var child = node.Spend(fee: 1, 1, PoolNode.Output(parent), node.Coin(1));
        var grandchild = node.Spend(fee: 1, 1, PoolNode.Output(child));
        var stranger = node.Spend(fee: 1, 1, node.Coin(2));
        node.Accept(parent, child, grandchild, stranger);
        node.Mine(node.Spend(fee: 5, 1, node.Coin(1)));
        node.AssertPool(parent, stranger);
        Assert.Equal(1, node.Pool.FindEntry(parent.Id)!.Descendants.Count);
        node.Mine(node.Spend(fee: 5, 1, node.Coin(0)));
        node.AssertPool(stranger);
        Assert.Null(node.Pool.FindSpender(PoolNode.Output(parent)));
    }

    [Fact]
    public void SaveAndLoad_NextRun_HasTheSameTransactionsInTheSameOrder()
    {
        using var node = new PoolNode();
        var parent = node.Spend(fee: 1, 2, node.Coin(0));
        node.Accept(parent);
        node.Time.Advance(TimeSpan.FromSeconds(100));
        node.Accept(node.Spend(fee: 9, 1, PoolNode.Output(parent, 1)), node.Spend(fee: 5, 1, PoolNode.Output(parent)));
        node.Pool.Save();

        var told = 0;
        var next = new Mempool(node.Chain, new MempoolPolicy());
        next.TransactionAccepted += _ => told++;
        Assert.Equal(3, next.Load());
        Assert.Equal(0, told);
        Assert.Equal(node.Pool.InOrder().Select(entry => (entry.Transaction.Id, entry.Time, entry.Ancestors)), next.InOrder().Select(entry => (entry.Transaction.Id, entry.Time, entry.Ancestors)));
    }

    [Fact]
    public void Load_NoLongerValid_IsLeftOut()
    {
        using var node = new PoolNode();
        var confirmed = node.Spend(fee: 1, 1, node.Coin(0));
        var conflicting = node.Spend(fee: 1, 1, node.Coin(1));
        var child = node.Spend(fee: 1, 1, PoolNode.Output(conflicting));
        var valid = node.Spend(fee: 1, 1, node.Coin(2));
        node.Accept(confirmed, conflicting, child, valid);
        node.Pool.Save();
        node.Mine(confirmed, node.Spend(fee: 2, 1, node.Coin(1)));
        var next = new Mempool(node.Chain, new MempoolPolicy());
        Assert.Equal(1, next.Load());
        Assert.NotNull(next.FindEntry(valid.Id));
    }

    [Fact]
    public void Accept_PoolFull_WorstLeavesWithItsDescendants()
    {
        using var probe = new PoolNode();
        var size = probe.Spend(fee: 1, 1, probe.Coin(0)).Size;
        using var node = new PoolNode(new MempoolPolicy { MaxBytes = size * 4 + 20 });
        var poor = node.Spend(fee: 100, 1, node.Coin(0));
        var poorChild = node.Spend(fee: 50, 1, PoolNode.Output(poor));
        var helped = node.Spend(fee: 10, 1, node.Coin(1));
        var helper = node.Spend(fee: 5_000, 1, PoolNode.Output(helped));
        node.Accept(poor, poorChild, helped, helper);

        var rich = node.Spend(fee: 1_000, 1, node.Coin(2));
        node.Accept(rich);
        node.AssertPool(poor, helped, helper, rich);
        node.Accept(node.Spend(fee: 900, 1, node.Coin(3)));
        Assert.DoesNotContain(poor.Id, node.Ids);
        Assert.Contains(helped.Id, node.Ids);
        node.Reject(PolicyError.MempoolMinFeeNotMet, node.Spend(fee: 100, 1, node.Coin(4)));
        Assert.Equal(4, node.Pool.Count);
        Assert.Equal(6, node.Told.Count);
    }
}
