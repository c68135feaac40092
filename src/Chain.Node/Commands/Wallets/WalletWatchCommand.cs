using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands.Wallets;

/// <summary><c>chain wallet watch</c>: follows an address of which the wallet has no key.</summary>
internal static class WalletWatchCommand
{
    public static Command Create(CommandConsole console)
    {
        var address = new Argument<string>("ADDRESS") { Description = "The address." };
        var label = new Option<string?>("--label") { Description = "A name for it.", HelpName = "NAME" };
        var command = new Command("watch", """
            Follow an address without its key: its coins are shown apart, and cannot be spent.

            Examples:
              chain wallet watch ADDRESS
              chain wallet watch ADDRESS --label savings   and give it a name
              chain getbalance                             what is watched is shown apart
            """) { address, label };
        command.Runs(console, (run, cancellationToken) => WalletAccess.UseAsync(run, async client =>
        {
            var text = (await run.FindAddressAsync(client, run.Parsed.GetRequiredValue(address), cancellationToken).ConfigureAwait(false)).ToString();
            var known = await client.GetAsync("getaddressinfo", cancellationToken, text).ConfigureAwait(false);
            if (known["ismine"]!.GetValue<bool>()) throw new CommandException($"{text} is the wallet's own: it need not be watched.");
            await Nicknames.RequireFreeAsync(client, run.Get(label) ?? "", text, cancellationToken).ConfigureAwait(false);
            var name = run.Get(label) ?? known["labels"]?.AsArray().FirstOrDefault()?.GetValue<string>() ?? "";
            await WalletAccess.ScanAsync(run, client, "importaddress", new JsonArray(text, name), cancellationToken).ConfigureAwait(false);
            await run.DataAsync(new JsonObject { ["address"] = text, ["label"] = name }, $"The wallet watches {text} from now on.").ConfigureAwait(false);
            run.Say("'chain getbalance' shows what is watched apart from what is yours.");
        }, cancellationToken));
        return command;
    }
}
