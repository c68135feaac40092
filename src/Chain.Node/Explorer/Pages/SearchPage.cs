using System.Globalization;
using Chain.Core.Primitives;
using Chain.Node.Explorer.Data;
using Chain.Node.Explorer.Html;

namespace Chain.Node.Explorer.Pages;

/// <summary>/search?q=: leads to a block by height or hash, to a transaction, or to an address.</summary>
internal sealed class SearchPage(ChainReader reader)
{
    /// <summary>Sends the browser to what was found, or says that nothing was.</summary>
    public async Task<Page> ShowAsync(PageQuery query, CancellationToken cancellationToken)
    {
        var text = query["q"].Trim();
        if (text.Length == 0) return Page.NotFound("Nothing to search for", Fragment.Of($"<p>The field was empty.</p>"));
        var number = text.Replace(",", "", StringComparison.Ordinal);
        if (int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var height) && await reader.FindPlaceAsync(height).ConfigureAwait(false) is { } place)
            return Page.Redirect($"/block/{place.Node.Hash}");
        if (BlockHash.TryParse(text, out var hash))
        {
            if (await reader.FindPlaceAsync(hash).ConfigureAwait(false) is { } found) return Page.Redirect($"/block/{found.Node.Hash}");
            if (await reader.FindTransactionAsync(new TxId(hash.Hash), null, cancellationToken).ConfigureAwait(false) is { } transaction) return Page.Redirect($"/tx/{transaction.Transaction.Id}");
        }

        if (Address.TryParse(text, reader.Params.AddressFormat, out var address) == AddressError.None) return Page.Redirect($"/address/{address}");
        return await NothingAsync(text, cancellationToken).ConfigureAwait(false);
    }

    private async Task<Page> NothingAsync(string text, CancellationToken cancellationToken)
    {
        var index = await reader.IndexAsync(cancellationToken).ConfigureAwait(false);
        return Page.NotFound("Nothing found", Fragment.Of($"""
            <p>No block, no transaction and no address of this chain is <bdi class="mono">{text}</bdi></p>
            {(index.IsComplete ? Fragment.Empty : Fragment.Of($"<p>{index.ToString()}. {(index.IsGivenUp ? "A transaction may be in the chain nevertheless." : "A transaction may be found later.")}</p>"))}
            """), text);
    }
}
