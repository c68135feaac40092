using System.CommandLine;
using System.Net;
using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Network;
using Chain.Node.Logging;
using Chain.Node.Rpc;
using Microsoft.Extensions.Logging;

namespace Chain.Node.Commands;

/// <summary><c>chain startnode</c>: runs a node until Ctrl-C or SIGTERM.</summary>
internal static class StartNodeCommand
{
    private static readonly Option<string?> Miner = new("--miner") { Description = "Mine, and be paid at this address.", HelpName = "ADDRESS" };

    private static readonly Option<int?> Threads = NumberOption.Create("--threads", "The threads that mine; all processors without it.", "N");

    private static readonly Option<string[]> Peer = new("--peer")
    {
        Description = "A node to keep a connection to; may be given several times. Without it, the central node 127.0.0.1:3000.",
        HelpName = "HOST:PORT",
    };

    private static readonly Option<string?> Profile = new("--profile") { Description = "Take part in this chain, where the folder has none yet: regtest.", HelpName = "NAME" };

    private static readonly Option<string> Bind = new("--bind")
    {
        Description = "The address to listen on for other nodes.",
        HelpName = "ADDRESS",
        DefaultValueFactory = _ => IPAddress.Loopback.ToString(),
    };

    private static readonly Option<bool> Debug = new("--debug") { Description = "Log every message that is sent and received." };

    public static Command Create(CommandConsole console)
    {
        var command = new Command("startnode", "Run a node: keep the chain with others, answer commands, and mine if asked to.") { Miner, Threads, Peer, Profile, Bind, Debug };
        TestChainOptions.AddTo(command);
        command.Runs(console, RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        Secp256k1.Load();
        var (parsed, console, settings) = (run.Parsed, run.Console, run.Settings);
        var profile = FindProfile(settings, parsed.GetValue(Profile));
        var p = profile ?? ChainFolder.GetParams(settings);
        settings = settings with { GivenHttpPort = settings.GivenHttpPort ?? DefaultHttpPort(settings, p) };
        var configuration = ConfigurationFile.Read(settings, p.Profile);
        var general = GeneralConfiguration.From(configuration);
        var categories = general.LogCategories;
        if (parsed.GetValue(Debug)) categories.SetAll(true);
        var options = Options(parsed, settings, p) with
        {
            Rpc = RpcAccess.From(configuration),
            Network = NetworkConfiguration.From(configuration),
            StopAtHeight = general.StopAtHeight,
            LogCategories = categories,
        };
        var clock = new NodeClock(console.Clock) { MockTime = TestChainOptions.MockTimeOf(parsed, p) };
        var overrides = TestChainOptions.OverridesOf(parsed, p);
        // The factory does not own what it is given: without this the last lines would be lost.
        using var lines = new StderrLoggerProvider(console.Error, console.Clock);
        using var factory = LoggerFactory.Create(builder => builder
            .SetMinimumLevel(LogLevel.Debug)
            .AddFilter(level => level >= LogLevel.Information || categories.IsAnyOn)
            .AddProvider(lines));
        var log = factory.CreateLogger("node");

        try
        {
            var chain = await OpenAsync(settings, options, profile, p, overrides, clock, cancellationToken).ConfigureAwait(false);
            if (File.Exists(settings.GenesisPath) && await File.ReadAllTextAsync(settings.GenesisPath, CancellationToken.None).ConfigureAwait(false) != GenesisFile.Write(p))
                log.GenesisDiffers(settings.GenesisPath);
            if (configuration.Unknown([.. RpcAccess.Names, .. NetworkConfiguration.Names, .. GeneralConfiguration.Names]).ToList() is { Count: > 0 } unknown) log.UnknownConfiguration(configuration.Path, string.Join(", ", unknown));
            var node = new FullNode(settings, options, chain, clock, log);
            await node.RunAsync(_ => { }, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // It was told to stop before it ran.
        }

        return 0;
    }

    /// <summary>Takes the database and opens it. The ports are looked at before: a node that cannot run has written nothing.</summary>
    private static async Task<LoadedChain> OpenAsync(
        NodeSettings settings, FullNodeOptions options, ChainParams? profile, ChainParams p, ChainOverrides overrides, TimeProvider clock, CancellationToken stop)
    {
        if (profile is not null) Directory.CreateDirectory(settings.DataDirectory);
        var held = await ChainFolder.LockAsync(settings, settings.HttpPort, clock, stop).ConfigureAwait(false);
        try
        {
            FullNode.CheckPorts(settings, options);
            if (profile is not null) await InitCommand.AdoptAsync(settings, profile, stop).ConfigureAwait(false);
        }
        catch
        {
            held.Dispose();
            throw;
        }

        return LoadedChain.Open(held, settings.DatabasePath, p, clock, overrides);
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
        if (parsed.GetValue(Threads) is <= 0 or > 1024) throw CommandException.Usage("--threads must be from 1 to 1024.");
        var port = settings.Port ?? (settings.IsNodeIdGiven ? settings.NodeId : p.DefaultPort);
        return new FullNodeOptions
        {
            Listen = new IPEndPoint(bind, port),
            Peers = Peers(parsed.GetValue(Peer) ?? [], port, p),
            MineTo = parsed.GetValue(Miner) is { } miner ? ChainFolder.ParseAddress(miner, p.AddressFormat) : null,
            MiningThreads = parsed.GetValue(Threads) ?? Environment.ProcessorCount,
        };
    }

    private static List<EndPoint> Peers(string[] given, int ownPort, ChainParams p)
    {
        var peers = given.Select(text => PeerEndPoint.TryParse(text, p.DefaultPort, out var endPoint)
            ? endPoint
            : throw CommandException.Usage($"--peer {text} is no HOST:PORT.")).ToList();
        if (peers.Count == 0 && p.Profile == Profiles.Private && ownPort != NodeSettings.CentralNode)
            peers.Add(new IPEndPoint(IPAddress.Loopback, NodeSettings.CentralNode));
        return peers;
    }

    private static int? DefaultHttpPort(NodeSettings settings, ChainParams p) =>
        settings.IsNodeIdGiven || p.Profile != Profiles.RegtestName ? null : p.DefaultPort - 1;
}
