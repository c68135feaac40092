using Chain.Core.Primitives;
using Chain.State;

namespace Chain.Node.Explorer.Data;

/// <summary>
/// The waiting transactions by the scripts that they pay and spend. It begins to follow the pool when somebody first asks, and
/// ends when nobody has asked for a while, so that a node whose explorer nobody uses does nothing for it. To be used where the
/// chain may be touched.
/// </summary>
internal sealed class PoolScripts
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);

    private readonly LoadedChain _chain;
    private readonly Dictionary<UInt128, Dictionary<TxId, PoolEvent>> _byScript = [];
    private readonly Dictionary<TxId, List<UInt128>> _byId = [];
    private long _lastAsked;
    private bool _isFollowing;

    /// <summary>Of a chain's pool.</summary>
    public PoolScripts(LoadedChain chain) => _chain = chain;

    /// <summary>What waiting transactions do with a script, the newest first.</summary>
    public IReadOnlyList<PoolEvent> Find(UInt128 script)
    {
        _lastAsked = _chain.Clock.GetTimestamp();
        if (!_isFollowing) Follow();
        return _byScript.TryGetValue(script, out var events) ? [.. events.Values.OrderByDescending(happened => happened.Entry.Sequence)] : [];
    }

    private void Follow()
    {
        _isFollowing = true;
        _chain.Mempool.TransactionAccepted += Add;
        _chain.Mempool.TransactionRemoved += OnRemoved;
        _chain.Chainstate.BlockConnected += OnBlock;
        foreach (var entry in _chain.Mempool.Entries) Add(entry);
    }

    private void End()
    {
        _isFollowing = false;
        _chain.Mempool.TransactionAccepted -= Add;
        _chain.Mempool.TransactionRemoved -= OnRemoved;
        _chain.Chainstate.BlockConnected -= OnBlock;
        _byScript.Clear();
        _byId.Clear();
    }

    private void Add(MempoolEntry entry)
    {
        var transaction = entry.Transaction;
        if (_byId.ContainsKey(transaction.Id)) Remove(transaction.Id);
        var names = new List<UInt128>();
        _byId[transaction.Id] = names;
        foreach (var input in transaction.Inputs)
        {
            if (_chain.Mempool.FindWhereverSpent(input.PreviousOutput) is { } coin) Change(coin.Output, happened => happened with { Spent = happened.Spent + 1, SpentSum = happened.SpentSum + coin.Output.Value });
        }

        foreach (var output in transaction.Outputs) Change(output, happened => happened with { Funded = happened.Funded + 1, FundedSum = happened.FundedSum + output.Value });

        void Change(TxOut output, Func<PoolEvent, PoolEvent> change)
        {
            var name = ScriptHash.NameOf(output.ScriptPubKey.Span);
            if (!_byScript.TryGetValue(name, out var events)) _byScript[name] = events = [];
            if (!events.TryGetValue(transaction.Id, out var happened))
            {
                happened = new PoolEvent(entry, 0, 0, 0, 0);
                names.Add(name);
            }

            events[transaction.Id] = change(happened);
        }
    }

    private void OnRemoved(MempoolEntry entry, MempoolRemovalReason reason) => Remove(entry.Transaction.Id);

    private void OnBlock(BlockNode node, Block block)
    {
        if (_chain.Clock.GetElapsedTime(_lastAsked) > Patience)
        {
            End();
            return;
        }

        foreach (var transaction in block.Transactions) Remove(transaction.Id);
    }

    private void Remove(TxId id)
    {
        if (!_byId.Remove(id, out var names)) return;
        foreach (var name in names)
        {
            if (!_byScript.TryGetValue(name, out var events)) continue;
            events.Remove(id);
            if (events.Count == 0) _byScript.Remove(name);
        }
    }
}

/// <summary>What a waiting transaction does with a script: outputs that it makes with it and spends of it, in number and satoshis.</summary>
internal sealed record PoolEvent(MempoolEntry Entry, int Funded, long FundedSum, int Spent, long SpentSum);
