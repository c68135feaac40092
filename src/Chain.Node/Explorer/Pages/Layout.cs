using Chain.Core.Consensus;
using Chain.Node.Explorer.Html;

namespace Chain.Node.Explorer.Pages;

/// <summary>What stands around every page: mark, menu, search, foot.</summary>
internal static class Layout
{
    private static readonly (string Name, string Path)[] Menu = [("Overview", "/"), ("Blocks", "/blocks"), ("Mempool", "/mempool"), ("Peers", "/peers")];

    /// <summary>The whole document.</summary>
    public static string Write(Page page, ChainParams p)
    {
        var title = page.Title.Length == 0 ? "chain" : $"{page.Title} · chain";
        return new HtmlWriter().Write($"""
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <title>{title}</title>
            <link rel="icon" href="{Assets.Icon.Path}" type="image/svg+xml">
            <link rel="stylesheet" href="{Assets.Style.Path}">
            <script src="{Assets.Script.Path}" defer></script>
            </head>
            <body data-events="{page.Events}">
            <a class="skip" href="#main">Skip to the content</a>
            <header class="top"><div class="wrap">
            <a class="brand" href="/" aria-label="chain, overview">{Mark}<span>chain</span></a>
            <nav aria-label="Pages">{MenuOf(page.Menu)}</nav>
            <form role="search" action="/search" method="get">
            <label class="sr" for="q">Search by height, hash, transaction id or address</label>
            <input id="q" name="q" type="search" value="{page.Query}" placeholder="Height, hash, transaction, address" autocomplete="off" autocapitalize="none" spellcheck="false" maxlength="200">
            <button type="submit">{Lens}<span class="sr">Search</span></button>
            </form>
            </div></header>
            <main id="main" class="wrap">
            {page.Body}
            </main>
            <footer class="wrap">
            <p><span id="live" role="status" hidden></span> <span class="net">{p.Profile}</span> chain of <a class="hash" href="/block/{p.Genesis.Hash.ToString()}">{Show.Short(p.Genesis.Hash.ToString())}</a></p>
            <p><a href="/api/blocks">API</a> <a href="/metrics">Metrics</a></p>
            </footer>
            </body>
            </html>

            """).ToString();
    }

    private static Fragment Mark => Fragment.Of($"""
        <svg class="mark" viewBox="0 0 32 32" width="28" height="28" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="3" stroke-linecap="round"><path d="M19 9.6V7a3 3 0 0 0-3-3H7a3 3 0 0 0-3 3v9a3 3 0 0 0 3 3h9a3 3 0 0 0 3-2.6"/><path d="M13 22.4V25a3 3 0 0 0 3 3h9a3 3 0 0 0 3-3v-9a3 3 0 0 0-3-3h-9a3 3 0 0 0-3 2.6"/></svg>
        """);

    private static Fragment Lens => Fragment.Of($"""
        <svg viewBox="0 0 20 20" width="18" height="18" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2" stroke-linecap="round"><circle cx="8.5" cy="8.5" r="5.5"/><path d="m13 13 4.5 4.5"/></svg>
        """);

    private static Fragment MenuOf(string current) => Fragment.Join(Menu.Select(item => item.Name == current
        ? Fragment.Of($"<a href=\"{item.Path}\" aria-current=\"page\">{item.Name}</a>")
        : Fragment.Of($"<a href=\"{item.Path}\">{item.Name}</a>")));
}
