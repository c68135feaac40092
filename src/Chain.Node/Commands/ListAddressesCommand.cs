using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Node.Commands.Wallets;
using Chain.Node.Rpc;
using Chain.Node.Wallet;
using Chain.State.Storage;

namespace Chain.Node.Commands;

/// <summary><c>chain listaddresses</c>: the addresses of the node's wallet, one a line, newest last.</summary>
internal static class ListAddressesCommand
{
    public static Command Create(CommandConsole console)
    {
        var command = new Command("listaddresses", """
            List the addresses of the node's wallet.

            Examples:
              chain listaddresses               one a line, newest last
              chain listaddresses --node 3001   those of another node
              chain listaddresses --json        for programs
            """);
        command.Runs(console, async (run, cancellationToken) =>
        {
            WalletAccess.RequireFile(run);
            var addresses = File.Exists(run.Settings.DatabasePath) && await TryAskAsync(run, cancellationToken).ConfigureAwait(false) is { } told ? told : ReadFile(run.Settings);
            await run.DataAsync(new JsonArray([.. addresses.Select(address => (JsonNode)JsonValue.Create(address))]), screen => addresses.ForEach(screen.Line)).ConfigureAwait(false);
        });
        return command;
    }

    /// <summary>Null where there is nobody to ask: the node does not answer, the database does not open, or wallets are switched off there.</summary>
    private static async Task<List<string>?> TryAskAsync(CommandRun run, CancellationToken cancellationToken)
    {
        try
        {
            var client = await run.LookAsync(cancellationToken).ConfigureAwait(false);
            await using (client.ConfigureAwait(false)) return [.. (await WalletAccess.AddressesAsync(client, cancellationToken).ConfigureAwait(false)).Select(address => address.Address)];
        }
        catch (Exception e) when (e is CommandException or DatabaseException or HttpRequestException or RpcException { Code: RpcErrorCode.MethodNotFound })
        {
            run.Warn($"{e.Message.TrimEnd('.')}. These are the addresses in the wallet's file.");
            return null;
        }
    }

    /// <summary>The file alone: where there is no database no node has run yet, and perhaps there is no chain.</summary>
    private static List<string> ReadFile(NodeSettings settings)
    {
        using var wallet = KeyStore.Load(settings.CommandWalletPath);
        return [.. wallet.Addresses(WalletCommands.AddressFormat(settings)).Select(address => address.ToString())];
    }
}
