using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.State;
using Chain.Tests.Kit;

namespace Chain.Tests.State;

/// <summary>
/// A node with a pool, and many equal coins in its first block. All belong to <see cref="Keys.Miner"/>, and so does what
/// they are spent to.
/// </summary>
internal sealed class PoolNode : IDisposable
{
    public const long CoinValue = 1_000_000;

    private readonly StateNode _node;
    private readonly Dictionary<OutPoint, long> _values = [];
    private int _blocks;

    public PoolNode(MempoolPolicy? policy = null, ChainParams? p = null, int coins = 60)
    {
        _node = new StateNode(p ?? TestChains.Private);
        Builder = new ChainBuilder(_node.Params);
        Pool = new Mempool(Chain, policy ?? new MempoolPolicy());
        Pool.TransactionAccepted += entry => Told.Add(entry.Transaction.Id);
        Pool.TransactionRemoved += (entry, reason) => Removed.Add((entry.Transaction.Id, reason));
        Funds = Keys.Spend(Builder["genesis"].Reward, Keys.Miner, [.. Enumerable.Range(0, coins).Select(_ => Keys.PayTo(Keys.Miner, CoinValue))]);
        Remember(Funds);
        for (var i = 1; i < _node.Params.CoinbaseMaturity; i++) Mine();
        Mine(Funds);
    }

    public Chainstate Chain => _node.Chain;

    public ManualClock Time => _node.Time;

    public ChainBuilder Builder { get; }

    public Mempool Pool { get; }

    /// <summary>The transaction whose outputs are the coins.</summary>
    public Transaction Funds { get; }

    /// <summary>The ids that <see cref="Mempool.TransactionAccepted"/> named, in order.</summary>
    public List<TxId> Told { get; } = [];

    /// <summary>What <see cref="Mempool.TransactionRemoved"/> said, in order.</summary>
    public List<(TxId Id, MempoolRemovalReason Reason)> Removed { get; } = [];

    /// <summary>The ids in the pool.</summary>
    public HashSet<TxId> Ids => [.. Pool.Entries.Select(entry => entry.Transaction.Id)];

    /// <summary>One of the coins.</summary>
    public OutPoint Coin(int number) => new(Funds.Id, (uint)number);

    public static OutPoint Output(Transaction transaction, int index = 0) => new(transaction.Id, (uint)index);

    /// <summary>Spends coins to a number of equal outputs, less a fee.</summary>
    public Transaction Spend(long fee, int outputs, params OutPoint[] coins) => Spend(fee, outputs, lockTime: 0, coins);

    /// <summary>The same with a lock time that counts.</summary>
    public Transaction Spend(long fee, int outputs, uint lockTime, params OutPoint[] coins) =>
        Spend(fee, outputs, lockTime, lockTime == 0 ? TxIn.FinalSequence : 0, coins);

    /// <summary>The same, and it may be replaced (BIP125).</summary>
    public Transaction Replaceable(long fee, int outputs, params OutPoint[] coins) => Spend(fee, outputs, lockTime: 0, TxIn.FinalSequence - 2, coins);

    /// <summary>The same with a lock time and sequence numbers.</summary>
    public Transaction Spend(long fee, int outputs, uint lockTime, uint sequence, params OutPoint[] coins)
    {
        var total = coins.Sum(coin => _values[coin]) - fee;
        var paid = Enumerable.Range(0, outputs).Select(i => Keys.PayTo(Keys.Miner, total / outputs + (i == 0 ? total % outputs : 0)));
        var transaction = Keys.Sign(new Transaction(Transaction.CurrentVersion, [.. coins.Select(coin => new TxIn(coin, default, sequence))], [.. paid], lockTime), Keys.Miner);
        Remember(transaction);
        return transaction;
    }

    /// <summary>Adds transactions that the pool must take.</summary>
    public void Accept(params IEnumerable<Transaction> transactions)
    {
        foreach (var transaction in transactions)
        {
            var rejection = Pool.Accept(transaction);
            Assert.True(rejection is null, $"{rejection}");
        }
    }

    public void Reject(PolicyError error, Transaction transaction) => Assert.Equal(error, Pool.Accept(transaction)?.Policy);

    public void Reject(RuleError error, Transaction transaction) => Assert.Equal(error, Pool.Accept(transaction)?.Rule?.Error);

    public void AssertPool(params IEnumerable<Transaction> transactions) => Assert.Equal([.. transactions.Select(t => t.Id)], Ids);

    /// <summary>Makes the next block of the builder's tip and hands it over.</summary>
    public BuiltBlock Mine(params IEnumerable<Transaction> transactions)
    {
        var block = Draw(transactions);
        _node.Accept(block);
        return block;
    }

    /// <summary>Makes the next block of the builder's tip without handing it over.</summary>
    public BuiltBlock Draw(params IEnumerable<Transaction> transactions) =>
        Builder.NextBlock($"m{++_blocks}", draft => draft.Transactions.AddRange(transactions));

    /// <summary>Mines a transaction that locks some of a coin by each of these scripts, and gives its outputs.</summary>
    public Outputs Fund(int coin, params byte[][] scripts)
    {
        var transaction = Keys.Spend(Coin(coin), Keys.Miner, [.. scripts.Select(script => new TxOut(CoinValue / scripts.Length, script))]);
        Mine(transaction);
        return new Outputs(transaction);
    }

    public ProcessBlockResult Process(BuiltBlock block) => _node.Process(block);

    public ProcessBlockResult Process(Block block) => _node.Chain.ProcessBlock(block);

    public void Dispose() => _node.Dispose();

    private void Remember(Transaction transaction)
    {
        for (var i = 0; i < transaction.Outputs.Length; i++) _values[Output(transaction, i)] = transaction.Outputs[i].Value;
    }
}

/// <summary>The outputs of a transaction, and transactions that spend them.</summary>
internal sealed class Outputs(Transaction transaction)
{
    /// <summary>A signed transaction of Alice's that spends all of them to one output, less a fee.</summary>
    public Transaction Spend(long fee) => Spend(fee, [.. Enumerable.Range(0, transaction.Outputs.Length)]);

    /// <summary>The same for some of them.</summary>
    public Transaction Spend(long fee, params int[] indices)
    {
        var value = indices.Sum(index => transaction.Outputs[index].Value) - fee;
        var unsigned = new Transaction(Transaction.CurrentVersion, [.. indices.Select(index => new TxIn(PoolNode.Output(transaction, index), default))], [Keys.PayTo(Keys.Alice, value)], lockTime: 0);
        return StandardSpends.Sign(unsigned, [.. indices.Select(index => transaction.Outputs[index])], Keys.Alice);
    }
}
