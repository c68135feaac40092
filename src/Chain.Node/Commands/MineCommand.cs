using System.CommandLine;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Node.Rpc;
using Chain.Node.Wallet;

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

    private static readonly Option<string?> Address = new("--address") { Description = "Who is paid: an address or a label; without it the wallet's newest address.", HelpName = "ADDRESS" };

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
        var payee = run.Get(Address) is { } text ? run.FindAddress(text) : OwnAddress(run);
        var client = await run.ConnectAsync(cancellationToken).ConfigureAwait(false);
        await using (client.ConfigureAwait(false))
        {
            var hashes = await ProgressLine.ShowAsync(run, "mining", tell => MineAsync(client, count, payee, part => Tell(run, count, part, tell), cancellationToken)).ConfigureAwait(false);
            var height = (await client.GetAsync("getblockheader", cancellationToken, hashes[^1]!.DeepClone()).ConfigureAwait(false))["height"]!.GetValue<int>();
            var json = new JsonObject { ["address"] = payee.ToString(), ["height"] = height, ["hashes"] = hashes };
            await run.DataAsync(json, $"Mined {Blocks(count)}, paid to {payee}: the chain's height is {height}.", string.Join(Environment.NewLine, hashes.Select(hash => hash!.GetValue<string>()))).ConfigureAwait(false);
            run.Say($"'chain getbalance --address {run.Get(Address) ?? payee.ToString()}' shows what was earned.");
        }
    }

    /// <summary>One after the other, so that it can be told how far they are, and be ended between two.</summary>
    internal static async Task<JsonArray> MineAsync(INodeClient client, int count, Address payee, Action<double> tell, CancellationToken cancellationToken)
    {
        var hashes = new JsonArray();
        for (var i = 0; i < count; i++)
        {
            var made = await client.GetAsync("generatetoaddress", cancellationToken, 1, payee.ToString()).ConfigureAwait(false);
            if (made.AsArray() is not [{ } hash, ..]) throw new CommandException($"No nonce was found in the tries that one call has. {Blocks(i)} were mined before. Run it again.");
            hashes.Add(hash.DeepClone());
            tell((i + 1d) / count);
        }

        return hashes;
    }

    /// <summary>The newest address of the node's wallet.</summary>
    internal static Address OwnAddress(CommandRun run)
    {
        var format = ChainFolder.GetParams(run.Settings).AddressFormat;
        using var wallet = KeyStore.Load(run.Settings.CommandWalletPath);
        return wallet.Addresses(format) is [.., var newest]
            ? newest
            : throw new CommandException($"The wallet {run.Settings.CommandWalletPath} has no address yet. Make one with 'chain createwallet', or say who is paid with --address.");
    }

    private static void Tell(CommandRun run, int count, double part, Action<double> tell)
    {
        run.Reached = $"{Math.Round(part * count)} of {Blocks(count)} were mined: 'chain show tip' shows the last.";
        tell(part);
    }

    private static string Blocks(int count) => count == 1 ? "1 block" : $"{count} blocks";
}
