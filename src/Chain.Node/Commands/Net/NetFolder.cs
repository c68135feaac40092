using System.Net;
using Chain.Node.Rpc;
using Chain.Node.Snapshots;
using Chain.State.Storage;

namespace Chain.Node.Commands.Net;

/// <summary>The folder of a local network, held by one command at a time; others that would change it wait.</summary>
internal sealed class NetFolder : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly FolderLock _lock;

    private NetFolder(FolderLock held, NodeSettings settings)
    {
        _lock = held;
        Settings = settings;
    }

    /// <summary>The settings that the command was given; their node need not be one of the network.</summary>
    public NodeSettings Settings { get; }

    /// <summary>The folder.</summary>
    public string Path => Settings.DataDirectory;

    /// <summary>Takes the folder, which is made where it is not there.</summary>
    public static async Task<NetFolder> TakeAsync(CommandRun run, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(run.Settings.DataDirectory);
        var start = run.Clock.GetTimestamp();
        while (true)
        {
            if (FolderLock.TryTake(run.Settings.DataDirectory) is { } held)
            {
                // What a restore that was killed has begun comes first.
                RestoreJournal.FinishUnderLock(run.Settings.DataDirectory);
                return new NetFolder(held, run.Settings);
            }

            if (run.Clock.GetElapsedTime(start) > Patience)
                throw new CommandException($"Another 'chain net' or 'chain snapshot' works in {run.Settings.DataDirectory}. Wait until it is done, or end it.");
            await Task.Delay(Pause, run.Clock, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>Takes the folder of a network, which must be there.</summary>
    public static async Task<(NetFolder Folder, NetFile File)> TakeNetAsync(CommandRun run, CancellationToken cancellationToken)
    {
        // A folder without a network is left as it is.
        _ = GetFile(run.Settings);
        var folder = await TakeAsync(run, cancellationToken).ConfigureAwait(false);
        try
        {
            return (folder, GetFile(run.Settings));
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>The network, which must be there.</summary>
    public static NetFile GetFile(NodeSettings settings) => NetFile.Find(settings.DataDirectory)
        ?? throw new CommandException($"There is no network in {settings.DataDirectory}. Start one with 'chain net up 3', or name its folder with --datadir.");

    /// <summary>The settings of one of its nodes: number and folder give all.</summary>
    public static NodeSettings SettingsOf(NodeSettings settings, int id) => new() { NodeId = id, IsNodeIdGiven = true, DataDirectory = settings.DataDirectory };

    /// <summary>Where a node listens for others.</summary>
    public static string PlaceOf(int id) => new IPEndPoint(IPAddress.Loopback, id).ToString();

    /// <summary>Where a node's words go.</summary>
    public static string LogOf(NodeSettings settings, int id) => System.IO.Path.Combine(settings.DataDirectory, $"node_{id}.log");

    /// <summary>Connects to a node that runs; null where it does not answer.</summary>
    public static async Task<HttpNodeClient?> TryConnectAsync(NodeSettings node, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (DatabaseLock.ReadOwner(node.DatabasePath) is not { HttpPort: > 0 } owner) return null;
        return await ChainFolder.TryConnectAsync(node, owner.HttpPort, clock, cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public void Dispose() => _lock.Dispose();
}
