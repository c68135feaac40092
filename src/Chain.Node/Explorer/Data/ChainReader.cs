using System.Diagnostics;
using System.Text.Json.Nodes;
using Chain.Core.Coins;
using Chain.Core.Encoding;
using Chain.Core.Primitives;
using Chain.Node.Rpc;
using Chain.State;
using Chain.State.Storage;

namespace Chain.Node.Explorer.Data;

/// <summary>
/// Reads the chain for pages: each visit to the owner's loop takes bytes or a few entries and is over; decoding and writing
/// pages happen beside it.
/// </summary>
internal sealed class ChainReader(RpcContext context, IndexKeeper keeper)
{
    /// <summary>How many look-ups are done in one visit.</summary>
    private const int LookUpsAtOnce = 200;

    /// <summary>How long such a visit takes at most.</summary>
    private static readonly TimeSpan LongestVisit = TimeSpan.FromMilliseconds(3);

    private readonly BlockCache _cache = new();

    /// <summary>An input as the index gives it, and the block that its place was in then: at another visit another block may be there.</summary>
    private sealed record PlacedSpender(SpendingInput Input, BlockNode Block);

    /// <summary>The rules of the chain.</summary>
    public Core.Consensus.ChainParams Params => context.Chain.Params;

    /// <summary>The running node.</summary>
    public INodeControl Node => context.RequireNode();

    /// <summary>The present, in Unix seconds.</summary>
    public long Now => context.Chain.Clock.GetUtcNow().ToUnixTimeSeconds();

    /// <summary>Runs work on the chain and the pool.</summary>
    public Task<T> OnStateAsync<T>(Func<LoadedChain, T> work) => context.OnStateAsync(work);

    /// <summary>Calls an RPC method with texts as its parameters.</summary>
    public Task<JsonNode?> CallAsync(string method, string[] parameters, CancellationToken cancellationToken) =>
        RpcTable.CallAsync(context, method, new JsonArray([.. parameters.Select(text => JsonValue.Create(text))]), cancellationToken);

    /// <summary>How far the index of transactions is, after it went on where that was not far.</summary>
    public Task<IndexProgress> IndexAsync(CancellationToken cancellationToken) => keeper.CatchUpAsync(cancellationToken);

    /// <summary>A block's place by its hash; null where nobody knows it.</summary>
    public Task<BlockPlace?> FindPlaceAsync(BlockHash hash) => OnStateAsync(chain => chain.Chainstate.Tree.Find(hash) is { } node ? PlaceOf(chain, node) : null);

    /// <summary>The block of the chain at a height; null where there is none.</summary>
    public Task<BlockPlace?> FindPlaceAsync(int height) => OnStateAsync(chain => chain.Chainstate.Tree.FindActive(height) is { } node ? PlaceOf(chain, node) : null);

    /// <summary>A block's place at this moment.</summary>
    public static BlockPlace PlaceOf(LoadedChain chain, BlockNode node)
    {
        var isActive = chain.Chainstate.Tree.IsActive(node);
        return new BlockPlace(node, isActive, chain.Chainstate.Tip.Height, isActive ? chain.Chainstate.Tree.FindActive(node.Height + 1)?.Hash : null);
    }

    /// <summary>A whole block; null where only its header was kept.</summary>
    public async Task<StoredBlock?> FindBlockAsync(BlockNode node)
    {
        if (_cache.Find(node.Hash) is { } kept) return kept;
        var (raw, undo) = await OnStateAsync(chain => (chain.Chainstate.FindRawBlock(node), chain.Chainstate.FindRawUndo(node))).ConfigureAwait(false);
        if (raw is null) return null;
        var block = Block.TryDecode(raw) is { } decoded && decoded.Hash == node.Hash ? decoded : throw new DecodeException($"block {node.Hash} is not what was stored");
        var stored = new StoredBlock(node, block, SpentCoins.Of(node, block, undo));
        _cache.Add(stored);
        return stored;
    }

    /// <summary>The encoding of a block; null where only its header was kept.</summary>
    public async Task<byte[]?> FindRawAsync(BlockNode node) => await OnStateAsync(chain => chain.Chainstate.FindRawBlock(node)).ConfigureAwait(false);

    /// <summary>What lists say of blocks; null of those of which only the header was kept.</summary>
    public async Task<IReadOnlyList<BlockFacts?>> FactsOfAsync(IEnumerable<BlockNode> nodes)
    {
        var result = new List<BlockFacts?>();
        foreach (var node in nodes) result.Add(_cache.FindFacts(node.Hash) ?? (await FindBlockAsync(node).ConfigureAwait(false) is { } block ? BlockFacts.Of(block.Block) : null));
        return result;
    }

    /// <summary>
    /// A transaction that waits or is in the chain, or in the block that is named; null where there is none, or where the index
    /// has not come so far.
    /// </summary>
    public async Task<FoundTransaction?> FindTransactionAsync(TxId id, BlockHash? of, CancellationToken cancellationToken)
    {
        if (of is { } hash) return await FindPlaceAsync(hash).ConfigureAwait(false) is { } named ? await FindInAsync(named, id).ConfigureAwait(false) : null;
        if (await OnStateAsync(chain => FindWaiting(chain, id)).ConfigureAwait(false) is { } waiting) return waiting;
        _ = await IndexAsync(cancellationToken).ConfigureAwait(false);
        var place = await OnStateAsync(chain => RawTransactionMethods.FindBlock(chain, id, mostToIndex: 0) is { } node ? PlaceOf(chain, node) : null).ConfigureAwait(false);
        return place is null ? null : await FindInAsync(place, id).ConfigureAwait(false);
    }

