using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands.Show;

/// <summary><c>chain show tx</c>: a transaction by its id.</summary>
internal static class ShowTxCommand
{
    public static Command Create(CommandConsole console)
    {
        var id = new Argument<string>("TXID") { Description = "The transaction's id." };
        var command = new Command("tx", """
            A transaction, waiting or in a block; --json gives what getrawtransaction 1 does.

            Examples:
              chain show tx TXID
              chain show tx TXID --node 3001   as another node sees it
              chain show tx TXID --json        for programs
            """) { id };
        command.Runs(console, async (run, cancellationToken) =>
        {
            var client = await run.LookAsync(cancellationToken).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                var found = await FindAsync(client, run.Parsed.GetRequiredValue(id), cancellationToken).ConfigureAwait(false);
                await run.DataAsync(found, screen =>
                {
                    BlockText.WriteTransaction(screen, found);
                    screen.Pairs(
                    [
                        ("Size", $"{found["size"]} bytes, {found["vsize"]} vbytes"),
                        ("Block", found["blockhash"]?.GetValue<string>() ?? "none: it waits"),
                        ("Confirmations", found["confirmations"]?.ToString() ?? "0"),
                    ]);
                }).ConfigureAwait(false);
            }
        });
        return command;
    }

    private static async Task<JsonNode> FindAsync(INodeClient client, string id, CancellationToken cancellationToken)
    {
        HashText.CheckTxId(id);
        try
        {
            return await client.GetAsync("getrawtransaction", cancellationToken, id, 1).ConfigureAwait(false);
        }
        catch (RpcException e) when (e.Code == RpcErrorCode.InvalidAddressOrKey)
        {
            throw CommandException.FromRpc(e.Code, $"There is no transaction {id}, neither waiting nor in a block that this node has. {HashText.WhereTransactionsAre}");
        }
    }
}
