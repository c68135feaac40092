using System.Globalization;
using System.Net;
using Chain.Core.Primitives;

namespace Chain.Node.Explorer.Html;

/// <summary>Amounts, times, sizes and ids as pages show them.</summary>
internal static class Show
{
    private static readonly string[] Powers = ["", "k", "M", "G", "T", "P", "E"];

    /// <summary>Coins with 8 decimals, so that points stand under each other; zeros at the end are faint.</summary>
    public static Fragment Amount(long satoshis)
    {
        var text = ((decimal)satoshis / Core.Primitives.Amount.Coin).ToString("#,##0.00000000", CultureInfo.InvariantCulture);
        var significant = text.TrimEnd('0').TrimEnd('.');
        return Fragment.Of($"<span class=\"amount\">{significant}<span class=\"zeros\">{text[significant.Length..]}</span></span>");
    }

    /// <summary>An amount that came or went.</summary>
    public static Fragment Change(long satoshis) => satoshis switch
    {
        > 0 => Fragment.Of($"<span class=\"plus\">+{Amount(satoshis)}</span>"),
        < 0 => Fragment.Of($"<span class=\"minus\">−{Amount(-satoshis)}</span>"),
        _ => Amount(0),
    };

    /// <summary>A whole number with its thousands apart.</summary>
    public static string Count(long number) => number.ToString("#,##0", CultureInfo.InvariantCulture);

    /// <summary>A number of things, with the right word.</summary>
    public static string Count(long number, string one, string many) => $"{Count(number)} {(number == 1 ? one : many)}";

    /// <summary>A size in bytes.</summary>
    public static string Size(long bytes) => bytes < 10_000 ? $"{Count(bytes)} B" : Power(bytes, "B");

    /// <summary>A rate of hashes.</summary>
    public static string HashRate(double perSecond) => Power(perSecond, "H/s");

    /// <summary>A number with three digits and the power of thousand.</summary>
    public static string Power(double value, string unit)
    {
        var power = 0;
        for (; Math.Abs(value) >= 999.5 && power < Powers.Length - 1; power++) value /= 1000;
        var format = value == 0 ? "0" : Math.Abs(value) < 9.995 ? "0.##" : Math.Abs(value) < 99.95 ? "0.#" : "0";
        return $"{value.ToString(format, CultureInfo.InvariantCulture)} {Powers[power]}{unit}";
    }

    /// <summary>A difficulty, which may be far below one.</summary>
    public static string Difficulty(double value) => value is >= 1 or 0 ? Power(value, "").TrimEnd() : value.ToString("0.###E+0", CultureInfo.InvariantCulture);

    /// <summary>A fee rate in satoshis per vbyte.</summary>
    public static string FeeRate(long satoshis, long virtualSize) => $"{((double)satoshis / Math.Max(1, virtualSize)).ToString("#,##0.##", CultureInfo.InvariantCulture)} sat/vB";

    /// <summary>How long something took, in one or two units.</summary>
    public static string Duration(double seconds) => Math.Abs(seconds) switch
    {
        < 1 when seconds != 0 => $"{seconds * 1000:0} ms",
        < 120 => string.Create(CultureInfo.InvariantCulture, $"{seconds:0.#} s"),
        < 2 * 3600 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 60:0.#} min"),
        < 2 * 86_400 => string.Create(CultureInfo.InvariantCulture, $"{seconds / 3600:0.#} h"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{seconds / 86_400:0.#} d"),
    };

    /// <summary>How long ago something was; the time itself in UTC on hover and for machines. The page's script keeps it true.</summary>
    public static Fragment Age(long unixTime, long now)
    {
        var time = DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(unixTime, 0, 253_402_300_799));
        return Fragment.Of($"<time datetime=\"{time.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture)}\" title=\"{Utc(time)}\">{Ago(now - unixTime)}</time>");
    }

    /// <summary>A time in full.</summary>
    public static string Utc(DateTimeOffset time) => time.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>A hash in full, which breaks where it must.</summary>
    public static Fragment Hash(string hash) => Fragment.Of($"<code class=\"hash\">{hash}</code>");

    /// <summary>A link to a block by its hash, shortened.</summary>
    public static Fragment Block(BlockHash hash) => Fragment.Of($"<a class=\"hash\" href=\"/block/{hash.ToString()}\" title=\"{hash.ToString()}\">{Short(hash.ToString())}</a>");

    /// <summary>A link to a transaction, shortened; one that is not of the chain is looked for in a block.</summary>
    public static Fragment Transaction(TxId id, BlockHash? of = null) => of is { } block
        ? Fragment.Of($"<a class=\"hash\" href=\"/tx/{id.ToString()}?block={block.ToString()}\" title=\"{id.ToString()}\">{Short(id.ToString())}</a>")
        : Fragment.Of($"<a class=\"hash\" href=\"/tx/{id.ToString()}\" title=\"{id.ToString()}\">{Short(id.ToString())}</a>");

    /// <summary>A link to an address.</summary>
    public static Fragment Address(Address address) => Fragment.Of($"<a class=\"address\" href=\"/address/{address.ToString()}\">{address.ToString()}</a>");

    /// <summary>The two ends of a hash.</summary>
    public static string Short(string hash) => hash.Length <= 20 ? hash : $"{hash[..8]}…{hash[^8..]}";

    /// <summary>A short word on a ground of its own; the kind chooses its colour.</summary>
    public static Fragment Badge(string kind, string text) => Fragment.Of($"<span class=\"badge {kind}\">{text}</span>");

    /// <summary>Where something connects from or to.</summary>
    public static string EndPoint(EndPoint endPoint) => Chain.Network.PeerEndPoint.Format(endPoint);

    private static string Ago(long seconds) => seconds switch
    {
        < -60 => "in the future",
        < 5 => "just now",
        < 60 => $"{seconds} s ago",
        < 3600 => $"{seconds / 60} min ago",
        < 86_400 => $"{seconds / 3600} h ago",
        < 172_800 => "yesterday",
        _ => $"{Count(seconds / 86_400)} days ago",
    };
}
