using System.Globalization;

namespace Chain.Core.Consensus;

/// <summary>
/// The rule changes that begin at a height of their own, under the names of Core's <c>-testactivationheight</c>: bip34,
/// dersig (BIP66), cltv (BIP65), csv (BIP68, 112, 113), segwit (BIP141, 143, 147), and taproot (BIP341, 342).
/// </summary>
public static class Deployments
{
    /// <summary>All names.</summary>
    public static IReadOnlyList<string> Names { get; } = ["bip34", "dersig", "cltv", "csv", "segwit", "taproot"];

    /// <summary>
    /// Moves one deployment, written <c>NAME@HEIGHT</c>. Null with a sentence in <paramref name="error"/> where the name or the
    /// height is none.
    /// </summary>
    public static ChainParams? TryMove(ChainParams p, string text, out string? error)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at < 0 || !int.TryParse(text.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var height))
        {
            error = $"'{text}' is not NAME@HEIGHT, such as segwit@200";
            return null;
        }

        var moved = text[..at] switch
        {
            "bip34" => p with { Bip34Height = height },
            "dersig" => p with { Bip66Height = height },
            "cltv" => p with { Bip65Height = height },
            "csv" => p with { CsvHeight = height },
            "segwit" => p with { SegwitHeight = height },
            "taproot" => p with { TaprootHeight = height },
            _ => null,
        };
        error = moved is null ? $"'{text[..at]}' is no deployment; they are {string.Join(", ", Names)}" : null;
        return moved;
    }
}
