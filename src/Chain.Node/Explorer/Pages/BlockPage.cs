using System.Globalization;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Node.Explorer.Data;
using Chain.Node.Explorer.Html;
using Chain.Node.Rpc;
using Chain.State;

namespace Chain.Node.Explorer.Pages;

/// <summary>/block/HASH and /block-height/N: one block with its transactions.</summary>
internal sealed class BlockPage(ChainReader reader)
{
    private const int TransactionsAPage = 25;

    /// <summary>Sends the browser to the block of the chain at a height.</summary>
    public async Task<Page> AtHeightAsync(string text)
    {
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var height) && await reader.FindPlaceAsync(height).ConfigureAwait(false) is { } place)
            return Page.Redirect($"/block/{place.Node.Hash}");
        var tip = await reader.OnStateAsync(chain => chain.Chainstate.Tip.Height).ConfigureAwait(false);
        return Page.NotFound("Block not found", Fragment.Of($"<p>The chain has blocks from 0 to <a href=\"/block-height/{tip}\">{Show.Count(tip)}</a>; there is none at <bdi class=\"mono\">{text}</bdi>.</p>"), text);
    }

    /// <summary>The page.</summary>
    public async Task<Page> ShowAsync(string text, PageQuery query)
    {
        if (!BlockHash.TryParse(text, out var hash)) return Page.NotFound("No block", Fragment.Of($"<p>A hash has 64 hexadecimal digits; this is none: <bdi class=\"mono\">{text}</bdi></p>"), text);
        if (await reader.FindPlaceAsync(hash).ConfigureAwait(false) is not { } place)
            return Page.NotFound("Block not found", Fragment.Of($"<p>This node knows no block <span class=\"id\">{hash.ToString()}</span></p>"), text);
        var node = place.Node;
        var stored = await reader.FindBlockAsync(node).ConfigureAwait(false);
        var title = node.Height == 0 ? "Genesis block" : $"Block {Show.Count(node.Height)}";
        var note = place.IsActive ? Fragment.Empty : await StaleNoteAsync(place).ConfigureAwait(false);
        return new Page(title, Fragment.Of($"""
            <div id="block" data-live>
            <div class="head"><h1>{title}</h1>{StateOf(place)}{Turn(place)}</div>
            <span class="id">{hash.ToString()}</span>
            {note}
            <section class="card">{FactsOf(place, stored)}</section>
            </div>
            {(stored is null ? Fragment.Empty : Transactions(place, stored, query.Number("page", 1)))}
            """)) { Menu = "Blocks", Events = "block" };
    }

    /// <summary>Why a block is not of the chain.</summary>
    public static Fragment StateOf(BlockNode node) => node.IsFailed ? Show.Badge("bad", "invalid") : Show.Badge("bad", "stale");

    private static Fragment StateOf(BlockPlace place) => !place.IsActive
        ? StateOf(place.Node)
        : place.Next is null ? Show.Badge("good", "tip") : Show.Badge("good", Show.Count(place.Confirmations, "confirmation", "confirmations"));

    private static Fragment Turn(BlockPlace place)
    {
        var before = place.Node.Parent is { } parent ? Fragment.Of($"<a class=\"button\" href=\"/block/{parent.Hash.ToString()}\" rel=\"prev\">← {Show.Count(parent.Height)}</a>") : Fragment.Empty;
        var next = place.Next is { } hash ? Fragment.Of($"<a class=\"button\" href=\"/block/{hash.ToString()}\" rel=\"next\">{Show.Count(place.Node.Height + 1)} →</a>") : Fragment.Empty;
        return Fragment.Of($"<span class=\"turn\">{before}{next}</span>");
    }

    private async Task<Fragment> StaleNoteAsync(BlockPlace place)
    {
        var instead = await reader.OnStateAsync(chain => chain.Chainstate.Tree.FindActive(place.Node.Height)).ConfigureAwait(false);
        var reason = place.Node.IsFailed ? "It, or a block below it, breaks a rule: it is not part of the chain." : "Another branch has more work: this block is not part of the chain.";
        return instead is null
            ? Fragment.Of($"<p class=\"warning\">{reason}</p>")
            : Fragment.Of($"<p class=\"warning\">{reason} At its height the chain has <a href=\"/block/{instead.Hash.ToString()}\">{Show.Short(instead.Hash.ToString())}</a>.</p>");
    }

    private Fragment FactsOf(BlockPlace place, StoredBlock? stored)
    {
        var header = place.Node.Header;
        var facts = new Facts();
        facts.Add("Time", Fragment.Of($"{Show.Utc(DateTimeOffset.FromUnixTimeSeconds(header.Time))} ({Show.Age(header.Time, reader.Now)})"));
        if (stored is { Block: var block })
        {
            facts.Add("Transactions", Show.Count(block.Transactions.Length));
            facts.Add("Size", Show.Size(block.Size));
            facts.Add("Weight", $"{Show.Count(block.Weight)} WU, {(block.Weight * 100.0 / reader.Params.MaxBlockWeight).ToString("0.##", CultureInfo.InvariantCulture)} % of the most");
            var coinbase = block.Transactions[0];
            if (place.Node.Height > 0) facts.Add("Mined by", ScriptView.Owner(coinbase.Outputs.MaxBy(output => output.Value), reader.Params));
            facts.Add("Reward", Show.Amount(coinbase.Outputs.Sum(output => output.Value)));
            if (Fees(stored) is { } fees)
            {
                facts.Add("Fees in it", Show.Amount(fees));
                facts.Add("New coins", Show.Amount(Subsidy.At(place.Node.Height, reader.Params).Satoshis));
            }
        }

        facts.Add("Difficulty", Show.Difficulty(RpcJson.Difficulty(header.Bits)));
        facts.Add("Bits", Fragment.Of($"<code>{BlockJson.Bits(header)}</code>"));
        facts.Add("Nonce", Show.Count(header.Nonce));
        facts.Add("Version", Fragment.Of($"<code>0x{header.Version.ToString("x8", CultureInfo.InvariantCulture)}</code>"));
        facts.Add("Merkle root", Fragment.Of($"<span class=\"hash\" title=\"{header.MerkleRoot.ToString()}\">{Show.Short(header.MerkleRoot.ToString())}</span>"));
        facts.Add("Block before", place.Node.Parent is { } parent ? Show.Block(parent.Hash) : Fragment.Of($"none"));
        return facts.ToList();
    }

    private static long? Fees(StoredBlock stored) => stored.Spent is null ? null : stored.Block.Transactions.Sum(t => stored.FeeOf(t) ?? 0);

    private Fragment Transactions(BlockPlace place, StoredBlock stored, int page)
    {
        var all = stored.Block.Transactions.Length;
        var pages = (all + TransactionsAPage - 1) / TransactionsAPage;
        page = Math.Min(page, pages);
        var shown = Enumerable.Range((page - 1) * TransactionsAPage, Math.Min(TransactionsAPage, all - (page - 1) * TransactionsAPage)).Select(i => TransactionView.Card(ChainReader.At(stored, place, i), reader.Params));
        return Fragment.Of($"""
            <section aria-label="Transactions"><div class="head"><h2>{Show.Count(all, "transaction", "transactions")}</h2></div>
            {Fragment.Join(shown)}
            {Pages(place.Node.Hash, page, pages)}</section>
            """);
    }

    private static Fragment Pages(BlockHash hash, int page, int pages)
    {
        if (pages == 1) return Fragment.Empty;
        var before = page > 1 ? Fragment.Of($"<a class=\"button\" href=\"/block/{hash.ToString()}?page={page - 1}\">← Before</a>") : Fragment.Empty;
        var next = page < pages ? Fragment.Of($"<a class=\"button\" href=\"/block/{hash.ToString()}?page={page + 1}\">Next →</a>") : Fragment.Empty;
        return Fragment.Of($"<p class=\"pages\">{before}<span>Page {Show.Count(page)} of {Show.Count(pages)}</span>{next}</p>");
    }
}
