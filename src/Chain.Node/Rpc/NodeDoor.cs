using System.Net;
using System.Net.Sockets;

namespace Chain.Node.Rpc;

/// <summary>How a command finds the door of a node that is said to run.</summary>
internal enum DoorState
{
    /// <summary>Nobody answers, or not yet: it starts, stops or hangs.</summary>
    Silent,

    /// <summary>The command is let in.</summary>
    Open,

    /// <summary>Somebody listens, and the cookie is not there.</summary>
    NoCookie,

    /// <summary>The cookie is not for this user.</summary>
    CookieOfAnother,

    /// <summary>The cookie is not the one that the node made.</summary>
    WrongCookie,

    /// <summary>The node is up, and does not listen at this address.</summary>
    Elsewhere,

    /// <summary>What listens is no node.</summary>
    NoNode,
}

/// <summary>The way into a running node: knocks, and says what is wrong where nobody opens.</summary>
internal static class NodeDoor
{
    /// <summary>A node makes its cookie just after it begins to listen, and removes it before it ends: a refusal counts once it has lasted so long.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Tries to be let in at the port at which the node of a folder is said to answer.</summary>
    public static async Task<(HttpNodeClient? Client, DoorState State)> KnockAsync(NodeSettings settings, int port, TimeProvider clock, CancellationToken cancellationToken)
    {
        var place = new IPEndPoint(settings.HttpAddress, port);
        if (RpcCookie.TryRead(settings.CookiePath) is not { } cookie)
            return (null, File.Exists(settings.CookiePath) ? DoorState.CookieOfAnother : IsAnswered(place) ? DoorState.NoCookie : DoorState.Silent);
        var client = new HttpNodeClient(place, cookie, settings.WalletName);
        using var patience = new CancellationTokenSource(Patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        DoorState state;
        try
        {
            _ = await client.CallAsync("getblockcount", null, either.Token).ConfigureAwait(false);
            return (client, DoorState.Open);
        }
        catch (RpcException e) when (e.IsNotAllowed)
        {
            // Let in, and kept by rpcwhitelist from this one method: what is called next says whether it may be.
            return (client, DoorState.Open);
        }
        catch (RpcException e)
        {
            state = e.HttpStatus switch
            {
                HttpStatusCode.Unauthorized => DoorState.WrongCookie,
                null or HttpStatusCode.ServiceUnavailable => DoorState.Silent,
                _ => DoorState.NoNode,
            };
        }
        catch (HttpRequestException e)
        {
            state = e.HttpRequestError == HttpRequestError.InvalidResponse ? DoorState.NoNode
                : e.HttpRequestError == HttpRequestError.ConnectionError && IsUp(settings) ? DoorState.Elsewhere
                : DoorState.Silent;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            state = DoorState.Silent;
        }

        await client.DisposeAsync().ConfigureAwait(false);
        return (null, state);
    }

    /// <summary>What is wrong with a door that stays shut, and what to do; null where nobody answers, which may change.</summary>
    public static CommandException? Explain(NodeSettings settings, (int ProcessId, int HttpPort) owner, DoorState state)
    {
        var (place, cookie) = (new IPEndPoint(settings.HttpAddress, owner.HttpPort), settings.CookiePath);
        var node = $"Node {settings.NodeId} runs (process {owner.ProcessId}, RPC at {place})";
        var restart = $"end process {owner.ProcessId} and start the node again, which makes a new one";
        return state switch
        {
            DoorState.NoCookie => new CommandException(
                $"{node}, and the cookie that lets commands in is not there: {cookie}. "
                + (settings.GivenCookiePath is null
                    ? $"If the node was started with --cookie-file, name the same file here; if the cookie was deleted, {restart}."
                    : "--cookie-file must name the file that the node was started with.")),
            DoorState.CookieOfAnother => new CommandException(
                $"{node}, and this user may not read its cookie {cookie}: it is another user's node. Call the command as that user, or work with a node of your own in another --datadir."),
            DoorState.WrongCookie => new CommandException(
                $"{node} and refuses the cookie of {cookie}, which is not the one that it made. "
                + $"If it was started with another --cookie-file, name that; if another node has overwritten the file, {restart}."),
            DoorState.Elsewhere => new CommandException(
                $"Node {settings.NodeId} runs (process {owner.ProcessId}), and does not listen at {place}: it was started with another --http-bind. Name the same address here with --http-bind."),
            DoorState.NoNode => new CommandException(
                $"Process {owner.ProcessId} has the database {settings.DatabasePath}, and what answers at {place} is no node: another program has that port. "
                + $"Stop that program, or end process {owner.ProcessId} and start the node with another --http-port."),
            _ => null,
        };
    }

    /// <summary>Whether a program listens at a place on this machine, which is known at once.</summary>
    public static bool IsAnswered(IPEndPoint place)
    {
        try
        {
            using var socket = new Socket(place.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(place);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Whether the node of a folder listens somewhere: it has made its cookie since it took the database, and not removed it.</summary>
    private static bool IsUp(NodeSettings settings)
    {
        var (cookie, owner) = (new FileInfo(settings.CookiePath), new FileInfo(settings.DatabasePath + ".owner"));
        return cookie.Exists && owner.Exists && cookie.LastWriteTimeUtc > owner.LastWriteTimeUtc;
    }
}
