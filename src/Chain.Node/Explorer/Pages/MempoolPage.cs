using Chain.Node.Explorer.Data;
using Chain.Node.Explorer.Html;

namespace Chain.Node.Explorer.Pages;

/// <summary>/mempool: what waits for a block, and what it pays.</summary>
internal sealed class MempoolPage(ChainReader reader)
{
    private const int TransactionsAPage = 50;

    /// <summary>In satoshis per vbyte: where one class of fee rates ends and the next begins.</summary>
    private static readonly long[] Limits = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];

    /// <summary>A page of the pool, those that pay most first.</summary>
    public async Task<Page> ShowAsync(PageQuery query)
    {
        var page = query.Number("page", 1);
        var (entries, shown, least) = await reader.OnStateAsync(chain =>
        {
            var all = chain.Mempool.Entries.Select(entry => (entry.VirtualSize, Fee: entry.Fee.Satoshis)).ToList();
            var part = chain.Mempool.Entries.OrderByDescending(entry => (double)entry.ModifiedFee / entry.VirtualSize).ThenBy(entry => entry.Sequence)
                .Skip((int)Math.Min((page - 1L) * TransactionsAPage, all.Count)).Take(TransactionsAPage).Select(ListedTransaction.Of).ToList();
            return (all, part, chain.Mempool.Policy.MinRelayFeeRate);
        }).ConfigureAwait(false);
        var size = entries.Sum(entry => (long)entry.VirtualSize);
        var sums = new Facts()
            .Add("Waiting", Show.Count(entries.Count, "transaction", "transactions"))
            .Add("Size", Fragment.Of($"{Show.Power(size, "vB")}<small>{Show.Count((long)Math.Ceiling(4.0 * size / reader.Params.MaxBlockWeight), "block", "blocks")}</small>"))
            .Add("Fees", Show.Amount(entries.Sum(entry => entry.Fee)))
            .ToTiles();
        return new Page("Mempool", Fragment.Of($"""
            <div class="head"><h1>Mempool</h1></div>
            <section class="card" id="sums" data-live>{sums}</section>
            <div class="columns"><section class="card" id="rates" data-live>{Rates(entries)}</section>
            <section class="card"><h2>What it asks</h2><p>{(least == 0 ? "A payment may be free on this chain." : $"At least {Show.FeeRate(least, 1000)}.")}</p><p class="hint">Blocks take those that pay most for their size first, together with what they depend on. A transaction that is replaceable gives way to one that pays more (BIP125).</p></section></div>
            <section class="card" id="waiting" data-live><h2>Waiting transactions <span class="soft">the dearest first</span></h2>{(shown.Count == 0 ? Fragment.Of($"<p class=\"empty\">Nothing waits.</p>") : TransactionRows.Waiting(shown, reader.Now))}{Pages(page, entries.Count)}</section>
            """)) { Menu = "Mempool", Events = "block transaction" };
    }

    /// <summary>How much waits at which fee rate.</summary>
    private static Fragment Rates(List<(int VirtualSize, long Fee)> entries)
    {
        var sums = new long[Limits.Length + 1];
        foreach (var (size, fee) in entries) sums[Limits.Count(limit => fee >= limit * size)] += size;
        var points = sums.Select((sum, i) => new Plot.Point(sum, $"{Name(i)}: {Show.Power(sum, "vB")}")).ToList();
        var usual = entries.Count == 0 ? "nothing waits" : $"median {Show.FeeRate(Median(entries), 1000)}";
        return Plot.Bars("Fee rates", usual, points, value => Show.Power(value, "vB"), "below 1 sat/vB", $"{Limits[^1]} sat/vB and more");

        static string Name(int i) => i == 0 ? "below 1 sat/vB" : i == Limits.Length ? $"{Limits[^1]} sat/vB and more" : $"{Limits[i - 1]} to {Limits[i]} sat/vB";
    }

    /// <summary>In satoshis per 1,000 vbytes.</summary>
    private static long Median(List<(int VirtualSize, long Fee)> entries)
    {
        var rates = entries.Select(entry => entry.Fee * 1000 / entry.VirtualSize).Order().ToList();
        return rates[rates.Count / 2];
    }

    private static Fragment Pages(int page, int count)
    {
        var pages = Math.Max(1, (count + TransactionsAPage - 1) / TransactionsAPage);
        if (pages == 1) return Fragment.Empty;
        var before = page > 1 ? Fragment.Of($"<a class=\"button\" href=\"/mempool?page={Math.Min(page - 1, pages)}\">← Before</a>") : Fragment.Empty;
        var next = page < pages ? Fragment.Of($"<a class=\"button\" href=\"/mempool?page={page + 1}\">Next →</a>") : Fragment.Empty;
        return Fragment.Of($"<p class=\"pages\">{before}<span>Page {Show.Count(page)} of {Show.Count(pages)}</span>{next}</p>");
    }
}
