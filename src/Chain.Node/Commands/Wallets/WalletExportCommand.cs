using System.CommandLine;
using System.Text;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands.Wallets;

/// <summary><c>chain wallet export</c>: the master key as text (BIP32), or the private key of one address.</summary>
internal static class WalletExportCommand
{
    public static Command Create(CommandConsole console)
    {
        var address = new Option<string?>("--address") { Description = "Only the private key of this address, in wallet import format.", HelpName = "ADDRESS" };
        var output = new Option<string?>("--out") { Description = "Write it to a new file that only you can read, in place of stdout.", HelpName = "FILE" };
        var command = new Command(
            "export",
            """
            Show the master key, from which all of the wallet's keys follow, as extended private key (BIP32; accounts m/44'/1'/0',
            m/49'/1'/0', m/84'/1'/0', m/86'/1'/0'); or the private key of one address.

            Examples:
              chain wallet export --out master.txt
              chain wallet import master.txt             makes the same wallet elsewhere
              chain wallet export --address ADDRESS
            """)
        { address, output, WalletAccess.PassphraseFile };
        command.Runs(console, (run, cancellationToken) => WalletAccess.UseKeysOfFileAsync(run, async client =>
        {
            var own = run.Get(address) is { } text ? (await run.FindAddressAsync(client, text, cancellationToken).ConfigureAwait(false)).ToString() : null;
            var json = await WalletAccess.UnlockedAsync(run, client, () => own is null ? MasterAsync(client, cancellationToken) : KeyAsync(client, own, cancellationToken), cancellationToken).ConfigureAwait(false);
            await GiveAsync(run, json, run.Get(output), cancellationToken).ConfigureAwait(false);
        }, cancellationToken));
        return command;
    }

    private static async Task<JsonObject> MasterAsync(INodeClient client, CancellationToken cancellationToken)
    {
        var keys = (await client.GetAsync("gethdkeys", cancellationToken, new JsonObject { ["private"] = true }).ConfigureAwait(false)).AsArray();
        var key = keys.FirstOrDefault()?["xprv"] ?? throw CommandException.FromRpc(
            RpcErrorCode.WalletError, "This wallet has no master key: its keys were made one by one. Export them by their addresses with --address, or copy the file with 'chain wallet backup'.");
        return new JsonObject { ["xprv"] = key.DeepClone() };
    }

    private static async Task<JsonObject> KeyAsync(INodeClient client, string address, CancellationToken cancellationToken) =>
        new() { ["address"] = address, ["privkey"] = (await client.GetAsync("dumpprivkey", cancellationToken, address).ConfigureAwait(false)).DeepClone() };

    private static async Task GiveAsync(CommandRun run, JsonObject json, string? path, CancellationToken cancellationToken)
    {
        var secret = (json["xprv"] ?? json["privkey"])!.GetValue<string>();
        if (path is null)
        {
            await run.DataAsync(json, secret).ConfigureAwait(false);
        }
        else
        {
            path = Path.GetFullPath(path);
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            var file = new FileStream(path, options);
            await using (file.ConfigureAwait(false))
            {
                await file.WriteAsync(Encoding.ASCII.GetBytes(secret + "\n"), cancellationToken).ConfigureAwait(false);
                file.Flush(flushToDisk: true);
            }

            await run.DataAsync(new JsonObject { ["file"] = path }, $"Written to {path}.").ConfigureAwait(false);
        }

        run.Say("Who has this key has the coins: keep it where only you are.");
    }
}
