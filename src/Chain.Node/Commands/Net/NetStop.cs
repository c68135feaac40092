using Chain.Node.Rpc;
using Chain.State.Storage;

namespace Chain.Node.Commands.Net;

/// <summary>Ends nodes of a local network, and waits until their files are closed. Never ends a process that does not hold one of its databases.</summary>
internal static class NetStop
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Ends a node; false where none ran. Throws where it does not end.</summary>
    public static async Task<bool> StopAsync(NodeSettings node, TimeProvider clock, CancellationToken cancellationToken)
    {
        var start = clock.GetTimestamp();
        if (IsFree(node)) return false;
        while (true)
        {
            var asked = false;
            if (await NetFolder.TryConnectAsync(node, clock, cancellationToken).ConfigureAwait(false) is { } client)
            {
                await using (client.ConfigureAwait(false)) asked = await TryAskAsync(client, cancellationToken).ConfigureAwait(false);
            }

            // Who holds the lock wrote the note: a process that does not answer, and is a node, is asked by the system.
            if (!asked && !IsFree(node) && DatabaseLock.ReadOwner(node.DatabasePath) is { HttpPort: > 0 } owner && PosixProcess.IsSupported) PosixProcess.Terminate(owner.ProcessId);
            for (var wait = clock.GetTimestamp(); clock.GetElapsedTime(wait) < TimeSpan.FromSeconds(5);)
            {
                if (IsFree(node)) return true;
                await Task.Delay(Pause, clock, cancellationToken).ConfigureAwait(false);
            }

            if (clock.GetElapsedTime(start) > Patience)
                throw new CommandException($"Node {node.NodeId} does not end: process {DatabaseLock.ReadOwner(node.DatabasePath)?.ProcessId} still holds {node.DatabasePath}. Its log may say why: 'chain net logs {node.NodeId}'.");
        }
    }

    /// <summary>Whether nobody holds a node's database.</summary>
    public static bool IsFree(NodeSettings node)
    {
        if (!File.Exists(node.DatabasePath)) return true;
        using var free = DatabaseLock.TryTake(node.DatabasePath, Environment.ProcessId, httpPort: 0);
        return free is not null;
    }

    private static async Task<bool> TryAskAsync(HttpNodeClient client, CancellationToken cancellationToken)
    {
        try
        {
            _ = await client.CallAsync("stop", null, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception e) when (e is HttpRequestException or RpcException)
        {
            return false;
        }
    }
}
