using Chain.Core.Primitives;
using Chain.Node.Explorer.Data;
using Chain.Node.Explorer.Html;
using Chain.Node.Rpc;

namespace Chain.Node.Explorer.Pages;

/// <summary>/tx/ID: one transaction.</summary>
internal sealed class TransactionPage(ChainReader reader)
{
    private const int PutsAPage = 50;

    /// <summary>The page; of a transaction in a block that is not of the chain the block is named.</summary>
    public async Task<Page> ShowAsync(string text, PageQuery query, CancellationToken cancellationToken)
    {
        if (!TxId.TryParse(text, out var id)) return Page.NotFound("No transaction", Fragment.Of($"<p>An id has 64 hexadecimal digits; this is none: <bdi class=\"mono\">{text}</bdi></p>"), text);
        BlockHash? of = BlockHash.TryParse(query["block"], out var hash) ? hash : null;
        if (await reader.FindTransactionAsync(id, of, cancellationToken).ConfigureAwait(false) is not { } found)
            return await NotFoundAsync(id, cancellationToken).ConfigureAwait(false);
        var excerpt = new TransactionExcerpt(query.Number("in"), query.Number("out"), PutsAPage, WithScripts: true)
        {
            Path = of is { } block ? $"/tx/{id}?block={block}&" : $"/tx/{id}?",
            States = await reader.FindSpendersAsync(found.Transaction, query.Number("out"), PutsAPage, cancellationToken).ConfigureAwait(false),
        };
        return new Page($"Transaction {Show.Short(id.ToString())}", Fragment.Of($"""
            <div id="tx" data-live>
            <div class="head"><h1>Transaction</h1>{Badges(found)}</div>
            <span class="id">{id.ToString()}</span>
            {StaleNote(found)}
            <section class="card">{FactsOf(found)}</section>
            <section class="card tx" aria-label="Inputs and outputs">{TransactionView.Sides(found, reader.Params, excerpt)}{Sum(found)}</section>
            <details class="raw" data-key="raw"><summary>{Show.Size(found.Transaction.Size)} in hexadecimal</summary><code>{ScriptView.Shorten(ScriptJson.Hex(found.Transaction.Raw))}</code></details>
            </div>
            """)) { Events = "block transaction" };
    }

    private async Task<Page> NotFoundAsync(TxId id, CancellationToken cancellationToken)
    {
        var index = await reader.IndexAsync(cancellationToken).ConfigureAwait(false);
        var reason = index.IsComplete
            ? Fragment.Of($"<p>It does not wait here, and no block of the chain holds it.</p>")
            : Fragment.Of($"<p>It does not wait here. {index.ToString()}. {(index.IsGivenUp ? "It may be in the chain nevertheless." : "If it is in the chain, it will be found later.")}</p>");
        return Page.NotFound("Transaction not found", Fragment.Of($"<p class=\"id\">{id.ToString()}</p>{reason}"), id.ToString());
    }

    private Fragment Badges(FoundTransaction found)
    {
        var html = new HtmlWriter();
        if (found.Block is null) html.Write(Show.Badge("warn", "unconfirmed"));
        else if (!found.Block.IsActive) html.Write(Show.Badge("bad", "stale"));
        else html.Write(Show.Badge("good", Show.Count(found.Block.Confirmations, "confirmation", "confirmations")));
        if (found.Transaction.IsCoinbase) html.Write($" {Show.Badge("", "coinbase")}");
        if (BlocksToMaturity(found) is > 0 and var blocks) html.Write($" {Show.Badge("warn", $"immature for {Show.Count(blocks, "block", "blocks")}")}");
        if (found.Transaction.HasWitness) html.Write($" {Show.Badge("", "segwit")}");
        if (found.IsReplaceable) html.Write($" {Show.Badge("", "replaceable")}");
        return html.ToFragment();
    }

    /// <summary>After how many more blocks a coinbase can be spent in the next one; 0 where it can, or is none.</summary>
    private int BlocksToMaturity(FoundTransaction found) =>
        found is { IsConfirmed: true, Transaction.IsCoinbase: true } ? Math.Max(0, reader.Params.CoinbaseMaturity - found.Block!.Confirmations) : 0;

    private static Fragment StaleNote(FoundTransaction found) => found.Block is { IsActive: false } block
        ? Fragment.Of($"<p class=\"warning\">This is its form in block <a href=\"/block/{block.Node.Hash.ToString()}\">{Show.Short(block.Node.Hash.ToString())}</a>, which is not part of the chain. <a href=\"/tx/{found.Transaction.Id.ToString()}\">Is it in the chain too?</a></p>")
        : Fragment.Empty;

    private Fragment FactsOf(FoundTransaction found)
    {
        var t = found.Transaction;
        var facts = new Facts();
        if (found.Block is { } block)
        {
            facts.Add("Block", Fragment.Of($"<a href=\"/block/{block.Node.Hash.ToString()}\">{Show.Count(block.Node.Height)}</a>, number {Show.Count(found.Position)} in it"));
            facts.Add("Time of the block", Fragment.Of($"{Show.Utc(DateTimeOffset.FromUnixTimeSeconds(block.Node.Header.Time))} ({Show.Age(block.Node.Header.Time, reader.Now)})"));
        }
        else
        {
            facts.Add("Waits in the pool", Fragment.Of($"since {Show.Age(found.Waiting!.Time, reader.Now)}"));
            facts.Add("Depends on", Show.Count(found.Waiting.Ancestors.Count - 1, "waiting transaction", "waiting transactions"));
        }

        if (found.Fee is { } fee && !t.IsCoinbase)
        {
            facts.Add("Fee", Show.Amount(fee));
            facts.Add("Fee rate", Show.FeeRate(fee, found.Waiting?.VirtualSize ?? t.VirtualSize));
        }

        facts.Add("Size", Fragment.Of($"{Show.Size(t.Size)}, {Show.Count(t.VirtualSize)} vB"));
        facts.Add("Weight", $"{Show.Count(t.Weight)} WU");
        facts.Add("Version", Show.Count(t.Version));
        facts.Add("Lock time", LockTime(t));
        if (t.HasWitness) facts.Add("Witness id", Show.Hash(t.WitnessHash.ToString()));
        return facts.ToList();
    }

    private static Fragment LockTime(Transaction t) => t.LockTime switch
    {
        0 => Fragment.Of($"none"),
        < Transaction.LockTimeThreshold => Fragment.Of($"after block {Show.Count(t.LockTime)}"),
        _ => Fragment.Of($"after {Show.Utc(DateTimeOffset.FromUnixTimeSeconds(t.LockTime))}"),
    };

    private static Fragment Sum(FoundTransaction found)
    {
        var paid = Fragment.Of($"<span>Outputs {Show.Amount(found.Transaction.Outputs.Sum(output => output.Value))}</span>");
        return found.Fee is { } fee && !found.Transaction.IsCoinbase
            ? Fragment.Of($"<div class=\"sum\"><span>Inputs {Show.Amount(found.Transaction.Outputs.Sum(output => output.Value) + fee)}</span>{paid}<span>Fee {Show.Amount(fee)}</span></div>")
            : Fragment.Of($"<div class=\"sum\">{paid}</div>");
    }
}
