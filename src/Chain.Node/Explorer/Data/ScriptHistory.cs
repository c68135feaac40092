using Chain.Core.Coins;
using Chain.Core.Primitives;
using Chain.State;
using Chain.State.Storage;

namespace Chain.Node.Explorer.Data;

/// <summary>
/// The history, the sums and the coins of one script. Sums of a long history are added up over many short visits to the loop,
/// and kept, so that the next page adds only what came since.
/// </summary>
internal sealed class ScriptHistory(ChainReader reader, PoolScripts pool)
{
    private const int EventsAtOnce = 2_000;
    private const int MostKept = 1_000;

    /// <summary>How often the sums are begun anew where the chain moves under them.</summary>
    private const int MostAttempts = 5;

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, (BlockNode At, ScriptTotals Totals)> _kept = [];

    /// <summary>The sums over the chain, as far as the index knows it.</summary>
    public async Task<ScriptTotals> TotalsAsync(ScriptHash script)
    {
        for (var attempt = 1; ; attempt++)
        {
            if (await TryAddUpAsync(script, attempt == MostAttempts).ConfigureAwait(false) is { } totals) return totals;
        }
    }

    /// <summary>The sums over the pool.</summary>
    public async Task<ScriptTotals> WaitingTotalsAsync(ScriptHash script)
    {
        var events = await reader.OnStateAsync(_ => pool.Find(script.Name)).ConfigureAwait(false);
        return events.Aggregate(default(ScriptTotals), (sum, happened) => sum.With(happened.Funded, happened.FundedSum, happened.Spent, happened.SpentSum));
    }

    /// <summary>What waiting transactions do with it, the newest first, with the transactions as pages show them.</summary>
    public Task<IReadOnlyList<(PoolEvent Happened, FoundTransaction Transaction)>> WaitingAsync(ScriptHash script, int count) => reader.OnStateAsync(chain =>
        (IReadOnlyList<(PoolEvent, FoundTransaction)>)[.. pool.Find(script.Name).Take(count).Select(happened => (happened, ChainReader.Waiting(chain, happened.Entry)))]);

    /// <summary>Its history in the chain from behind a place on, the newest first.</summary>
    public async Task<IReadOnlyList<HistoryLine>> HistoryAsync(ScriptHash script, TransactionPlace? behind, int count)
    {
        var events = await FindEventsAsync(script, behind, count).ConfigureAwait(false);
        var lines = new List<HistoryLine>(events.Count);
        foreach (var (happened, block) in events)
        {
            if (await reader.FindAtAsync(block, happened.Place).ConfigureAwait(false) is { } transaction) lines.Add(new HistoryLine(transaction.Id, block, happened));
        }

        return lines;
    }

    /// <summary>The place of a transaction in the chain; null where the index has none.</summary>
    public Task<TransactionPlace?> FindPlaceAsync(TxId id) => reader.OnStateAsync(chain => chain.Index.Find(id));

    /// <summary>Its outputs that no block spends, at most so many, the newest first.</summary>
    public async Task<IReadOnlyList<HeldCoin>> CoinsAsync(ScriptHash script, int most)
    {
        if (await FindScriptAsync(script).ConfigureAwait(false) is not { } bytes) return [];
        var found = await reader.OnStateAsync(chain => chain.Chainstate.FindCoins(bytes, most)).ConfigureAwait(false);

        // Those that are not on disk yet come all at once: they are put in order beside the loop.
        var newest = found.OrderByDescending(pair => pair.Coin.Height).ThenBy(pair => pair.OutPoint.TxId).ThenBy(pair => pair.OutPoint.Index).Take(most).ToList();
        return await reader.OnStateAsync(chain => (IReadOnlyList<HeldCoin>)[.. newest.Select(pair =>
            new HeldCoin(pair.OutPoint, pair.Coin, chain.Mempool.FindSpender(pair.OutPoint) is not null, BlocksToMaturity(chain, pair.Coin)))]).ConfigureAwait(false);
    }

