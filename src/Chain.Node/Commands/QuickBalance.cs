using System.Net;
using System.Text;
using System.Text.Json;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Node.Rpc;
using Chain.Node.Snapshots;
using Chain.State.Storage;

namespace Chain.Node.Commands;

/// <summary>
/// <c>chain getbalance --address A</c> in as few steps as can be: most of what a short command takes is
/// the making of what it does not need. Whatever is not plain (other options, a label, a configuration, a stale branch, a
/// transaction that waits, an error of any kind) is left to <see cref="GetBalanceCommand"/>, and what this says is the same
/// to the letter. What this does not look at may be damaged without being told here.
/// </summary>
internal static class QuickBalance
{
    /// <summary>They stand in the object "result" of the answer's.</summary>
    private const int DepthOfAmounts = 2;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Answers on standard output and standard error; false where nothing was done, or something went wrong that the long way tells.</summary>
    public static bool TryRun(IReadOnlyList<string> arguments)
    {
        try
        {
            if (OperatingSystem.IsWindows() || Find(arguments) is not var (data, words)) return false;
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

    /// <summary>The data, and the words about it if any; null where this is not asked for, or not to be had so.</summary>
    internal static (string Data, string? Words)? Find(IReadOnlyList<string> arguments)
    {
        if (arguments is not ["getbalance", ..]) return null;
        string? address = null, folder = null, node = null;
        for (var i = 1; i < arguments.Count; i += 2)
        {
            if (i + 1 == arguments.Count || arguments[i + 1] is [] or ['-', ..] or ['@', ..]) return null;
            if (!(arguments[i] switch
            {
                "--address" => TrySet(ref address, arguments[i + 1]),
                "--datadir" => TrySet(ref folder, arguments[i + 1]),
                "--node" => TrySet(ref node, arguments[i + 1]),
                _ => false,
            })) return null;
        }

        if (address is null || Settings(node, folder) is not { } settings || Find(settings, address) is not var (balance, immature)) return null;
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
    private static (decimal Balance, decimal Immature)? Find(NodeSettings settings, string text)
    {
        if (!File.Exists(settings.DatabasePath) || File.Exists(Path.Combine(settings.DataDirectory, RestoreJournal.FileName))) return null;
        return DatabaseLock.ReadOwner(settings.DatabasePath) switch
        {
            null => Read(settings, text),
            { HttpPort: > 0 and var port } => Ask(settings, port, text),
            _ => null,
        };
    }

    private static (decimal Balance, decimal Immature)? Ask(NodeSettings settings, int port, string text)
    {
        if (!text.All(char.IsAsciiLetterOrDigit) || RpcCookie.TryRead(settings.CookiePath) is not { } cookie) return null;
        try
        {
            var request = $$"""{"jsonrpc":"1.0","id":"chain","method":"getaddressbalance","params":["{{text}}"]}""";
            var (status, body) = SmallHttp.Post(new IPEndPoint(settings.HttpAddress, port), "/", RpcCookie.Header(cookie), request, Patience);
            if (status != HttpStatusCode.OK) return null;
            return Take(Encoding.UTF8.GetBytes(body));
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Takes the four amounts out of an answer; null where one is missing, or something is on the way.</summary>
    private static (decimal Balance, decimal Immature)? Take(ReadOnlySpan<byte> json)
    {
        decimal? balance = null, immature = null, leaving = null, coming = null;
        var reader = new Utf8JsonReader(json);
        while (reader.Read())
        {
            if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != DepthOfAmounts) continue;
            ref var place = ref immature;
            if (reader.ValueTextEquals("balance"u8)) place = ref balance;
            else if (reader.ValueTextEquals("leaving"u8)) place = ref leaving;
            else if (reader.ValueTextEquals("coming"u8)) place = ref coming;
            else if (!reader.ValueTextEquals("immature"u8)) continue;
            reader.Read();
            place = reader.GetDecimal();
        }

        return (leaving, coming, balance, immature) is (0, 0, { } confirmed, { } unripe) ? (confirmed, unripe) : null;
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
