using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Network;
using Chain.Node.Rpc;

namespace Chain.Node.Commands;

/// <summary>What <c>chain send</c> is told.</summary>
internal static class SendOptions
{
    private const int HighestFeeRate = 1_000_000;
    private const int MostConfirmations = 10_000;

    public static readonly Option<string?> From = new("--from")
    {
        Description = "An address of this node's wallet, or its label: its coins alone are spent, and change goes back there. Without it the whole wallet pays.",
        HelpName = "ADDRESS",
    };

    public static readonly Option<string> To = new("--to") { Description = "Who is paid: an address or a label.", Required = true, HelpName = "ADDRESS" };

    public static readonly Option<string> AmountOption = new("--amount") { Description = "How many coins, such as 1.5.", Required = true, HelpName = "N" };

    public static readonly Option<string?> Fee = new("--fee") { Description = "How many coins the miner gets; without it the least that nodes ask.", HelpName = "F" };

    public static readonly Option<string?> FeeRate = new("--fee-rate") { Description = "How many satoshis the miner gets for each vbyte, in place of --fee.", HelpName = "RATE" };

    public static readonly Option<string?> Wait = new("--wait")
    {
        Description = "Wait until the payment is in a block, or until it has N confirmations; --timeout limits it. With --mine and without a node, mine until then.",
        HelpName = "N",
        Arity = ArgumentArity.ZeroOrOne,
    };

    public static readonly Option<bool> DryRun = new("--dry-run") { Description = "Show what would be sent, and whether it would be taken, and send nothing." };

    public static readonly Option<bool> AllowHighFee = new("--allow-high-fee") { Description = "Send a fee of more than maxtxfee of the configuration as well, which is 0.1 coins without it." };

    public static readonly Option<bool> Mine = new("--mine") { Description = "Mine a block with the payment at once; its reward goes to the sender." };

    public static readonly Option<string?> Peer = new("--peer")
    {
        Description = "The node that is given the payment where none runs here; without it the central node of the network here, else 127.0.0.1:3000.",
        HelpName = "HOST:PORT",
    };

    /// <summary>How many coins.</summary>
    public static Amount ParseAmount(CommandRun run) => ParseAmount(run.Parsed.GetRequiredValue(AmountOption), "--amount", allowZero: false);

    /// <summary>What the method <c>pay</c> is told of the fee.</summary>
    public static JsonObject ParseFee(CommandRun run)
    {
        var options = new JsonObject();
        if (run.Get(AllowHighFee)) options["max_fee"] = RpcJson.Money(Amount.MaxMoney);
        var rate = run.Get(FeeRate);
        if (run.Get(Fee) is { } fee)
        {
            if (rate is not null) throw CommandException.Usage("--fee and --fee-rate both say what the miner gets: leave one out.");
            options["fee"] = RpcJson.Money(ParseAmount(fee, "--fee", allowZero: true));
        }
        else if (rate is not null)
        {
            options["fee_rate"] = decimal.TryParse(rate, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var perByte) && perByte is >= 0 and <= HighestFeeRate
                ? decimal.Ceiling(perByte * 1_000) / 1_000
                : throw CommandException.Usage($"--fee-rate {rate} is no rate: it is a number of satoshis a vbyte, from 0 to {HighestFeeRate}.");
        }

        return options;
    }

    /// <summary>The confirmations to wait for; 0 for none.</summary>
    public static int ParseWait(CommandRun run)
    {
        if (run.Parsed.GetResult(Wait) is null) return 0;
        return run.Get(Wait) is not { } text ? 1
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count is >= 1 and <= MostConfirmations ? count
            : throw CommandException.Usage($"--wait {text} is no number of confirmations: it is a whole number from 1 to {MostConfirmations}.");
    }

    /// <summary>The node that is given the payment where none runs here.</summary>
    public static EndPoint ParsePeer(CommandRun run)
    {
        if (run.Get(Peer) is not { } text) return Net.NetMember.CentralOf(run.Settings);
        return PeerEndPoint.TryParse(text, run.Params.DefaultPort, out var endPoint) ? endPoint : throw CommandException.Usage($"--peer {text} is no HOST:PORT.");
    }

    private static Amount ParseAmount(string text, string option, bool allowZero)
    {
        if (!Amount.TryParse(text, out var amount))
            throw CommandException.Usage($"{option} {text} is no amount: it is a number of coins such as 1.5, with at most 8 decimals, and at most 21000000.");
        return amount != Amount.Zero || allowZero ? amount : throw CommandException.Usage($"{option} must be more than zero.");
    }
}
