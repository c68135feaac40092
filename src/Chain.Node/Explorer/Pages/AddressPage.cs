using System.Globalization;
using Chain.Core.Primitives;
using Chain.Node.Explorer.Data;
using Chain.Node.Explorer.Html;
using Chain.Node.Rpc;
using Chain.State.Storage;

namespace Chain.Node.Explorer.Pages;

/// <summary>/address/ADDRESS: what an address has, what it can spend, and what came and went.</summary>
internal sealed class AddressPage(ChainReader reader, ScriptHistory scripts)
{
    private const int LinesAPage = 25, MostWaiting = 50, CoinsShown = 25, CoinsRead = 1_000;

    /// <summary>The page; further ones begin behind a place of the history (after=HEIGHT.OFFSET).</summary>
    public async Task<Page> ShowAsync(string text, PageQuery query, CancellationToken cancellationToken)
    {
        if (Address.TryParse(text, reader.Params.AddressFormat, out var address) != AddressError.None)
        {
            return Page.NotFound("No address of this chain", Fragment.Of($"""
                <p><bdi class="mono">{text}</bdi></p><p>{AddressCheck.Explain(text, reader.Params.AddressFormat).Message}</p>
                """), text);
        }

        var index = await reader.IndexAsync(cancellationToken).ConfigureAwait(false);
        var script = ScriptHash.Of(address);
        var behind = PlaceOf(query["after"]);
        var totals = await scripts.TotalsAsync(script).ConfigureAwait(false);
        var waiting = await scripts.WaitingTotalsAsync(script).ConfigureAwait(false);
        var lines = await scripts.HistoryAsync(script, behind, LinesAPage + 1).ConfigureAwait(false);
        var coins = await scripts.CoinsAsync(script, CoinsRead).ConfigureAwait(false);
        var pending = behind is null ? await scripts.WaitingAsync(script, MostWaiting).ConfigureAwait(false) : [];
        return new Page($"Address {text}", Fragment.Of($"""
            <div id="address" data-live>
            <div class="head"><h1>Address</h1>{Show.Badge("", ScriptView.KindOf(script.Script!.Value))}</div>
            <span class="id">{address.ToString()}</span>
            {IndexNote(index)}
            <section class="card">{Tiles(totals, waiting, coins)}</section>
            <section class="card"><h2>Transactions</h2>{History(address, lines, pending, behind)}</section>
            <section class="card"><h2>Can be spent {CoinsNote(totals.Funded - totals.Spent)}</h2>{Coins(coins)}</section>
            </div>
            """)) { Events = "block transaction" };
    }

    /// <summary>Says that what follows is not the whole history yet; nothing where it is.</summary>
    public static Fragment IndexNote(IndexProgress index) => index.IsComplete ? Fragment.Empty : Fragment.Of($"""
        <p class="warning">{index.ToString()}. The history and its sums are not complete.</p>
        """);

    private static Fragment Tiles(ScriptTotals totals, ScriptTotals waiting, IReadOnlyList<HeldCoin> coins)
    {
        var immature = coins.Where(coin => coin.BlocksToMaturity > 0).Sum(coin => coin.Coin.Output.Value);
        return new Facts()
            .Add("Balance", Fragment.Of($"{Show.Amount(totals.Balance)}{(immature > 0 ? Fragment.Of($"<small>{Show.Amount(immature)} immature</small>") : Fragment.Empty)}"))
            .Add("Received", Show.Amount(totals.FundedSum))
            .Add("Spent", Show.Amount(totals.SpentSum))
            .Add("Unconfirmed", waiting.Transactions == 0 ? Fragment.Of($"none") : Show.Change(waiting.Balance))
            .Add("Transactions", Show.Count(totals.Transactions + waiting.Transactions))
            .Add("Outputs", Fragment.Of($"{Show.Count(totals.Funded)}<small>{Show.Count(totals.Spent)} of them spent</small>"))
            .ToTiles();
    }

    private Fragment History(Address address, IReadOnlyList<HistoryLine> lines, IReadOnlyList<(PoolEvent Happened, FoundTransaction Transaction)> pending, TransactionPlace? behind)
    {
        if (lines.Count + pending.Count == 0) return Fragment.Of($"<p class=\"empty\">{(behind is null ? "Nothing has happened here yet." : "That was all.")}</p>");
        var shown = lines.Take(LinesAPage).ToList();
        var rows = pending.Select(line => new Row($"{line.Transaction.Transaction.Id}", Show.Transaction(line.Transaction.Transaction.Id), TransactionRows.StateOf(null), Show.Change(line.Happened.FundedSum - line.Happened.SpentSum), Show.Age(line.Happened.Entry.Time, reader.Now)))
            .Concat(shown.Select(line => new Row($"{line.Id}", Show.Transaction(line.Id), TransactionRows.StateOf(line.Node), Show.Change(line.Happened.FundedSum - line.Happened.SpentSum), Show.Age(line.Node.Header.Time, reader.Now))));
        var newest = behind is null ? Fragment.Empty : Fragment.Of($"<a class=\"button\" href=\"/address/{address.ToString()}\">← Newest</a>");
        var older = lines.Count > LinesAPage ? Fragment.Of($"<a class=\"button\" href=\"/address/{address.ToString()}?after={shown[^1].Happened.Place.Height}.{shown[^1].Happened.Place.Offset}\">Older →</a>") : Fragment.Empty;
        return Fragment.Of($"""
            {Table.Of("Transactions, the newest first", [new("Transaction"), new("State"), new("Change", "number"), new("Time", "number")], rows, Table.Pairs)}<p class="pages">{newest}{older}</p>
            """);
    }

    private static Fragment CoinsNote(long count) => Fragment.Of($"<span class=\"soft\">{(count > CoinsShown ? $"{CoinsShown} of {Show.Count(count)} outputs" : Show.Count(count, "output", "outputs"))}</span>");

    private static Fragment Coins(IReadOnlyList<HeldCoin> coins) => coins.Count == 0
        ? Fragment.Of($"<p class=\"empty\">No output in the chain.</p>")
        : Table.Of("Outputs that no block spends", [new("Output"), new("State"), new("Amount", "number"), new("Block", "number")], coins.Take(CoinsShown).Select(coin => new Row($"{coin.OutPoint}",
            Fragment.Of($"<a class=\"hash\" href=\"/tx/{coin.OutPoint.TxId.ToString()}#out{coin.OutPoint.Index}\" title=\"{coin.OutPoint.ToString()}\">{Show.Short(coin.OutPoint.TxId.ToString())}:{coin.OutPoint.Index}</a>"),
            coin.IsLeaving ? Show.Badge("warn", "being spent") : coin.BlocksToMaturity is > 0 and var blocks ? Show.Badge("warn", $"immature for {Show.Count(blocks, "block", "blocks")}") : Show.Badge("good", coin.Coin.IsCoinbase ? "mined" : "unspent"),
            Show.Amount(coin.Coin.Output.Value), Fragment.Of($"<a href=\"/block-height/{coin.Coin.Height}\">block {Show.Count(coin.Coin.Height)}</a>"))), Table.Pairs);

    private static TransactionPlace? PlaceOf(string text)
    {
        var parts = text.Split('.');
        return parts.Length == 2 && int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var height) && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? new TransactionPlace(height, offset)
            : null;
    }
}
