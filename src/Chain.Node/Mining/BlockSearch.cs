using Chain.Core.Primitives;

namespace Chain.Node.Mining;

/// <summary>Searches the nonces of a block on several threads.</summary>
public static class BlockSearch
{
    private const ulong NonceCount = 1UL << 32;

    /// <summary>
    /// The block with a nonce that meets its target; null where it was cancelled or none of the 2^32 nonces does, so that
    /// another extra nonce must be tried.
    /// </summary>
    public static async Task<Block?> SolveAsync(Block template, int threads, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var header = template.Header.ToByteArray();
        var target = Target.FromCompact(template.Header.Bits);
        var share = NonceCount / (ulong)threads;
        var searches = Enumerable.Range(0, threads).Select(i =>
        {
            var first = share * (ulong)i;
            var count = i == threads - 1 ? NonceCount - first : share;
            return Task.Factory.StartNew(
                () => Search(header, target, (uint)first, count, stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }).ToArray();
        var nonces = await Task.WhenAll(searches).ConfigureAwait(false);
        return nonces.FirstOrDefault(nonce => nonce is not null) is { } found ? WithNonce(template, found) : null;
    }

    /// <summary>The same block with another nonce.</summary>
    public static Block WithNonce(Block block, uint nonce)
    {
        var h = block.Header;
        return new Block(new BlockHeader(h.Version, h.PreviousBlockHash, h.MerkleRoot, h.Time, h.Bits, nonce), block.Transactions);
    }

    private static uint? Search(byte[] header, Target target, uint first, ulong count, CancellationTokenSource stop)
    {
        var found = NonceSearch.Find(header, target, first, count, stop.Token);
        if (found is not null) stop.Cancel();
        return found;
    }
}
