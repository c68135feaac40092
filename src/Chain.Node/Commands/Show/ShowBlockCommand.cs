using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands.Show;

/// <summary><c>chain show block</c>: a block by its height or hash.</summary>
internal static class ShowBlockCommand
{
    public static Command Create(CommandConsole console)
    {
        var block = new Argument<string>("HASH|HEIGHT") { Description = "The block's hash, or its height in the chain." };
        var command = new Command("block", """
            A block with its transactions; --json gives what getblock 2 does.

            Examples:
              chain show block 7          the one at height 7
              chain show block HASH       one of a branch that was left, too
              chain show block 0 --json   for programs
            """) { block };
        command.Runs(console, async (run, cancellationToken) =>
        {
            var text = run.Parsed.GetRequiredValue(block);
            var client = await run.LookAsync(cancellationToken).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                var hash = await HashAsync(client, text, cancellationToken).ConfigureAwait(false);
                var found = await FindAsync(client, hash, cancellationToken).ConfigureAwait(false);
                await run.DataAsync(found, screen => BlockText.Write(screen, found)).ConfigureAwait(false);
                if (found["confirmations"]!.GetValue<int>() < 0) run.Warn("This block is on a branch that was left: what it holds does not count.");
            }
        });
        return command;
    }

    private static async Task<JsonNode> FindAsync(INodeClient client, string hash, CancellationToken cancellationToken)
    {
        try
        {
            return await client.GetAsync("getblock", cancellationToken, hash, 2).ConfigureAwait(false);
        }
        catch (RpcException e) when (e.Code == RpcErrorCode.InvalidAddressOrKey)
        {
            throw CommandException.FromRpc(e.Code, $"This node has no block {hash}. {HashText.WhereBlocksAre}");
        }
    }

    private static async Task<string> HashAsync(INodeClient client, string text, CancellationToken cancellationToken)
    {
        if (text.Length >= 10 || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var height))
        {
            HashText.CheckBlock(text);
            return text;
        }

        var tip = (await client.GetAsync("getblockcount", cancellationToken).ConfigureAwait(false)).GetValue<int>();
        if (height > tip) throw CommandException.FromRpc(RpcErrorCode.InvalidParameter, $"There is no block at height {height} yet: the chain has heights 0 to {tip}. {HashText.WhereBlocksAre}");
        return (await client.CallAsync("getblockhash", new JsonArray(height), cancellationToken).ConfigureAwait(false))!.GetValue<string>();
    }
}
