using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands.Wallets;

/// <summary><c>chain wallet rescan</c>: looks through the chain for the wallet's transactions anew.</summary>
internal static class WalletRescanCommand
{
    public static Command Create(CommandConsole console)
    {
        var from = NumberOption.Create("--from", "Begin at this height; 0 without it.", "HEIGHT");
        var command = new Command("rescan", """
            Look through the chain for the wallet's transactions anew.

            Examples:
              chain wallet rescan                    from the first block on
              chain wallet rescan --from 1000        from a height on
              chain wallet rescan --wallet savings   for a further wallet of the node
            """) { from, WalletAccess.PassphraseFile };
        command.Runs(console, (run, cancellationToken) => WalletAccess.UseKeysAsync(run, client => WalletAccess.UnlockedAsync(run, client, async () =>
        {
            if (run.Get(from) is { } height && (await client.GetAsync("getblockcount", cancellationToken).ConfigureAwait(false)).GetValue<int>() is var tip && height > tip)
                throw CommandException.FromRpc(RpcErrorCode.InvalidParameter, $"--from {height} is above the tip, whose height is {tip}: there is nothing to look through. Begin lower.");
            var found = await WalletAccess.ScanAsync(run, client, "rescanblockchain", new JsonArray(run.Get(from) ?? 0), cancellationToken).ConfigureAwait(false);
            await run.DataAsync(found, $"Looked through blocks {found!["start_height"]} to {found["stop_height"]}.").ConfigureAwait(false);
            run.Say("'chain getbalance' shows what the wallet has.");
        }, cancellationToken), cancellationToken));
        return command;
    }
}
