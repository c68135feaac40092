using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands.Wallets;

/// <summary><c>chain wallet label</c>: names for addresses, which stand for them in every command.</summary>
internal static class WalletLabelCommand
{
    public static Command Create(CommandConsole console)
    {
        var address = new Argument<string?>("ADDRESS") { Description = "An address, of one's own or of somebody else.", Arity = ArgumentArity.ZeroOrOne };
        var name = new Argument<string?>("NAME") { Description = "Its name; \"\" takes the name away.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command(
            "label",
            """
            Give an address a name, which may then stand wherever an address may; without arguments, list the names.

            Examples:
              chain wallet label 1BoatSLRHtKNngkdXEeobR76b53LETtpyT bob
              chain send --from alice --to bob --amount 1
              chain wallet label
            """)
        { address, name };
        command.Runs(console, (run, cancellationToken) => run.Get(address) is not { } text
            ? WalletAccess.LookAtFileAsync(run, client => ListAsync(run, client, cancellationToken), cancellationToken)
            : WalletAccess.UseFileAsync(
                run,
                client => run.Get(name) is { } label ? SetAsync(run, client, text, label, cancellationToken)
                    : throw CommandException.Usage("A name is missing: chain wallet label ADDRESS NAME."),
                cancellationToken));
        return command;
    }

    private static async Task SetAsync(CommandRun run, INodeClient client, string text, string label, CancellationToken cancellationToken)
    {
        var address = (await run.FindAddressAsync(client, text, cancellationToken).ConfigureAwait(false)).ToString();
        if (label.Length > 0 && Chain.Core.Primitives.Address.TryParse(label, WalletCommands.AddressFormat(run.Settings), out _) == Chain.Core.Primitives.AddressError.None)
            throw CommandException.Usage($"'{label}' is an address itself, and cannot be the name of another one.");
        await Nicknames.RequireFreeAsync(client, label, address, cancellationToken).ConfigureAwait(false);
        foreach (var named in await NamedAsync(client, text, address, cancellationToken).ConfigureAwait(false))
            _ = await client.CallAsync("setlabel", new JsonArray(named, label), cancellationToken).ConfigureAwait(false);
        await run.DataAsync(new JsonObject { ["address"] = address, ["label"] = label }, label.Length == 0 ? $"{address} has no name any more." : $"'{label}' is {address}.").ConfigureAwait(false);
        run.Say(label.Length == 0 ? "'chain wallet label' lists the names that are left." : $"The name stands wherever an address may: {ShellWord.Line("chain getbalance --address", label)}.");
    }

    /// <summary>What is given another name: an address, or all that have the old name, as the forms of an imported key do.</summary>
    private static async Task<IEnumerable<string>> NamedAsync(INodeClient client, string text, string address, CancellationToken cancellationToken) =>
        text == address ? [address] : (await client.GetAsync("getaddressesbylabel", cancellationToken, text).ConfigureAwait(false)).AsObject().Select(pair => pair.Key);

    private static async Task ListAsync(CommandRun run, INodeClient client, CancellationToken cancellationToken)
    {
        var rows = new List<(string Label, string Address, string Purpose, string Whose)>();
        foreach (var label in (await client.GetAsync("listlabels", cancellationToken).ConfigureAwait(false)).AsArray().Select(label => label!.GetValue<string>()))
        {
            if (label.Length == 0) continue;
            var addresses = (await client.GetAsync("getaddressesbylabel", cancellationToken, label).ConfigureAwait(false)).AsObject();
            foreach (var (address, entry) in addresses)
                rows.Add((label, address, entry!["purpose"]!.GetValue<string>(), Whose(await client.GetAsync("getaddressinfo", cancellationToken, address).ConfigureAwait(false))));
        }

        var json = new JsonArray([.. rows.Select(row => (JsonNode)new JsonObject { ["label"] = row.Label, ["address"] = row.Address, ["purpose"] = row.Purpose })]);
        await run.DataAsync(json, screen =>
        {
            if (rows.Count > 0) screen.Table(["Name", "Address", "Whose"], [.. rows.Select(row => new[] { row.Label, row.Address, row.Whose })]);
        }).ConfigureAwait(false);
        if (rows.Count == 0) run.Say("No address has a name. 'chain wallet label ADDRESS NAME' gives one.");
    }

    private static string Whose(JsonNode info) =>
        info["iswatchonly"]!.GetValue<bool>() ? "watched"
        : info["ismine"]!.GetValue<bool>() ? "own"
        : "other";
}
