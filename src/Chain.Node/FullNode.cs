using System.Net;
using System.Net.Sockets;
using Chain.Core.Consensus;
using Chain.Network;
using Chain.Network.Messages;
using Chain.Network.Transport;
using Chain.Node.Explorer;
using Chain.Node.Explorer.Live;
using Chain.Node.Logging;
using Chain.Node.Rpc;
using Chain.Node.Wallet;
using Chain.State;
using Microsoft.Extensions.Logging;

namespace Chain.Node;

/// <summary>What a node is started with, beside its settings.</summary>
public sealed record FullNodeOptions
{
    /// <summary>Where to listen for peers; port 0 takes a free one.</summary>
    public required IPEndPoint Listen { get; init; }

    /// <summary>The peers to keep connections to.</summary>
    public IReadOnlyList<EndPoint> Peers { get; init; } = [];

    /// <summary>Nodes that cannot be reached from the start, named by where they listen.</summary>
    public IReadOnlyList<EndPoint> Unreachable { get; init; } = [];

    /// <summary>What the node mines from its start on; null where it does not mine.</summary>
    public MiningOrder? Mining { get; init; }

    /// <summary>What the configuration says about peers.</summary>
    public NetworkConfiguration Network { get; init; } = new();

    /// <summary>The height at which the node stops by itself; 0 for none.</summary>
    public int StopAtHeight { get; init; }

    /// <summary>Who may call beside those with the cookie.</summary>
    public RpcAccess Rpc { get; init; } = new();

    /// <summary>What is shown to everyone.</summary>
    public ExplorerSettings Explorer { get; init; } = new();

    /// <summary>What the wallets do.</summary>
    public WalletSettings Wallets { get; init; } = new();

    /// <summary>What to log beside what is always logged.</summary>
    public LogCategories LogCategories { get; init; } = new();

    /// <summary>Watches the node fetch a chain; null where nobody wants to be told.</summary>
    public SyncWatch? SyncWatch { get; init; }
}

/// <summary>
/// A running node, put together by hand in the order of its dependencies: chain and pool, the loop that owns them, the
/// handler of messages, the peers, the miner, the RPC server.
/// </summary>
public sealed class FullNode : IPeerObserver, INodeControl
{
    private static readonly TimeSpan TickInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan IdleFlushInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan SaveInterval = TimeSpan.FromMinutes(1);

    /// <summary>So long a wallet that was away may keep the loop; what it has missed beyond that it takes in beside all else.</summary>
    private static readonly TimeSpan LongestWithoutOthers = TimeSpan.FromMilliseconds(200);

    private readonly NodeSettings _settings;
    private readonly FullNodeOptions _options;
    private readonly NodeClock _clock;
    private readonly ILogger _log;
    private readonly NodeLoop _loop = new();
    private readonly LoadedChain _chain;
    private readonly MessageHandler _handler;
    private readonly Intake _intake;
    private readonly NetworkFiles _files;
    private readonly EventFeed _feed;
    private readonly TaskCompletionSource<string> _stopRequest = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastFlush;
    private long _lastSave;
    private int _height;

    /// <summary>Puts a node together over an open chain, which it closes in the end.</summary>
    public FullNode(NodeSettings settings, FullNodeOptions options, LoadedChain chain, NodeClock clock, ILogger log)
    {
        _settings = settings;
        _options = options;
        _clock = clock;
        _log = log;
        _chain = chain;
        _handler = new MessageHandler(chain, _loop, clock, log);
        _intake = new Intake(chain, _loop, _handler, log);
        _loop.AfterWork += _handler.AnnounceTip;
        if (options.SyncWatch is { } watch) _loop.AfterWork += () => watch.Look(_handler.DescribeSync);
        var together = new GroupCommit(chain.Chainstate.InOneCommitBehind, () => chain.Chainstate.Durable);
        _loop.Together = () => _handler.Sync.IsCatchingUp ? together : null;
        _lastFlush = _lastSave = clock.GetTimestamp();
        StartedAt = clock.GetUtcNow();
        _height = chain.Chainstate.Tip.Height;
        chain.Chainstate.TipChanged += OnTipChanged;
        Peers = new PeerSet(PeerOptions(chain, clock), new TcpTransport(), this);
        _files = new NetworkFiles(settings, Peers, log);
        _feed = new EventFeed(chain, options.Explorer.MostListeners);
        Mining = new MiningSwitch(MineAsync);
        chain.Chainstate.BlockFailed += (node, violation) => log.BlockFailed(node.Height, node.Hash, violation);
        chain.Chainstate.BlockDisconnected += (node, _) => log.BlockDisconnected(node.Height, node.Hash);
        chain.Mempool.TransactionAccepted += entry => log.TransactionAccepted(entry.Transaction.Id, entry.Fee);
        chain.Mempool.TransactionRemoved += (entry, reason) => log.TransactionRemoved(entry.Transaction.Id, reason);
    }

    /// <inheritdoc/>
    public PeerSet Peers { get; }

    /// <inheritdoc/>
    public MiningSwitch Mining { get; }

