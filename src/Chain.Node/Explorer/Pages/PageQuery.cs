using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Chain.Node.Explorer.Pages;

/// <summary>What stands behind the question mark of an address.</summary>
internal sealed class PageQuery(IQueryCollection values)
{
    /// <summary>A value; empty where it is missing.</summary>
    public string this[string name] => values.TryGetValue(name, out var value) && value.Count > 0 ? value[0] ?? "" : "";

    /// <summary>A whole number from <paramref name="least"/> on; that where it is missing, or none.</summary>
    public int Number(string name, int least = 0) =>
        int.TryParse(this[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is < 1_000_000_000 ? Math.Max(least, number) : least;
}
