using System.Net;
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
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <summary>Whether this command is called at all.</summary>
    public static bool IsMeant(IReadOnlyList<string> arguments) => arguments is ["getbalance", ..];

    /// <summary>Answers; false where nothing was done.</summary>
    public static bool TryRun(IReadOnlyList<string> arguments, CommandConsole console)
    {
        if (!IsMeant(arguments)) return false;
        string? address = null, folder = null, node = null;
        for (var i = 1; i < arguments.Count; i += 2)
        {
            if (i + 1 == arguments.Count || arguments[i + 1] is [] or ['-', ..] or ['@', ..]) return false;
            if (!(arguments[i] switch
            {
                "--address" => TrySet(ref address, arguments[i + 1]),
                "--datadir" => TrySet(ref folder, arguments[i + 1]),
                "--node" => TrySet(ref node, arguments[i + 1]),
                _ => false,
            })) return false;
        }

        if (address is null || Settings(node, folder) is not { } settings || Find(settings, address) is not var (balance, immature)) return false;
        console.Output.WriteLine(BalanceText.OfAddress(address, balance));
        if (immature != 0) console.Error.WriteLine(BalanceText.Immature(immature));
        return true;
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
            using var answer = JsonDocument.Parse(body);
            var result = answer.RootElement.GetProperty("result");
            decimal Coins(string name) => result.GetProperty(name).GetDecimal();
            return Coins("leaving") == 0 && Coins("coming") == 0 ? (Coins("balance"), Coins("immature")) : null;
        }
        catch (Exception e) when (e is HttpRequestException or JsonException or KeyNotFoundException or InvalidOperationException or FormatException)
        {
            return null;
        }
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