    /// <summary>Outputs of waiting transactions with it that no other waiting one spends.</summary>
    public Task<IReadOnlyList<(OutPoint OutPoint, TxOut Output)>> WaitingCoinsAsync(ScriptHash script) => reader.OnStateAsync(chain =>
    {
        var result = new List<(OutPoint, TxOut)>();
        foreach (var transaction in pool.Find(script.Name).Where(happened => happened.Funded > 0).Select(happened => happened.Entry.Transaction))
        {
            for (var i = 0; i < transaction.Outputs.Length; i++)
            {
                var outPoint = new OutPoint(transaction.Id, (uint)i);
                if (ScriptHash.NameOf(transaction.Outputs[i].ScriptPubKey.Span) == script.Name && chain.Mempool.FindSpender(outPoint) is null) result.Add((outPoint, transaction.Outputs[i]));
            }
        }

        return (IReadOnlyList<(OutPoint, TxOut)>)result;
    });

    /// <summary>What happened, each with the block that its place is in at this visit.</summary>
    private Task<List<(ScriptEvent Happened, BlockNode Block)>> FindEventsAsync(ScriptHash script, TransactionPlace? behind, int count) =>
        reader.OnStateAsync(chain => chain.Index.FindHistory(script.Bytes, behind, count).Select(happened => (happened, chain.Index.FindBlock(happened.Place)!)).ToList());

    private static int BlocksToMaturity(LoadedChain chain, Coin coin) =>
        coin.IsCoinbase ? Math.Max(0, chain.Params.CoinbaseMaturity - (chain.Chainstate.Tip.Height - coin.Height + 1)) : 0;

    /// <summary>The script of a hash, from an output of its history; null where it has none.</summary>
    private async Task<ReadOnlyMemory<byte>?> FindScriptAsync(ScriptHash script)
    {
        if (script.Script is { } known) return known;
        TransactionPlace? behind = null;
        while (await FindEventsAsync(script, behind, EventsAtOnce).ConfigureAwait(false) is { Count: > 0 } events)
        {
            behind = events[^1].Happened.Place;
            if (events.FirstOrDefault(pair => pair.Happened.Funded > 0) is not ({ Funded: > 0 } funded, var block)) continue;
            if (await reader.FindAtAsync(block, funded.Place).ConfigureAwait(false) is not { } transaction) return null;
            foreach (var output in transaction.Outputs)
            {
                if (ScriptHash.NameOf(output.ScriptPubKey.Span) == script.Name) return output.ScriptPubKey;
            }

            return null;
        }

        return null;
    }

    private async Task<ScriptTotals?> TryAddUpAsync(ScriptHash script, bool isLast)
    {
        (BlockNode At, ScriptTotals Totals)? kept;
        lock (_gate) kept = _kept.TryGetValue(script.Name, out var value) ? value : null;
        var (at, below) = await reader.OnStateAsync(chain => (chain.Index.Position, kept is { } k && chain.Chainstate.Tree.IsActive(k.At) ? k.At.Height : -1)).ConfigureAwait(false);
        if (at is null) return default(ScriptTotals);
        var totals = below >= 0 ? kept!.Value.Totals : default;
        TransactionPlace? behind = null;
        var isAtEnd = false;
        while (!isAtEnd)
        {
            var events = await reader.OnStateAsync(chain => chain.Index.Position == at || isLast ? chain.Index.FindHistory(script.Bytes, behind, EventsAtOnce) : null).ConfigureAwait(false);
            if (events is null) return null;
            isAtEnd = events.Count < EventsAtOnce;
            foreach (var happened in events)
            {
                if (happened.Place.Height <= below)
                {
                    isAtEnd = true;
                    break;
                }

                totals = totals.With(happened);
            }

            if (events.Count > 0) behind = events[^1].Place;
        }

        if (isLast) return totals;
        lock (_gate)
        {
            if (_kept.Count >= MostKept) _kept.Clear();
            _kept[script.Name] = (at, totals);
        }

        return totals;
    }
}