    /// <inheritdoc/>
    public DateTimeOffset StartedAt { get; }

    /// <inheritdoc/>
    public NodeClock Clock => _clock;

    /// <inheritdoc/>
    public LogCategories LogCategories => _options.LogCategories;

    /// <summary>
    /// Runs until it is told to stop: by the token, by RPC, or because the database failed. Throws what ended it, if anything
    /// did; the database is closed cleanly in any case but its own failure.
    /// </summary>
    public async Task RunAsync(Action<EndPoint> onReady, CancellationToken cancellationToken)
    {
        var wallets = _options.Wallets.IsDisabled ? null : new WalletSet(_settings.WalletPath, _chain, _loop, _clock, _log, LongestWithoutOthers) { Settings = _options.Wallets };
        var loop = Task.Run(_loop.RunAsync, CancellationToken.None);
        using var running = new CancellationTokenSource();
        using var keeper = new IndexKeeper(_chain, _loop, () => _handler.Sync.IsCatchingUp, _log);
        var work = new List<Task>();
        try
        {
            if (wallets is not null) await _loop.InvokeAsync(wallets.LoadAtStart).ConfigureAwait(false);
            var context = new RpcContext(_loop, _chain, _handler.SubmitBlock, this) { Wallets = wallets };
            var server = new RpcServer(_settings, _options.Rpc, context, await _loop.InvokeAsync(() => new ExplorerServer(context, keeper, _feed, _options.Explorer, _log)).ConfigureAwait(false), _log);
            await using (server.ConfigureAwait(false))
            {
                await server.StartAsync(cancellationToken).ConfigureAwait(false);
                _files.Load();
                await Peers.SetUnreachableAsync(_options.Unreachable).ConfigureAwait(false);
                var listen = StartListening();
                foreach (var peer in _options.Peers) Peers.AddPersistent(peer);
                work.Add(TickAsync(running.Token));
                work.Add(keeper.RunAsync(running.Token));
                if (wallets is not null) work.Add(wallets.RunAsync(running.Token));
                _log.Starting(_settings.NodeId, _chain.Params.Genesis.Hash, _chain.Chainstate.Tip.Height, listen, $"{server.EndPoint}", _settings.DataDirectory);
                if (_chain.CoinsWereDamaged) _log.CoinsWereDamaged();
                if (_options.Mining is { } order) Mining.Start(order);
                work.Add(Mining.RunAsync(running.Token));
                onReady(listen);
                var reason = await WaitForEndAsync(loop, work, cancellationToken).ConfigureAwait(false);
                _log.Stopping(_settings.NodeId, reason);
            }
        }
        finally
        {
            await running.CancelAsync().ConfigureAwait(false);
            try
            {
                await Peers.DisposeAsync().ConfigureAwait(false);
            }
            finally
            {
                _files.SaveAddresses();
                await Task.WhenAll(work).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                _loop.Complete();
                await loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                try
                {
                    wallets?.Dispose();
                }
                finally
                {
                    _chain.Dispose();
                }
            }
        }

        await loop.ConfigureAwait(false);
        _log.Stopped(_settings.NodeId);
    }

    /// <inheritdoc/>
    public PeerProgress Describe(Peer peer) => _handler.Describe(peer.Id);

    /// <inheritdoc/>
    public Task RunScheduledAsync() => _loop.InvokeAsync(() =>
    {
        _handler.Tick();
        _handler.Relay.AnnounceUnbroadcast();
    });

    /// <inheritdoc/>
    public void RequestStop(string reason) => _stopRequest.TrySetResult(reason);

    /// <inheritdoc/>
    public async ValueTask OnHandshakeAsync(Peer peer, CancellationToken cancellationToken)
    {
        _log.PeerConnected(peer, peer.Version.UserAgent, peer.Version.StartHeight);
        await _intake.GuardAsync(peer, () => _loop.InvokeAsync(() => _handler.OnHandshake(peer))).ConfigureAwait(false);
        _feed.OnPeers(Peers.Peers.Count);
    }

    /// <inheritdoc/>
    public async ValueTask OnMessageAsync(Peer peer, Message message, CancellationToken cancellationToken)
    {
        switch (message)
        {
            case BlockMessage block:
                await _intake.TakeAsync(peer, block.Block, cancellationToken).ConfigureAwait(false);
                break;
            case TxMessage tx:
                await _intake.TakeAsync(peer, tx.Transaction, cancellationToken).ConfigureAwait(false);
                break;
            case GetDataMessage request:
                await _intake.SettleAsync(peer).ConfigureAwait(false);
                await _intake.GuardAsync(peer, () => _handler.ServeAsync(peer, request, cancellationToken)).ConfigureAwait(false);
                break;
            default:
                await _intake.GuardAsync(peer, () => _loop.InvokeAsync(() => _handler.Handle(peer, message))).ConfigureAwait(false);
                break;
        }
    }

    /// <inheritdoc/>
    public async ValueTask SettleAsync(Peer peer) => await _intake.SettleAsync(peer).ConfigureAwait(false);

