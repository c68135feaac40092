using System.CommandLine;
using System.Globalization;

namespace Chain.Node.Commands;

/// <summary>The options that say when a node makes blocks: the same for every command that starts a miner.</summary>
internal static class MiningOptions
{
    public static readonly Option<bool> Automine = new("--automine") { Description = "Make a block as soon as a transaction waits. So it is where there is no --block-time, too." };

    public static readonly Option<string?> BlockTime = new("--block-time")
    {
        Description = "Make a block every so many seconds, empty ones too.",
        HelpName = "SECONDS",
    };

    public static readonly Option<int?> Threads = NumberOption.Create("--threads", "The threads that mine; all processors without it.", "N");

    /// <summary>Whether anything was said about mining.</summary>
    public static bool AreGiven(ParseResult parsed) => parsed.GetValue(Automine) || parsed.GetValue(BlockTime) is not null;

    /// <summary>The time between blocks; null where none was given.</summary>
    public static TimeSpan? ParseBlockTime(ParseResult parsed)
    {
        if (parsed.GetValue(BlockTime) is not { } text) return null;
        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && MiningOrder.IsBlockTime(seconds)
            ? TimeSpan.FromSeconds(seconds)
            : throw CommandException.Usage($"--block-time {text} is no time between blocks: it is a number of seconds from {MiningOrder.ShortestBlockTime} to {MiningOrder.LongestBlockTime}.");
    }

    /// <summary>The threads; null where none were given.</summary>
    public static int? ParseThreads(ParseResult parsed) => parsed.GetValue(Threads) is <= 0 or > MiningOrder.MostThreads
        ? throw CommandException.Usage($"--threads must be from 1 to {MiningOrder.MostThreads}.")
        : parsed.GetValue(Threads);

    /// <summary>The whole order: on each transaction, unless there is only a time between blocks.</summary>
    public static MiningOrder Order(ParseResult parsed, Core.Primitives.Address payTo)
    {
        var blockTime = ParseBlockTime(parsed);
        return new MiningOrder(payTo, ParseThreads(parsed) ?? Environment.ProcessorCount)
        {
            OnTransaction = blockTime is null || parsed.GetValue(Automine),
            BlockTime = blockTime,
        };
    }
}
