using System.Net;
using System.Net.Sockets;
using Chain.Core.Consensus;
using Chain.Node.Rpc;
using Chain.State.Storage;

namespace Chain.Node.Commands.Doctor;

/// <summary>Whether the node runs and is well, or could be started.</summary>
internal static class NodeChecks
{
    /// <summary>A chain whose tip lies further ahead of the clock refuses nothing yet, but new blocks of this machine would be.</summary>
    private static readonly TimeSpan ClockTolerance = TimeSpan.FromHours(2);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public static async Task<IReadOnlyList<Finding>> AllAsync(CommandRun run, CancellationToken cancellationToken)
    {
        var settings = run.Settings;
        if (!File.Exists(settings.DatabasePath)) return Ports(settings);
        if (IsFree(settings))
        {
            return [Finding.Note("node", $"no node {settings.NodeId} is running", "'chain startnode' runs it; most commands work without."), .. Ports(settings)];
        }

        return await RunningAsync(run, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether no process has the database. Who may not write there only asks whether somebody has.</summary>
    private static bool IsFree(NodeSettings settings)
    {
        try
        {
            using var free = DatabaseLock.TryTake(settings.DatabasePath, Environment.ProcessId, httpPort: 0);
            return free is not null;
        }
        catch (DatabaseException)
        {
            using var shared = DatabaseLock.TryShare(settings.DatabasePath);
            return shared is not null;
        }
    }

    private static async Task<IReadOnlyList<Finding>> RunningAsync(CommandRun run, CancellationToken cancellationToken)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            var client = await ChainFolder.ConnectAsync(run.Settings, run.Clock, limit.Token).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                var chain = await client.GetAsync("getblockchaininfo", limit.Token).ConfigureAwait(false);
                var peers = (await client.GetAsync("getconnectioncount", limit.Token).ConfigureAwait(false)).GetValue<int>();
                return
                [
                    Finding.Good("node", $"node {run.Settings.NodeId} runs and answers, at height {chain["blocks"]}"),
                    peers == 0
                        ? Finding.Note("peers", "no other node is connected", "Fine for a chain of one's own; else 'chain rpc addnode HOST:PORT add' connects one.")
                        : Finding.Good("peers", $"{peers} connected"),
                    Clock(run, chain["time"]!.GetValue<long>()),
                ];
            }
        }
        catch (CommandException e)
        {
            return [Finding.Problem("node", e.Message, "It runs, and no command is let in: do what stands there.")];
        }
        catch (Exception e) when (e is RpcException or HttpRequestException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            var owner = DatabaseLock.ReadOwner(run.Settings.DatabasePath);
            var who = owner is var (id, port) ? $"process {id}{(port > 0 ? $", a node with RPC port {port}," : "")}" : "a process";
            return
            [
                Finding.Problem(
                    "node", $"{who} has the database and does not answer{(File.Exists(run.Settings.CookiePath) ? "" : $", and its cookie {run.Settings.CookiePath} is not there")}",
                    "Is it starting, or another user's? Look at its log; --cookie-file names a cookie elsewhere; end the process if it hangs."),
            ];
        }
    }

    private static Finding Clock(CommandRun run, long tipTime)
    {
        var ahead = DateTimeOffset.FromUnixTimeSeconds(tipTime) - run.Clock.GetUtcNow();
        return ahead > ClockTolerance
            ? Finding.Problem("clock", $"the newest block is {ahead.TotalHours:0.0} hours ahead of this machine's clock", "Set the clock: blocks mined here would be refused.")
            : Finding.Good("clock", "it agrees with the newest block");
    }

    private static Finding[] Ports(NodeSettings settings)
    {
        var isRegtest = !settings.IsNodeIdGiven && TryFindProfile(settings) == Profiles.RegtestName;
        var p2p = settings.Port ?? (isRegtest ? Profiles.Regtest.DefaultPort : settings.NodeId);
        var http = settings.GivenHttpPort ?? (isRegtest ? p2p - 1 : settings.HttpPort);
        return [Port(p2p, IPAddress.Loopback, "P2P", "--port"), Port(http, settings.HttpBind, "RPC", "--http-port")];
    }

    private static Finding Port(int port, IPAddress address, string use, string flag)
    {
        try
        {
            using var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Bind(new IPEndPoint(address, port));
            return Finding.Good($"{use} port", $"{port} is free");
        }
        catch (SocketException e)
        {
            return Finding.Problem($"{use} port", $"{port} cannot be used: {e.Message}", $"Another program, or a node of another folder, listens there: stop it, or start with another --node, or with {flag}.");
        }
    }

    private static string? TryFindProfile(NodeSettings settings)
    {
        try
        {
            return ChainFolder.FindParams(settings)?.Profile;
        }
        catch (Exception e) when (e is CommandException or DatabaseException)
        {
            return null;
        }
    }
}
