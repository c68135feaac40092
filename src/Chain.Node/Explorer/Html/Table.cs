namespace Chain.Node.Explorer.Html;

/// <summary>A column: its head, and the class of its cells (number for figures, wide for what may break).</summary>
internal readonly record struct Column(string Head, string Kind = "");

/// <summary>A row: what tells it from others when a page is renewed, and its cells.</summary>
internal readonly record struct Row(string Key, params Fragment[] Cells);

/// <summary>
/// A table, and what becomes of it on a phone: rows become cards where each cell has its head above it, or pairs of lines of
/// four cells, or they stay (slim). The roles are written out, since a browser forgets them where rows are not shown as rows.
/// </summary>
internal static class Table
{
    /// <summary>Becomes cards on a phone.</summary>
    public const string Cards = "cards";

    /// <summary>Four cells become two lines on a phone: the first and the third, then the second and the last.</summary>
    public const string Pairs = "pairs";

    /// <summary>Stays a table on a phone, without the columns of the kind full.</summary>
    public const string Slim = "slim";

    /// <summary>Writes one.</summary>
    public static Fragment Of(string caption, Column[] columns, IEnumerable<Row> rows, string kind = Cards)
    {
        var html = new HtmlWriter();
        html.Write($"<table class=\"{kind}\" role=\"table\"><caption class=\"sr\">{caption}</caption><thead role=\"rowgroup\"><tr role=\"row\">");
        foreach (var column in columns) html.Write($"<th role=\"columnheader\" scope=\"col\" class=\"{column.Kind}\">{column.Head}</th>");
        html.Write($"</tr></thead><tbody role=\"rowgroup\">");
        foreach (var row in rows)
        {
            html.Write($"<tr role=\"row\" data-key=\"{row.Key}\">");
            for (var i = 0; i < columns.Length; i++) html.Write($"<td role=\"cell\" class=\"{columns[i].Kind}\" data-label=\"{columns[i].Head}\">{row.Cells[i]}</td>");
            html.Write($"</tr>");
        }

        html.Write($"</tbody></table>");
        return html.ToFragment();
    }
}
