using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;

namespace Chain.Node.Commands;

/// <summary><c>chain printchain</c>: the blocks of the chain, newest first.</summary>
internal static class PrintChainCommand
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    public static Command Create(CommandConsole console)
    {
        var limit = NumberOption.Create("--limit", "At most this many blocks.", "N");
        var from = NumberOption.Create("--from", "Begin at this height, and go down.", "HEIGHT");
        var tree = new Option<bool>("--tree") { Description = "Draw the chain with the branches that were left, one line a block." };
        var command = new Command("printchain", """
            Print the blocks of the chain, newest first.

            Examples:
              chain printchain --limit 3            the three newest
              chain printchain --from 7 --limit 1   the block at height 7
              chain printchain --tree               one line a block, with the branches that were left
            """) { limit, from, tree };
        command.Runs(console, async (run, cancellationToken) =>
        {
            if (run.Get(limit) is <= 0) throw CommandException.Usage("--limit must be 1 or more.");
            var client = await run.LookAsync(cancellationToken).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                var tip = (await client.GetAsync("getblockcount", cancellationToken).ConfigureAwait(false)).GetValue<int>();
                var start = run.Get(from) ?? tip;
                if (start < 0 || start > tip) throw CommandException.Usage($"There is no block at height {start}: the chain has heights 0 to {tip}.");
                var count = Math.Min(run.Get(limit) ?? int.MaxValue, start + 1);
                if (run.Get(tree)) await ChainTree.ShowAsync(run, client, start, count, cancellationToken).ConfigureAwait(false);
                else if (run.Manners.IsJson) await WriteJsonAsync(console.Output, client, start, count, cancellationToken).ConfigureAwait(false);
                else await WriteTextAsync(run.Output, client, start, count, cancellationToken).ConfigureAwait(false);
            }
        });
        return command;
    }

    private static async IAsyncEnumerable<JsonNode> BlocksAsync(INodeClient client, int start, int count,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // From parent to parent, so that a reorganisation meanwhile cannot mix two chains.
        var hash = (await client.GetAsync("getblockhash", cancellationToken, start).ConfigureAwait(false)).GetValue<string>();
        for (var i = 0; i < count; i++)
        {
            var block = await client.GetAsync("getblock", cancellationToken, hash, 2).ConfigureAwait(false);
            yield return block;
            if (block["previousblockhash"] is not { } previous) yield break;
            hash = previous.GetValue<string>();
        }
    }

    private static async Task WriteJsonAsync(TextWriter output, INodeClient client, int start, int count, CancellationToken cancellationToken)
    {
        var separator = "[";
        await foreach (var block in BlocksAsync(client, start, count, cancellationToken).ConfigureAwait(false))
        {
            await output.WriteLineAsync(separator).ConfigureAwait(false);
            await output.WriteAsync(block.ToJsonString(Indented)).ConfigureAwait(false);
            separator = ",";
        }

        await output.WriteLineAsync("\n]").ConfigureAwait(false);
    }

    private static async Task WriteTextAsync(Screen screen, INodeClient client, int start, int count, CancellationToken cancellationToken)
    {
        await foreach (var block in BlocksAsync(client, start, count, cancellationToken).ConfigureAwait(false))
        {
            BlockText.Write(screen, block);
            screen.Line();
        }
    }
}