    /// <inheritdoc/>
    public void OnDisconnected(Peer peer, string reason)
    {
        _log.PeerDisconnected(peer, reason);
        _intake.Forget(peer);
        _ = _loop.InvokeAsync(() => _handler.OnDisconnected(peer));
        _feed.OnPeers(Peers.Peers.Count);
    }

    /// <inheritdoc/>
    public void OnTraffic(Peer peer, bool sent, string command, int payloadSize)
    {
        if (!LogCategories.IsOn(LogCategories.Net)) return;
        if (sent) _log.Sent(command, payloadSize, peer);
        else _log.Received(command, payloadSize, peer);
    }

    /// <inheritdoc/>
    public void OnConnectFailed(EndPoint endPoint, string reason) => _log.ConnectFailed(PeerEndPoint.Format(endPoint), reason);

    private void OnTipChanged(BlockNode tip)
    {
        Volatile.Write(ref _height, tip.Height);
        if (_options.StopAtHeight > 0 && tip.Height >= _options.StopAtHeight) RequestStop($"the chain reached height {_options.StopAtHeight}");
    }

    private PeerSetOptions PeerOptions(LoadedChain chain, TimeProvider clock) => new()
    {
        TellsListenPort = chain.Params.Profile == Profiles.Private,
        Peer = new PeerOptions
        {
            Magic = chain.Params.Magic,
            Services = ServiceFlags.Network | ServiceFlags.Witness,
            UserAgent = _options.Network.UserAgent,
            Random = () => BitConverter.ToUInt64(System.Security.Cryptography.RandomNumberGenerator.GetBytes(sizeof(ulong))),
            StartHeight = () => Volatile.Read(ref _height),
            Time = clock,
            HandshakeTimeout = _options.Network.PeerTimeout,
        },
        Permitted = _options.Network.Permitted,
        BanTime = _options.Network.BanTime,
        KeepsLocalAddresses = chain.Params.Profile == Profiles.Private,
    };

    private IPEndPoint StartListening()
    {
        try
        {
            return Peers.Start(_options.Listen)!;
        }
        catch (SocketException e)
        {
            throw CannotListen(_options.Listen, "P2P", "--port", "--bind", e);
        }
    }

    /// <summary>Throws where a node could not listen, so that who is about to start one knows before.</summary>
    internal static void CheckPorts(NodeSettings settings, FullNodeOptions options)
    {
        CheckPort(options.Listen, "P2P", "--port", "--bind");
        CheckPort(new IPEndPoint(settings.HttpBind, settings.HttpPort), "RPC", "--http-port", "--http-bind");
    }

    private static void CheckPort(IPEndPoint endPoint, string use, string portFlag, string addressFlag)
    {
        try
        {
            using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(endPoint);
        }
        catch (SocketException e)
        {
            throw CannotListen(endPoint, use, portFlag, addressFlag, e);
        }
    }

    /// <summary>What to tell who wanted to listen, and which flags choose another place.</summary>
    internal static CommandException CannotListen(IPEndPoint endPoint, string use, string portFlag, string addressFlag, Exception cause) =>
        cause is SocketException { SocketErrorCode: SocketError.AddressNotAvailable }
            ? new CommandException($"The address {endPoint.Address} cannot be used: it is none of this machine. Choose another with {addressFlag}.", cause)
            : new CommandException(
                $"Port {endPoint.Port} for {use} cannot be used: {cause.Message}. Is another node running there? Stop it, or choose another port with {portFlag}.", cause);

    private async Task<string> WaitForEndAsync(Task loop, List<Task> work, CancellationToken cancellationToken)
    {
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = cancellationToken.Register(cancelled.SetResult);
        var ended = await Task.WhenAny([loop, cancelled.Task, _stopRequest.Task, .. work]).ConfigureAwait(false);
        if (ended == cancelled.Task) return "it was told to";
        if (ended == _stopRequest.Task) return await _stopRequest.Task.ConfigureAwait(false);

        // Where the loop fails, who waits for it is cancelled, perhaps before it is seen to have ended; the loop tells why.
        if (!ended.IsCanceled) await ended.ConfigureAwait(false);
        return "its work ended";
    }

    private async Task MineAsync(MiningOrder order, CancellationToken cancellationToken)
    {
        using var miner = new Miner(_chain, _loop, _handler.SubmitBlock, order, _clock, _log);
        try
        {
            await miner.RunAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (!Mining.IsOn) _log.MiningStopped();
        }
    }

    private async Task TickAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TickInterval, _clock);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false))
            {
                await _loop.InvokeAsync(Tick).ConfigureAwait(false);
                if (_clock.GetElapsedTime(_lastSave) < SaveInterval) continue;
                _lastSave = _clock.GetTimestamp();
                _files.SaveAddresses();
            }
        }
        catch (OperationCanceledException)
        {
            // The node stops.
        }
    }

    private void Tick()
    {
        _handler.Tick();
        if (_clock.GetElapsedTime(_lastFlush) < IdleFlushInterval || _handler.Sync.IsCatchingUp) return;
        _lastFlush = _clock.GetTimestamp();
        _chain.Chainstate.Flush();
    }
}
