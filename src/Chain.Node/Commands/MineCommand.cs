using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Node.Commands.Wallets;
using Chain.Node.Rpc;
using Chain.State.Storage;

namespace Chain.Node.Commands;

/// <summary><c>chain mine</c>: mines blocks now, with what waits, whether or not a transaction does.</summary>
internal static class MineCommand
{
    private const int MostBlocks = 1_000_000;

    private static readonly Argument<int> Count = new("N")
    {
        Description = "How many blocks; 1 without it.",
        Arity = ArgumentArity.ZeroOrOne,
        DefaultValueFactory = _ => 1,
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (int.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= MostBlocks) return count;
            result.AddError($"'{text}' is no number of blocks: it is a whole number from 1 to {MostBlocks}.");
            return 0;
        },
    };

    private static readonly Option<string?> Address = new("--address") { Description = "Who is paid: an address or a label; without it the newest address that the wallet made.", HelpName = "ADDRESS" };

    public static Command Create(CommandConsole console)
    {
        var command = new Command("mine", """
            Mine blocks now.

            Examples:
              chain mine                   one block, paid to the wallet's newest address
              chain mine 100               a hundred
              chain mine --address alice   paid to an address, or the label of one
            """) { Count, Address };
        command.Runs(console, RunAsync);
        return command;
    }

    private static async Task RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var count = run.Get(Count);
        _ = run.Params;
        if (run.Get(Address) is null) WalletAccess.RequireFile(run);
        var client = await run.ConnectAsync(cancellationToken).ConfigureAwait(false);
        await using (client.ConfigureAwait(false))
        {
            var payee = run.Get(Address) is { } text
                ? (await run.FindAddressAsync(client, text, cancellationToken).ConfigureAwait(false)).ToString()
                : await WalletAccess.NewestAddressAsync(run, client, cancellationToken).ConfigureAwait(false);
            var hashes = await ProgressLine.ShowAsync(run, "mining", tell => MineAsync(client, count, payee, part => Tell(run, count, part, tell), cancellationToken)).ConfigureAwait(false);
            var height = (await client.GetAsync("getblockheader", cancellationToken, hashes[^1]!.DeepClone()).ConfigureAwait(false))["height"]!.GetValue<int>();
            var json = new JsonObject { ["address"] = payee, ["height"] = height, ["hashes"] = hashes };
            await run.DataAsync(json, $"Mined {Blocks(count)}, paid to {payee}: the chain's height is {height}.", string.Join(Environment.NewLine, hashes.Select(hash => hash!.GetValue<string>()))).ConfigureAwait(false);
            run.Say($"{ShellWord.Line("chain getbalance --address", run.Get(Address) ?? payee)} shows what was earned.");
        }
    }

    /// <summary>One after the other, so that it can be told how far they are, and be ended between two.</summary>
    internal static async Task<JsonArray> MineAsync(INodeClient client, int count, string payee, Action<double> tell, CancellationToken cancellationToken)
    {
        var hashes = new JsonArray();
        while (hashes.Count < count)
        {
            try
            {
                var made = await client.GetAsync("generatetoaddress", cancellationToken, 1, payee).ConfigureAwait(false);
                if (made.AsArray() is not [{ } hash, ..]) throw new CommandException("No nonce was found in the tries that one call has. Run it again.");
                hashes.Add(hash.DeepClone());
            }
            catch (Exception e) when (hashes.Count > 0 && e is RpcException or CommandException or HttpRequestException or DatabaseException)
            {
                throw Partly(e, hashes, count);
            }

            tell((double)hashes.Count / count);
        }

        return hashes;
    }

    private static CommandException Partly(Exception cause, JsonArray hashes, int count)
    {
        var (message, status) = Failures.Explain(cause);
        return CommandException.Partly($"{message.TrimEnd('.')}. Before that {hashes.Count} of {Blocks(count)} {(hashes.Count == 1 ? "was" : "were")} mined: 'chain show tip' shows the last.", status, new JsonObject { ["hashes"] = hashes }, cause);
    }

    private static void Tell(CommandRun run, int count, double part, Action<double> tell)
    {
        var made = Math.Round(part * count);
        run.Reached = $"{made} of {Blocks(count)} {(made == 1 ? "was" : "were")} mined: 'chain show tip' shows the last.";
        tell(part);
    }

    private static string Blocks(int count) => count == 1 ? "1 block" : $"{count} blocks";
}