    /// <summary>A transaction of a block, by its number there.</summary>
    public static FoundTransaction At(StoredBlock block, BlockPlace place, int position)
    {
        var transaction = block.Block.Transactions[position];
        return new FoundTransaction(transaction, block.SpentBy(transaction), place) { Position = position };
    }

    /// <summary>The transaction at a place that the index gave in a block; null where the block left the chain meanwhile, and another may be at its height.</summary>
    public async Task<Transaction?> FindAtAsync(BlockNode node, TransactionPlace place) => await FindActiveRawAsync(node).ConfigureAwait(false) is { } raw ? ReadAt(raw, place) : null;

    /// <summary>Who spends some outputs of a transaction, from one on, at most so many. The loop is visited for some of them at a time, and once for each block.</summary>
    public async Task<IReadOnlyList<OutputState>> FindSpendersAsync(Transaction transaction, int start, int count, CancellationToken cancellationToken)
    {
        _ = await IndexAsync(cancellationToken).ConfigureAwait(false);
        var found = new List<(OutputState State, PlacedSpender? Spender)>();
        for (var end = start + (int)Math.Min(count, (long)transaction.Outputs.Length - start); start + found.Count < end;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var from = start + found.Count;
            found.AddRange(await OnStateAsync(chain => FindSpenders(chain, transaction.Id, from, end)).ConfigureAwait(false));
        }

        var result = found.Select(pair => pair.State).ToList();
        foreach (var block in Enumerable.Range(0, found.Count).Where(i => found[i].Spender is not null).GroupBy(i => found[i].Spender!.Block))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (await FindActiveRawAsync(block.Key).ConfigureAwait(false) is not { } raw) continue;
            foreach (var i in block)
            {
                var spender = found[i].Spender!.Input;
                result[i] = new OutputState(IsUnspent: false, new Spender(ReadAt(raw, spender.Transaction).Id, spender.Input, block.Key));
            }
        }

        return result;
    }

    /// <summary>As many as a short visit finds.</summary>
    private static List<(OutputState State, PlacedSpender? Spender)> FindSpenders(LoadedChain chain, TxId id, int from, int end)
    {
        var begin = Stopwatch.GetTimestamp();
        var result = new List<(OutputState, PlacedSpender?)>();
        do result.Add(FindSpender(chain, new OutPoint(id, (uint)(from + result.Count))));
        while (from + result.Count < end && result.Count < LookUpsAtOnce && Stopwatch.GetElapsedTime(begin) < LongestVisit);
        return result;
    }

    private Task<byte[]?> FindActiveRawAsync(BlockNode node) => OnStateAsync(chain => chain.Chainstate.Tree.IsActive(node) ? chain.Chainstate.FindRawBlock(node) : null);

    private static Transaction ReadAt(byte[] raw, TransactionPlace place)
    {
        var reader = new ByteReader(raw.AsMemory(place.Offset));
        return Transaction.Read(ref reader);
    }

    private static (OutputState State, PlacedSpender? Spender) FindSpender(LoadedChain chain, OutPoint outPoint)
    {
        if (chain.Mempool.FindSpender(outPoint) is { } waiting)
        {
            var inputs = waiting.Transaction.Inputs;
            var input = Enumerable.Range(0, inputs.Length).First(i => inputs[i].PreviousOutput == outPoint);
            return (new OutputState(IsUnspent: false, new Spender(waiting.Transaction.Id, input, null)), null);
        }

        var isUnspent = chain.Chainstate.Coins.Find(outPoint) is not null || chain.Mempool.FindEntry(outPoint.TxId) is not null;
        return (new OutputState(isUnspent, null), !isUnspent && chain.Index.FindSpender(outPoint) is { } spender ? new PlacedSpender(spender, chain.Index.FindBlock(spender.Transaction)!) : null);
    }

    private static FoundTransaction? FindWaiting(LoadedChain chain, TxId id) => chain.Mempool.FindEntry(id) is { } entry ? Waiting(chain, entry) : null;

    /// <summary>A waiting transaction with what it spends.</summary>
    public static FoundTransaction Waiting(LoadedChain chain, MempoolEntry entry) =>
        new(entry.Transaction, [.. entry.Transaction.Inputs.Select(input => (Coin?)chain.Mempool.FindWhereverSpent(input.PreviousOutput))], null)
        {
            Waiting = entry,
            IsReplaceable = Mempool.IsReplaceable(entry),
        };

    private async Task<FoundTransaction?> FindInAsync(BlockPlace place, TxId id)
    {
        if (await FindBlockAsync(place.Node).ConfigureAwait(false) is not { } block) return null;
        for (var i = 0; i < block.Block.Transactions.Length; i++)
        {
            if (block.Block.Transactions[i].Id == id) return At(block, place, i);
        }

        return null;
    }
}
