using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands.Wallets;

/// <summary><c>chain wallet rescan</c>: looks through the chain for the wallet's transactions anew.</summary>
internal static class WalletRescanCommand
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(200);

    public static Command Create(CommandConsole console)
    {
        var from = NumberOption.Create("--from", "Begin at this height; 0 without it.", "HEIGHT");
        var command = new Command("rescan", "Look through the chain for the wallet's transactions anew.") { from, WalletAccess.PassphraseFile };
        command.Runs(console, (run, cancellationToken) => WalletAccess.UseAsync(run, client => WalletAccess.UnlockedAsync(run, client, async () =>
        {
            var found = await ProgressLine.ShowAsync(run, "looking through the chain", tell => ScanAsync(run, client, run.Get(from) ?? 0, tell, cancellationToken)).ConfigureAwait(false);
            await run.DataAsync(found, $"Looked through blocks {found["start_height"]} to {found["stop_height"]}.").ConfigureAwait(false);
            run.Say("'chain getbalance' shows what the wallet has.");
        }, cancellationToken), cancellationToken));
        return command;
    }

    /// <summary>While a node scans it says how far it is; a command that scans itself hears it in the end.</summary>
    private static async Task<JsonNode> ScanAsync(CommandRun run, INodeClient client, int from, Action<double> tell, CancellationToken cancellationToken)
    {
        var scan = client.GetAsync("rescanblockchain", cancellationToken, from);
        while (client.IsRemote && await Task.WhenAny(scan, Task.Delay(Pause, run.Clock, cancellationToken)).ConfigureAwait(false) != scan)
        {
            var info = await client.GetAsync("getwalletinfo", cancellationToken).ConfigureAwait(false);
            if (info["scanning"] is JsonObject scanning) tell(scanning["progress"]!.GetValue<double>());
        }

        return await scan.ConfigureAwait(false);
    }
}
