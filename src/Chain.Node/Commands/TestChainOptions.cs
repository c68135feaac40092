using System.CommandLine;
using System.Globalization;
using Chain.Core.Consensus;

namespace Chain.Node.Commands;

/// <summary>What only a test chain allows: a clock that stands still, and rule changes that begin at other heights.</summary>
internal static class TestChainOptions
{
    private static readonly Option<string?> MockTime = new("--mocktime")
    {
        Description = "On regtest only: fix the node's clock at this Unix time.",
        HelpName = "UNIX",
    };

    private static readonly Option<string[]> Activation = new("--activation")
    {
        Description = "On regtest only, for this run: let a deployment begin at this height; may be given several times.",
        HelpName = "NAME@HEIGHT",
    };

    private static readonly Option<bool> AcceptNonStandard = new("--accept-non-standard")
    {
        Description = "On regtest only: take transactions of any form into the pool, as Core does with -acceptnonstdtxn.",
    };

    public static void AddTo(Command command)
    {
        command.Add(MockTime);
        command.Add(Activation);
        command.Add(AcceptNonStandard);
    }

    /// <summary>The Unix time at which the clock stands still; 0 for real time.</summary>
    public static long MockTimeOf(ParseResult parsed, ChainParams p)
    {
        if (parsed.GetValue(MockTime) is not { } text) return 0;
        CheckAllowed("--mocktime", p);
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var time) && time is >= 1 and <= NodeClock.LatestMockTime
            ? time
            : throw CommandException.Usage($"--mocktime {text} is no Unix time: it is a number of seconds from 1 to {NodeClock.LatestMockTime}.");
    }

    /// <summary>In what this run differs from the chain's own rules.</summary>
    public static ChainOverrides OverridesOf(ParseResult parsed, ChainParams p)
    {
        var moves = parsed.GetValue(Activation) ?? [];
        if (moves.Length > 0) CheckAllowed("--activation", p);
        _ = Move(p, moves);
        var acceptNonStandard = parsed.GetValue(AcceptNonStandard);
        if (acceptNonStandard && p.Profile != Profiles.RegtestName)
            throw CommandException.Usage("--accept-non-standard is for regtest: a private chain takes transactions of any form.");
        return new ChainOverrides { Activations = chain => Move(chain, moves), Policy = policy => acceptNonStandard ? policy with { RequireStandard = false } : policy };
    }

    private static ChainParams Move(ChainParams p, IEnumerable<string> moves) => moves.Aggregate(p, (moved, text) =>
        Deployments.TryMove(moved, text, out var error) ?? throw CommandException.Usage($"--activation: {error}."));

    private static void CheckAllowed(string flag, ChainParams p)
    {
        if (p.Profile != Profiles.RegtestName)
            throw CommandException.Usage($"{flag} is for test chains only, and this chain's profile is '{p.Profile}'. Leave it out, or use a regtest chain.");
    }
}
