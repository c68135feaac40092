using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands.Wallets;

/// <summary><c>chain wallet info</c>: what a wallet has and how it is protected.</summary>
internal static class WalletInfoCommand
{
    public static Command Create(CommandConsole console)
    {
        var command = new Command("info", """
            What the wallet has, and how it is protected; --json gives what getwalletinfo does, with the balances.

            Examples:
              chain wallet info
              chain wallet info --wallet savings   a further wallet of the node
              chain wallet info --json             for programs
            """);
        command.Runs(console, (run, cancellationToken) => WalletAccess.LookAsync(run, client => ShowAsync(run, client, cancellationToken), cancellationToken));
        return command;
    }

    private static async Task ShowAsync(CommandRun run, INodeClient client, CancellationToken cancellationToken)
    {
        var info = (await client.GetAsync("getwalletinfo", cancellationToken).ConfigureAwait(false)).AsObject();
        var mine = (await client.GetAsync("getbalances", cancellationToken).ConfigureAwait(false))["mine"]!;
        info["confirmed"] = mine["trusted"]!.DeepClone();
        info["unconfirmed"] = mine["untrusted_pending"]!.DeepClone();
        info["immature"] = mine["immature"]!.DeepClone();
        await run.DataAsync(info, screen => screen.Pairs(
        [
            ("Wallet", info["walletname"]!.GetValue<string>() is { Length: > 0 } name ? name : run.Settings.WalletPath),
            ("Confirmed", BlockText.Coins(info["confirmed"])),
            ("Unconfirmed", BlockText.Coins(info["unconfirmed"])),
            ("Immature", BlockText.Coins(info["immature"])),
            ("Transactions", $"{info["txcount"]}"),
            ("Private keys", Protection(info)),
        ])).ConfigureAwait(false);
    }

    private static string Protection(JsonObject info) =>
        !info["private_keys_enabled"]!.GetValue<bool>() ? "none: it only watches"
        : info["unlocked_until"]?.GetValue<long>() switch
        {
            null => "not encrypted",
            0 => "encrypted and locked",
            var until => $"encrypted, unlocked until {DateTimeOffset.FromUnixTimeSeconds(until.Value):u}",
        };
}
