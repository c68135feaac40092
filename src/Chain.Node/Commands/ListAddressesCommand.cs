using System.CommandLine;
using Chain.Node.Wallet;

namespace Chain.Node.Commands;

/// <summary><c>chain listaddresses</c>: the addresses of the node's wallet, one a line, newest last.</summary>
internal static class ListAddressesCommand
{
    public static Command Create(CommandConsole console)
    {
        var command = new Command("listaddresses", "List the addresses of the node's wallet.");
        command.SetAction(parsed =>
        {
            var settings = GlobalOptions.Settings(parsed);
            using var wallet = KeyStore.Load(settings.WalletPath);
            foreach (var address in wallet.Addresses(WalletCommands.AddressFormat(settings))) console.Output.WriteLine(address);
        });
        return command;
    }
}
