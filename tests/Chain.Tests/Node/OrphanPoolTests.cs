using Chain.Core.Primitives;
using Chain.Node;
using Chain.Tests.Kit;

namespace Chain.Tests.Node;

/// <summary>What came before its parents is kept, found by them, and bounded.</summary>
public sealed class OrphanPoolTests
{
    private readonly Generate _generate = new(11);

    [Fact]
    public void Blocks_TakeChildren_GivesThemOnceWithTheirSenders()
    {
        var pool = new OrphanBlocks();
        var parent = _generate.BlockHash();
        var (first, second, other) = (BlockOn(parent), BlockOn(parent), BlockOn(_generate.BlockHash()));
        pool.Add(first, 1);
        pool.Add(second, 2);
        pool.Add(other, 3);
        pool.Add(first, 9);
        Assert.Equal(3, pool.Count);
        Assert.True(pool.Contains(first.Hash));
        Assert.Equal([(first, 1L), (second, 2L)], pool.TakeChildren(parent));
        Assert.Empty(pool.TakeChildren(parent));
        Assert.False(pool.Contains(first.Hash));
        Assert.Equal(1, pool.Count);
    }

    [Fact]
    public void Blocks_BeyondTheCount_TheOldestGo()
    {
        var pool = new OrphanBlocks(maxCount: 3);
        var blocks = Enumerable.Range(0, 5).Select(_ => BlockOn(_generate.BlockHash())).ToList();
        foreach (var block in blocks) pool.Add(block, 1);
        Assert.Equal([false, false, true, true, true], blocks.Select(b => pool.Contains(b.Hash)));
        Assert.Empty(pool.TakeChildren(blocks[0].Header.PreviousBlockHash));
    }

    [Fact]
    public void Blocks_BeyondTheBytes_TheOldestGo()
    {
        var blocks = Enumerable.Range(0, 4).Select(_ => BlockOn(_generate.BlockHash())).ToList();
        var pool = new OrphanBlocks(maxCount: 100, maxBytes: blocks[1].Size + blocks[2].Size + blocks[3].Size);
        foreach (var block in blocks) pool.Add(block, 1);
        Assert.Equal([false, true, true, true], blocks.Select(b => pool.Contains(b.Hash)));
        Assert.Equal(blocks[1..].Sum(b => (long)b.Size), pool.Bytes);
        Assert.Single(pool.TakeChildren(blocks[2].Header.PreviousBlockHash));
        Assert.Equal(blocks[1].Size + blocks[3].Size, pool.Bytes);
        pool.Add(blocks[2], 1);
        Assert.Equal(3, pool.Count);
    }

    [Fact]
    public void Blocks_OneLargerThanAll_IsNotKept()
    {
        var block = BlockOn(_generate.BlockHash());
        var pool = new OrphanBlocks(maxCount: 10, maxBytes: block.Size - 1);
        pool.Add(block, 1);
        Assert.Equal(0, pool.Count);
    }

    /// <summary>Taking out and adding again must not let the memory of what was there grow.</summary>
    [Fact]
    public void Blocks_AddedAndTakenForEver_StayBoundedAndRight()
    {
        var pool = new OrphanBlocks(maxCount: 8);
        var parents = Enumerable.Range(0, 5).Select(_ => _generate.BlockHash()).ToList();
        var blocks = Enumerable.Range(0, 30).Select(_ => BlockOn(_generate.OneOf([.. parents]))).ToList();
        for (var i = 0; i < 5_000; i++)
        {
            if (_generate.Bool()) pool.Add(_generate.OneOf([.. blocks]), i);
            else Assert.All(pool.TakeChildren(_generate.OneOf([.. parents])), child => Assert.False(pool.Contains(child.Block.Hash)));
            Assert.Equal(blocks.Count(b => pool.Contains(b.Hash)), pool.Count);
            Assert.InRange(pool.Count, 0, 8);
        }
    }

    [Fact]
    public void Transactions_TakeChildren_GivesThoseOfAnyInputOnce()
    {
        var pool = new OrphanTransactions();
        var (p, q) = (new TxId(_generate.Hash()), new TxId(_generate.Hash()));
        var both = Spend(p, q);
        var twice = Spend(p, p);
        pool.Add(both);
        pool.Add(twice);
        pool.Add(both);
        Assert.Equal(2, pool.Count);
        Assert.Equal(new[] { both.Id, twice.Id }.Order(), pool.TakeChildren(p).Select(t => t.Id).Order());
        Assert.Empty(pool.TakeChildren(q));
        Assert.Equal(0, pool.Count);
    }

