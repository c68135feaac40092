using Chain.Node.Explorer.Html;
using Microsoft.AspNetCore.Http;

namespace Chain.Node.Explorer.Pages;

/// <summary>A page: its title, its content, which part of the menu it belongs to, and the events after which it looks different.</summary>
internal sealed record Page(string Title, Fragment Body)
{
    /// <summary>The names of the events that change it, with spaces between; empty where none does.</summary>
    public string Events { get; init; } = "";

    /// <summary>The place in the menu; empty where it is none of them.</summary>
    public string Menu { get; init; } = "";

    /// <summary>What stands in the search field.</summary>
    public string Query { get; init; } = "";

    /// <summary>The HTTP status.</summary>
    public int Status { get; init; } = StatusCodes.Status200OK;

    /// <summary>Where to go instead; null for a page that is shown.</summary>
    public string? Location { get; init; }

    /// <summary>Sends the browser elsewhere.</summary>
    public static Page Redirect(string location) => new("", Fragment.Empty) { Status = StatusCodes.Status302Found, Location = location };

    /// <summary>A page that says what is not there, and what one may look for.</summary>
    public static Page NotFound(string what, Fragment details, string query = "") => new(what, Fragment.Of($"""
        <section class="nothing card">
        <h1>{what}</h1>
        {details}
        <p class="hint">Look for a block by its height or its hash, a transaction by its id, or an address of this chain.</p>
        </section>
        """)) { Status = StatusCodes.Status404NotFound, Query = query };
}
