using System.CommandLine;
using System.Net;
using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Network;

namespace Chain.Node.Commands;

/// <summary><c>chain startnode</c>: runs a node until Ctrl-C or SIGTERM.</summary>
internal static class StartNodeCommand
{
    private static readonly Option<string?> Miner = new("--miner") { Description = "Mine, and be paid at this address.", HelpName = "ADDRESS" };

    private static readonly Option<string[]> Peer = new("--peer")
    {
        Description = "A node to keep a connection to; may be given several times. Without it, the central node of the network here, else 127.0.0.1:3000.",
        HelpName = "HOST:PORT",
    };

    private static readonly Option<string?> Profile = new("--profile") { Description = "Take part in this chain, where the folder has none yet: regtest.", HelpName = "NAME" };

    private static readonly Option<string> Bind = new("--bind")
    {
        Description = "The address to listen on for other nodes.",
        HelpName = "ADDRESS",
        DefaultValueFactory = _ => IPAddress.Loopback.ToString(),
    };

    private static readonly Option<string[]> Unreachable = new("--unreachable")
    {
        Description = "A node that this one cannot reach, nor be reached by, until 'net heal'; may be given several times.",
        HelpName = "HOST:PORT",
        Hidden = true,
    };

    private static readonly Option<bool> Detached = new("--detached") { Description = "Leave the terminal: a session of its own.", Hidden = true };

    private static readonly Option<bool> Debug = new("--debug") { Description = "Log every message that is sent and received." };

    public static Command Create(CommandConsole console)
    {
        var command = new Command(
            "startnode",
            """
            Run a node: keep the chain with others, answer commands, and mine if asked to.

            Examples:
              chain startnode                                   follow the chain, connected to the central node
              chain startnode --miner ADDRESS                   and make a block as soon as a transaction waits
              chain startnode --miner ADDRESS --block-time 10   or one every 10 seconds, empty ones too
            """)
        { Miner, MiningOptions.Automine, MiningOptions.BlockTime, MiningOptions.Threads, Peer, Profile, Bind, Unreachable, Detached, Debug, CorsOption.Value };
        TestChainOptions.AddTo(command);
        command.Runs(console, RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        if (run.Get(Detached)) Net.PosixProcess.LeaveTerminal();
        Secp256k1.Load();
        var (parsed, settings) = (run.Parsed, run.Settings);
        var profile = FindProfile(settings, parsed.GetValue(Profile));
        var p = profile ?? ChainFolder.GetParams(settings);
        settings = settings with { GivenHttpPort = settings.GivenHttpPort ?? DefaultHttpPort(settings, p) };
        var options = Options(parsed, settings, p);
        var host = new NodeHost(run, settings, p) { Overrides = TestChainOptions.OverridesOf(parsed, p), LogsEverything = parsed.GetValue(Debug), Cors = parsed.GetValue(CorsOption.Value) };
        host.Clock.MockTime = TestChainOptions.MockTimeOf(parsed, p);
        if (profile is not null) Directory.CreateDirectory(settings.DataDirectory);
        await host.RunAsync(options, stop => profile is null ? Task.CompletedTask : InitCommand.AdoptAsync(settings, profile, stop), _ => { }, _ => { }, cancellationToken).ConfigureAwait(false);
        return 0;
    }

    /// <summary>The chain of a profile that the folder can take part in; null where none is named.</summary>
    private static ChainParams? FindProfile(NodeSettings settings, string? name)
    {
        if (name is null) return null;
        if (name != Profiles.RegtestName)
            throw CommandException.Usage($"'{name}' is no profile. It can be 'regtest'; a private chain comes from its {GenesisFile.FileName}.");
        InitCommand.CheckAdoptable(settings, Profiles.Regtest);
        return Profiles.Regtest;
    }

    private static FullNodeOptions Options(ParseResult parsed, NodeSettings settings, ChainParams p)
    {
        if (!IPAddress.TryParse(parsed.GetValue(Bind), out var bind)) throw CommandException.Usage($"--bind {parsed.GetValue(Bind)} is no IP address.");
        _ = MiningOptions.ParseThreads(parsed);
        if (parsed.GetValue(Miner) is null && MiningOptions.AreGiven(parsed)) throw CommandException.Usage("--automine and --block-time say when a block is made: --miner ADDRESS says who is paid for it.");
        var port = settings.Port ?? (settings.IsNodeIdGiven ? settings.NodeId : p.DefaultPort);
        return new FullNodeOptions
        {
            Listen = new IPEndPoint(bind, port),
            Peers = Peers(parsed, port, p, Net.NetMember.CentralOf(settings)),
            Unreachable = Places(parsed, Unreachable, p),
            Mining = parsed.GetValue(Miner) is { } miner ? MiningOptions.Order(parsed, Nicknames.ResolveInFile(settings, miner, p)) : null,
        };
    }

    private static List<EndPoint> Places(ParseResult parsed, Option<string[]> option, ChainParams p) =>
        [.. (parsed.GetValue(option) ?? []).Select(text => PeerEndPoint.TryParse(text, p.DefaultPort, out var endPoint)
            ? endPoint
            : throw CommandException.Usage($"{option.Name} {text} is no HOST:PORT."))];

    private static List<EndPoint> Peers(ParseResult parsed, int ownPort, ChainParams p, IPEndPoint central)
    {
        var peers = Places(parsed, Peer, p);
        if (peers.Count == 0 && p.Profile == Profiles.Private && ownPort != central.Port) peers.Add(central);
        return peers;
    }

    private static int? DefaultHttpPort(NodeSettings settings, ChainParams p) =>
        settings.IsNodeIdGiven || p.Profile != Profiles.RegtestName ? null : p.DefaultPort - 1;
}
