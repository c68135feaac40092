using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands.Wallets;

/// <summary><c>chain wallet import</c>: a wallet from its master key, or one more private key.</summary>
internal static class WalletImportCommand
{
    public static Command Create(CommandConsole console)
    {
        var file = new Argument<string?>("FILE") { Description = "A file with the key in its first line, or - for stdin; without it the key is typed.", Arity = ArgumentArity.ZeroOrOne };
        var label = new Option<string?>("--label") { Description = "A name for the address of a single key.", HelpName = "NAME" };
        var command = new Command(
            "import",
            """
            Take a key over that 'chain wallet export' gave: a master key (xprv or tprv) makes a wallet, where there is none of that
            name yet; a single private key is added to the wallet. Their transactions are looked for in the chain.

            Examples:
              chain wallet import master.txt
              chain wallet import master.txt --wallet second
              chain wallet import - --label savings < key.txt
            """)
        { file, label, WalletAccess.PassphraseFile };
        command.Runs(console, async (run, cancellationToken) =>
        {
            var key = WalletAccess.ReadSecret(run, run.Get(file), "Private key: ");
            var isMaster = key.Length > 4 && key[1..4] == "prv";
            if (isMaster) WalletAccess.RequireNone(run, "import", run.Get(file));
            await (isMaster
                ? WalletAccess.UseAsync(run, client => RestoreAsync(run, client, key, cancellationToken), cancellationToken)
                : WalletAccess.UseKeysAsync(
                    run,
                    client => WalletAccess.UnlockedAsync(run, client, () => AddAsync(run, client, key, run.Get(label) ?? "", cancellationToken), cancellationToken),
                    cancellationToken)).ConfigureAwait(false);
        });
        return command;
    }

    private static async Task RestoreAsync(CommandRun run, INodeClient client, string key, CancellationToken cancellationToken)
    {
        var name = run.Settings.WalletName;
        using var passphrase = PassphraseOption.Read(run.Get(WalletAccess.PassphraseFile));
        var secret = passphrase is null ? "" : System.Text.Encoding.UTF8.GetString(passphrase.Bytes);
        await WalletAccess.ScanAsync(run, client, "restorehdwallet", new JsonArray(name, key, secret, true), cancellationToken).ConfigureAwait(false);
        var balances = (await client.GetAsync("getbalances", cancellationToken).ConfigureAwait(false))["mine"]!;
        var json = new JsonObject { ["wallet"] = name, ["confirmed"] = balances["trusted"]!.DeepClone() };
        await run.DataAsync(json, $"Restored {(name.Length == 0 ? run.Settings.WalletPath : $"the wallet '{name}'")}: it has {BlockText.Coins(json["confirmed"])}.").ConfigureAwait(false);
        run.Say("'chain wallet info' shows more of it, 'chain wallet history' what came and went.");
    }

    private static async Task AddAsync(CommandRun run, INodeClient client, string key, string label, CancellationToken cancellationToken)
    {
        await Nicknames.RequireFreeAsync(client, label, address: null, cancellationToken).ConfigureAwait(false);
        try
        {
            await WalletAccess.ScanAsync(run, client, "importprivkey", new JsonArray(key, label), cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException e) when (e.Message.StartsWith("Invalid private key", StringComparison.Ordinal))
        {
            throw CommandException.FromRpc(e.Code, "That is no private key of this chain: a letter is wrong or missing, or it is another chain's. Copy it again, whole.");
        }

        await run.DataAsync(new JsonObject { ["imported"] = true, ["label"] = label }, "The key is in the wallet.").ConfigureAwait(false);
        run.Say("Its addresses are those of every form that the key opens; 'chain getbalance' shows what the wallet has now. A copy made before lacks the key: make a new one.");
    }
}