    [Fact]
    public void Transactions_BeyondTheCount_TheOldestGo()
    {
        var pool = new OrphanTransactions(maxCount: 3);
        var all = Enumerable.Range(0, 5).Select(_ => Spend(new TxId(_generate.Hash()))).ToList();
        foreach (var transaction in all) pool.Add(transaction);
        Assert.Equal([false, false, true, true, true], all.Select(t => pool.Contains(t.WitnessHash)));
        Assert.Empty(pool.TakeChildren(all[0].Inputs[0].PreviousOutput.TxId));
    }

    [Fact]
    public void Transactions_BeyondTheBytes_TheOldestGo()
    {
        var pool = new OrphanTransactions();
        var all = Enumerable.Range(0, 120).Select(_ => Spend(new byte[99_000], new TxId(_generate.Hash()))).ToList();
        foreach (var transaction in all)
        {
            pool.Add(transaction);
            Assert.Equal(all.Where(t => pool.Contains(t.WitnessHash)).Sum(t => (long)t.Size), pool.Bytes);
        }

        var kept = (int)(OrphanTransactions.MaxBytes / all[0].Size);
        Assert.Equal(kept, pool.Count);
        Assert.All(all[^kept..], transaction => Assert.True(pool.Contains(transaction.WitnessHash)));
    }

    /// <summary>The id is the same, the witness is not: both wait, since it is not known which one is good.</summary>
    [Fact]
    public void Transactions_OfOneIdWithTwoWitnesses_AreBothKept()
    {
        var pool = new OrphanTransactions();
        var parent = new TxId(_generate.Hash());
        var spend = Spend(parent);
        Transaction[] both = [WitnessCoin.WithWitness(spend, [1]), WitnessCoin.WithWitness(spend, [2])];
        foreach (var transaction in both) pool.Add(transaction);
        Assert.Equal(2, pool.Count);
        Assert.False(pool.Contains(spend.Id.Hash));
        Assert.Equal(both.ToHashSet(), pool.TakeChildren(parent).ToHashSet());
        Assert.Equal((0, 0L), (pool.Count, pool.Bytes));
    }

    [Fact]
    public void Transactions_VeryLargeOne_IsNotKept()
    {
        var pool = new OrphanTransactions();
        pool.Add(new Transaction(2, [new TxIn(new OutPoint(new TxId(_generate.Hash()), 0), new byte[100_000])], [new TxOut(1, default)], 0));
        Assert.Equal(0, pool.Count);
    }

    [Fact]
    public void Transactions_AddedAndTakenForEver_StayBoundedAndRight()
    {
        var pool = new OrphanTransactions(maxCount: 8);
        var parents = Enumerable.Range(0, 5).Select(_ => new TxId(_generate.Hash())).ToList();
        var all = Enumerable.Range(0, 30).Select(_ => Spend(_generate.OneOf([.. parents]), _generate.OneOf([.. parents]))).DistinctBy(t => t.Id).ToList();
        for (var i = 0; i < 5_000; i++)
        {
            if (_generate.Bool()) pool.Add(_generate.OneOf([.. all]));
            else Assert.All(pool.TakeChildren(_generate.OneOf([.. parents])), child => Assert.False(pool.Contains(child.WitnessHash)));
            Assert.Equal(all.Count(t => pool.Contains(t.WitnessHash)), pool.Count);
            Assert.InRange(pool.Count, 0, 8);
        }
    }

    private Block BlockOn(BlockHash parent)
    {
        var header = _generate.Header();
        return new Block(new BlockHeader(header.Version, parent, header.MerkleRoot, header.Time, header.Bits, header.Nonce), [_generate.Transaction()]);
    }

    private Transaction Spend(params TxId[] parents) => Spend([], parents);

    private Transaction Spend(byte[] scriptSig, params TxId[] parents) =>
        new(2, [.. parents.Select(parent => new TxIn(new OutPoint(parent, _generate.Bits32()), scriptSig))], [new TxOut(1, default)], 0);
}
