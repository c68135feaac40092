using System.Net;
using Chain.Core.Consensus;
using Chain.Node.Explorer;
using Chain.Node.Logging;
using Chain.Node.Rpc;
using Chain.Node.Wallet;
using Chain.State;
using Microsoft.Extensions.Logging;

namespace Chain.Node.Commands;

/// <summary>Runs a node inside a command, until Ctrl-C, SIGTERM or 'chain stop': its log goes to stderr.</summary>
internal sealed class NodeHost
{
    private readonly CommandRun _run;
    private readonly ConfigurationFile _configuration;

    public NodeHost(CommandRun run, NodeSettings settings, ChainParams p)
    {
        _run = run;
        Settings = settings;
        Params = p;
        Clock = new NodeClock(run.Clock);
        _configuration = ConfigurationFile.Read(settings, p.Profile);
    }

    /// <summary>The node and its files.</summary>
    public NodeSettings Settings { get; }

    /// <summary>The chain.</summary>
    public ChainParams Params { get; }

    /// <summary>The node's clock.</summary>
    public NodeClock Clock { get; }

    /// <summary>In what this run differs from the chain's own rules.</summary>
    public ChainOverrides Overrides { get; init; } = new();

    /// <summary>A site whose pages may read /api, beside those of the configuration.</summary>
    public string? Cors { get; init; }

    /// <summary>Whether every message and all else is logged.</summary>
    public bool LogsEverything { get; init; }

    /// <summary>The least that is logged.</summary>
    public LogLevel Level { get; init; } = LogLevel.Information;

    /// <summary>
    /// Takes the database, prepares the folder, opens the chain and runs the node. The ports are looked at before: a node that
    /// cannot run has written nothing.
    /// </summary>
    public async Task RunAsync(FullNodeOptions options, Func<CancellationToken, Task> prepare, Action<LoadedChain> onOpen, Action<EndPoint> onReady, CancellationToken cancellationToken)
    {
        var general = GeneralConfiguration.From(_configuration);
        if (LogsEverything) general.LogCategories.SetAll(true);
        options = options with
        {
            Rpc = RpcAccess.From(_configuration),
            Network = NetworkConfiguration.From(_configuration),
            StopAtHeight = general.StopAtHeight,
            Wallets = WalletSettings.From(_configuration),
            Explorer = ExplorerSettings.From(_configuration).With(Cors),
            LogCategories = general.LogCategories,
        };
        var overrides = Overrides with { Policy = policy => Overrides.Policy(PoolConfiguration.Apply(policy, _configuration)) };
        _ = overrides.Policy(MempoolPolicy.For(Params));

        // The factory does not own what it is given: without this the last lines would be lost.
        using var status = new StatusWriter(_run.Console.Error);
        using var lines = new StderrLoggerProvider(status, _run.Clock);
        using var factory = LoggerFactory.Create(builder => builder
            .SetMinimumLevel(LogLevel.Debug)
            .AddFilter(level => level >= Level || general.LogCategories.IsAnyOn)
            .AddProvider(lines));
        var log = factory.CreateLogger("node");
        var sync = ReportTo(status, log);
        if (!_run.Manners.IsQuiet) options = options with { SyncWatch = new SyncWatch(_run.Clock, sync.Show) };
        try
        {
            var chain = await OpenAsync(options, overrides, prepare, cancellationToken).ConfigureAwait(false);
            if (File.Exists(Settings.GenesisPath) && await File.ReadAllTextAsync(Settings.GenesisPath, CancellationToken.None).ConfigureAwait(false) != GenesisFile.Write(Params))
                log.GenesisDiffers(Settings.GenesisPath);
            if (_configuration.Unknown(ConfigurationNames.All).ToList() is { Count: > 0 } unknown) log.UnknownConfiguration(_configuration.Path, string.Join(", ", unknown));
            onOpen(chain);
            var node = new FullNode(Settings, options, chain, Clock, log);
            await node.RunAsync(onReady, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // It was told to stop before it ran.
        }
        finally
        {
            sync.Clear();
        }
    }

    /// <summary>A bar, where lines can be drawn anew.</summary>
    private SyncReport ReportTo(StatusWriter status, ILogger log) => _run.Error.IsTerminal && _run.Error.Terminal().Profile.Capabilities is { Ansi: true } can
        ? new SyncReport(status, () => _run.Error.Terminal().Profile.Width, _run.Manners.HasColor, can.Unicode, log, _run.Clock)
        : new SyncReport(log, _run.Clock);

    private async Task<LoadedChain> OpenAsync(FullNodeOptions options, ChainOverrides overrides, Func<CancellationToken, Task> prepare, CancellationToken cancellationToken)
    {
        var held = await ChainFolder.LockAsync(Settings, Settings.HttpPort, Clock, cancellationToken).ConfigureAwait(false);
        try
        {
            FullNode.CheckPorts(Settings, options);
            await prepare(cancellationToken).ConfigureAwait(false);
        }
        catch
        {
            held.Dispose();
            throw;
        }

        return LoadedChain.Open(held, Settings.DatabasePath, Params, Clock, overrides);
    }
}
