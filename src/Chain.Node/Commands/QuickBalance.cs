using System.Globalization;
using System.Net;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Node.Rpc;
using Chain.Node.Snapshots;
using Chain.Node.Wallet;
using Chain.State.Storage;

namespace Chain.Node.Commands;

/// <summary>
/// <c>chain getbalance</c>, of an address or of the wallet, in as few steps as can be: most of what a short command takes is the
/// making of what it does not need. Whatever is not plain (other options, a label, a configuration, a stale branch, a
/// transaction that waits, an error of any kind) is left to <see cref="GetBalanceCommand"/>, and what this says is the same
/// to the letter. What this does not look at may be damaged without being told here.
/// </summary>
internal static class QuickBalance
{
    private const string AddressOption = "--address";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Answers on standard output and standard error; false where nothing was done, or something went wrong that the long way tells.</summary>
    public static bool TryRun(IReadOnlyList<string> arguments)
    {
        try
        {
            if (OperatingSystem.IsWindows() || (!arguments.Contains(AddressOption) && !Console.IsOutputRedirected) || Find(arguments, Patience) is not var (data, words)) return false;
            using (var output = StandardStream.OpenOutput()) output.WriteLine(data);
            if (words is null) return true;
            using var error = StandardStream.OpenError();
            error.WriteLine(words);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    /// <summary>The data, and the words about it if any; null where this is not asked for, or not to be had so, or not for so long.</summary>
    internal static (string Data, string? Words)? Find(IReadOnlyList<string> arguments, TimeSpan patience)
    {
        if (arguments is not ["getbalance", ..]) return null;
        string? address = null, folder = null, node = null;
        for (var i = 1; i < arguments.Count; i += 2)
        {
            if (i + 1 == arguments.Count || arguments[i + 1] is [] or ['-', ..] or ['@', ..]) return null;
            if (!(arguments[i] switch
            {
                AddressOption => TrySet(ref address, arguments[i + 1]),
                "--datadir" => TrySet(ref folder, arguments[i + 1]),
                "--node" => TrySet(ref node, arguments[i + 1]),
                _ => false,
            })) return null;
        }

        if (Settings(node, folder) is not { } settings) return null;
        if (address is null) return FindOfWallet(settings, patience) is { } text ? (text, null) : null;
        if (Find(settings, address, patience) is not var (balance, immature)) return null;
        return (BalanceText.OfAddress(address, balance), immature == 0 ? null : BalanceText.Immature(immature));
    }

    private static bool TrySet(ref string? place, string value)
    {
        if (place is not null) return false;
        place = value;
        return true;
    }

    private static NodeSettings? Settings(string? node, string? folder)
    {
        try
        {
            return NodeSettings.From(node, folder, null, null, Environment.GetEnvironmentVariable);
        }
        catch (Exception e) when (e is CommandException or ArgumentException or IOException)
        {
            return null;
        }
    }

    /// <summary>What an address has: the node that has the database open says it, which leaves a note of itself, or else the database.</summary>
    private static (decimal Balance, decimal Immature)? Find(NodeSettings settings, string text, TimeSpan patience)
    {
        if (!IsAtRest(settings)) return null;
        return DatabaseLock.ReadOwner(settings.DatabasePath) switch
        {
            null => Read(settings, text),
            { HttpPort: > 0 and var port } => Ask(settings, port, text, patience),
            _ => null,
        };
    }

    /// <summary>Whether there is a database, and none is being put in its place.</summary>
    private static bool IsAtRest(NodeSettings settings) =>
        File.Exists(settings.DatabasePath) && !File.Exists(Path.Combine(settings.DataDirectory, RestoreJournal.FileName));

    private static (decimal Balance, decimal Immature)? Ask(NodeSettings settings, int port, string text, TimeSpan patience) =>
        text.All(char.IsAsciiLetterOrDigit) && Post(settings, port, "/", Request("getaddressbalance", $"\"{text}\""), patience) is { } answer ? Take(answer) : null;

    /// <summary>What the node's wallet has, as text; null where there is more to say than the three amounts.</summary>
    private static string? FindOfWallet(NodeSettings settings, TimeSpan patience)
    {
        if (!IsAtRest(settings)) return null;
        return DatabaseLock.ReadOwner(settings.DatabasePath) switch
        {
            null => ReadNote(settings),
            { HttpPort: > 0 and var port } => AskForWallet(settings, port, patience),
            _ => null,
        };
    }

    /// <summary>What the wallet left when it was closed. With others that are loaded beside it, it would have to be named.</summary>
    private static string? ReadNote(NodeSettings settings)
    {
        if (File.Exists(settings.ConfigurationPath) || File.Exists(WalletSet.StartupPathOf(settings.WalletPath))) return null;
        using var coins = RestingCoins.TryOpen(settings.DatabasePath);
        return coins is not null && BalanceNote.Find(settings.WalletPath, settings.WalletPath + WalletLog.Suffix, coins.Tip) is { } note
            ? BalanceText.OfWallet((decimal)note.Confirmed / Amount.Coin, 0, (decimal)note.Immature / Amount.Coin) : null;
    }

    private static string? AskForWallet(NodeSettings settings, int port, TimeSpan patience)
    {
        if (Post(settings, port, "/wallet/", $"[{Request("getbalances")},{Request("getwalletinfo")}]", patience) is not { } answer) return null;
        if (answer.Contains("\"error\":{", StringComparison.Ordinal) || answer.Contains("\"watchonly\":", StringComparison.Ordinal) || !answer.Contains("\"scanning\":false", StringComparison.Ordinal)) return null;
        return Find(answer, "trusted") is { } confirmed && Find(answer, "untrusted_pending") is { } unconfirmed && Find(answer, "immature") is { } immature
            ? BalanceText.OfWallet(confirmed, unconfirmed, immature) : null;
    }

    private static string Request(string method, string parameters = "") => $$"""{"jsonrpc":"1.0","id":"chain","method":"{{method}}","params":[{{parameters}}]}""";

    private static string? Post(NodeSettings settings, int port, string path, string request, TimeSpan patience)
    {
        if (RpcCookie.TryRead(settings.CookiePath) is not { } cookie) return null;
        try
        {
            var (status, body) = SmallHttp.Post(new IPEndPoint(settings.HttpAddress, port), path, RpcCookie.Header(cookie), request, patience);
            return status == HttpStatusCode.OK ? body : null;
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }

    /// <summary>
    /// Takes the four amounts out of an answer of this program's own node, which has no blanks; null where one is missing, or
    /// something is on the way. The JSON library would take 5 ms for it.
    /// </summary>
    private static (decimal Balance, decimal Immature)? Take(string json) =>
        json.Contains("\"error\":null", StringComparison.Ordinal) && Find(json, "leaving") == 0 && Find(json, "coming") == 0
        && Find(json, "balance") is { } balance && Find(json, "immature") is { } immature ? (balance, immature) : null;

    private static decimal? Find(string json, string name)
    {
        var label = $"\"{name}\":";
        if (json.IndexOf(label, StringComparison.Ordinal) is not (>= 0 and var at)) return null;
        var text = json.AsSpan(at + label.Length);
        var end = text.IndexOfAny(',', '}');
        return end > 0 && decimal.TryParse(text[..end], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var amount) ? amount : null;
    }

    /// <summary>A node that begins right now does not change what is read: each page of coins is whole, or is not taken.</summary>
    private static (decimal Balance, decimal Immature)? Read(NodeSettings settings, string text)
    {
        if (File.Exists(settings.ConfigurationPath)) return null;
        using var coins = RestingCoins.TryOpen(settings.DatabasePath);
        if (coins is null || Address.TryParse(text, coins.AddressFormat, out var address) != AddressError.None
            || coins.TryFind(StandardScripts.PayTo(address)) is not { } found) return null;
        decimal balance = 0, immature = 0;
        foreach (var (_, coin) in found)
        {
            balance += coin.Output.Value;
            if (coin.IsCoinbase && coins.Height + 1 - coin.Height < coins.CoinbaseMaturity) immature += coin.Output.Value;
        }

        return (balance / Amount.Coin, immature / Amount.Coin);
    }
}
