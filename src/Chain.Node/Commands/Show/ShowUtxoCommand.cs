using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands.Show;

/// <summary><c>chain show utxo</c>: one unspent output, or how many there are.</summary>
internal static class ShowUtxoCommand
{
    public static Command Create(CommandConsole console)
    {
        var output = new Argument<string?>("TXID:N") { Description = "The output; without it all are counted.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("utxo", """
            An unspent output, or how many there are; --json gives what gettxout or gettxoutsetinfo does.

            Examples:
              chain show utxo          how many there are, and how many coins
              chain show utxo TXID:0   the first output of a transaction
              chain show utxo --json   for programs
            """) { output };
        command.Runs(console, async (run, cancellationToken) =>
        {
            var place = run.Get(output) is { } text ? Parse(text) : ((string, uint)?)null;
            var client = await run.LookAsync(cancellationToken).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                if (place is var (id, index)) await ShowOneAsync(run, client, id, index, cancellationToken).ConfigureAwait(false);
                else await ShowAllAsync(run, client, cancellationToken).ConfigureAwait(false);
            }
        });
        return command;
    }

    private static async Task ShowOneAsync(CommandRun run, INodeClient client, string id, uint index, CancellationToken cancellationToken)
    {
        var coin = await client.CallAsync("gettxout", new JsonArray(id, index), cancellationToken).ConfigureAwait(false)
            ?? throw CommandException.FromRpc(RpcErrorCode.InvalidAddressOrKey, $"{id}:{index} is no unspent output: it is spent, or was never there. 'chain show tx {id}' shows the transaction, 'chain show address ADDRESS' what an address has unspent.");
        var script = coin["scriptPubKey"]!;
        await run.DataAsync(coin, screen => screen.Pairs(
        [
            ("Output", $"{id}:{index}"),
            ("Coins", BlockText.Coins(coin["value"])),
            ("To", $"{script["address"] ?? script["hex"]}"),
            ("Script", $"{script["asm"]}"),
            ("Confirmations", $"{coin["confirmations"]}"),
            ("New coins", coin["coinbase"]!.GetValue<bool>() ? "yes" : "no"),
        ])).ConfigureAwait(false);
    }

    private static async Task ShowAllAsync(CommandRun run, INodeClient client, CancellationToken cancellationToken)
    {
        var all = await client.GetAsync("gettxoutsetinfo", cancellationToken).ConfigureAwait(false);
        await run.DataAsync(all, screen => screen.Pairs(
        [
            ("Height", $"{all["height"]}"),
            ("Unspent outputs", $"{all["txouts"]}"),
            ("Coins", BlockText.Coins(all["total_amount"])),
            ("Hash", $"{all["hash_serialized_3"]}"),
        ])).ConfigureAwait(false);
    }

    private static (string Id, uint Index) Parse(string text)
    {
        var parts = text.Split(':');
        var (id, index) = parts.Length == 2 && parts[0].Length > 0 && uint.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? (parts[0], number)
            : throw CommandException.Usage($"'{text}' is no output: it is written TXID:N, N counting from 0. 'chain show address ADDRESS' lists those of an address.");
        HashText.CheckTxId(id);
        return (id, index);
    }
}
