using System.Globalization;
using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Node.Dev;
using Chain.Node.Rpc;

namespace Chain.Node.Commands;

/// <summary>What a dev chain tells at its start: that it is not real money, who has it, where it is reached, and what to type next.</summary>
internal sealed class DevBanner(NodeSettings settings, ChainParams p, DevNote note, bool isFolderGiven, MiningOrder? mining)
{
    private readonly Dictionary<string, long> _balances = [];

    /// <summary>Reads what the accounts have, while nobody else touches the chain.</summary>
    public void ReadBalances(LoadedChain chain)
    {
        foreach (var account in DevAccounts.All) _balances[account.Name] = chain.Chainstate.FindCoins(account.Script).Sum(pair => pair.Coin.Output.Value);
    }

    /// <summary>The same as data.</summary>
    public JsonObject ToJson() => new()
    {
        ["realmoney"] = false,
        ["node"] = settings.NodeId,
        ["folder"] = settings.DataDirectory,
        ["temporary"] = note.IsTemporary,
        ["genesis"] = p.Genesis.Hash.ToString(),
        ["rpc"] = Url,
        ["cookie"] = settings.CookiePath,
        ["options"] = Place(settings, isFolderGiven).Trim(),
        ["automine"] = mining?.OnTransaction ?? false,
        ["blocktime"] = mining?.BlockTime?.TotalSeconds,
        ["accounts"] = new JsonArray([.. DevAccounts.All.Select(account => new JsonObject
        {
            ["name"] = account.Name,
            ["address"] = AddressOf(account),
            ["privatekey"] = KeyOf(account),
            ["balance"] = RpcJson.Money(_balances[account.Name]),
        })]),
    };

    /// <summary>The same for people.</summary>
    public void Show(Screen screen)
    {
        screen.Line("A dev chain runs in this process. THIS IS NOT REAL MONEY.");
        screen.Line("The private keys below are published: everybody has them.");
        screen.Line("Never let these addresses hold anything of worth, on any chain.");
        screen.Line();

        // Two tables, so that neither is wider than a terminal: a key that is broken in two cannot be copied.
        screen.Table(["Account", " Coins", "Address"], [.. DevAccounts.Funded.Select(account => (string[])[account.Name, Coins(_balances[account.Name]), AddressOf(account)])]);
        screen.Table(["Account", "Private key"], [.. DevAccounts.Funded.Select(account => (string[])[account.Name, KeyOf(account)])]);
        screen.Line();
        screen.Pairs(
        [
            ("Blocks", mining is null ? "none by itself: 'chain mine' makes one" : $"{mining.When}; they pay 'miner', {AddressOf(DevAccounts.Miner)}"),
            ("Seed phrase", $"{DevAccounts.Phrase} (m/44'/1'/0'/0/0 and on)"),
            ("JSON-RPC", $"{Url} with the cookie {settings.CookiePath}"),
            ("Explorer", Url),
            ("Folder", note.IsTemporary ? $"{settings.DataDirectory}, removed at the end" : $"{settings.DataDirectory}, which stays"),
        ]);
        screen.Line();
        screen.Line(isFolderGiven ? "Next, in another terminal:" : "Next, in another terminal, in any folder that holds no chain:");
        screen.Line($"  chain send --from alice --to bob --amount 1 --wait{Place(settings, isFolderGiven)}");
        screen.Line("Ctrl-C ends the dev chain.");
    }

    /// <summary>The options with which a command reaches this chain, where it would not by itself.</summary>
    internal static string Place(NodeSettings settings, bool isNamed)
    {
        var place = settings.NodeId == NodeSettings.CentralNode ? "" : $" --node {settings.NodeId}";
        if (!isNamed) return place;
        place = $" --datadir {ShellWord.Quote(settings.DataDirectory)}{place}";
        if (settings.GivenCookiePath is { } cookie) place += $" --cookie-file {ShellWord.Quote(cookie)}";
        return settings.HttpBind.Equals(System.Net.IPAddress.Loopback) ? place : $"{place} --http-bind {settings.HttpBind}";
    }

    private string Url => $"http://{(settings.HttpAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? $"[{settings.HttpAddress}]" : settings.HttpAddress)}:{settings.HttpPort}/";

    private string AddressOf(DevAccount account) => account.AddressOn(p.AddressFormat).ToString();

    private string KeyOf(DevAccount account) => account.Key.ToWif(p.WifVersion);

    private static string Coins(long satoshis) => ((decimal)satoshis / Amount.Coin).ToString("#,0.########", CultureInfo.InvariantCulture);
}
