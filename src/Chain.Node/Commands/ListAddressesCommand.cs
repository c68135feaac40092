using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Node.Wallet;

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
        command.Runs(console, async (run, _) =>
        {
            using var wallet = KeyStore.Load(run.Settings.CommandWalletPath);
            var addresses = wallet.Addresses(WalletCommands.AddressFormat(run.Settings)).Select(address => address.ToString()).ToList();
            await run.DataAsync(new JsonArray([.. addresses.Select(address => JsonValue.Create(address))]), screen => addresses.ForEach(screen.Line)).ConfigureAwait(false);
        });
        return command;
    }
}
