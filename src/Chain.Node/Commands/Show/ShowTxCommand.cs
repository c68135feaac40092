using System.CommandLine;
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
                var found = await client.GetAsync("getrawtransaction", cancellationToken, run.Parsed.GetRequiredValue(id), 1).ConfigureAwait(false);
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
}
