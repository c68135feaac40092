using System.Text.Json.Nodes;
using Chain.Network;

namespace Chain.Node.Rpc;

/// <summary>Methods about whom this node does not talk to (Core: rpc/net.cpp).</summary>
internal static class BanMethods
{
    /// <summary>The latest end of a ban: far beyond what any clock here shows, and still no overflow in a sum.</summary>
    private const long LatestEnd = long.MaxValue / 4;

    public static IEnumerable<RpcMethod> All =>
    [
        new("setban", "subnet:string command:string bantime?:number absolute?:bool", "bans an address or a subnet (add) for some seconds, a day without a number, or until a Unix time; or takes that back (remove)", (c, p, _) => Task.FromResult(SetBan(c, p))),
        new("listbanned", "", "the bans", (c, _, _) => Task.FromResult<JsonNode?>(List(c))),
        new("clearbanned", "", "takes all bans back", (c, _, _) => Task.FromResult(Clear(c))),
    ];

    private static JsonNode? SetBan(RpcContext context, RpcParams p)
    {
        var command = p.Text(1);
        if (command is not ("add" or "remove")) throw new RpcException(RpcErrorCode.Misc, "setban \"subnet\" \"command\" ( bantime absolute ): the command is add or remove");
        var peers = context.RequireNode().Peers;
        var text = p.Text(0);
        if (!IPSubnet.TryParse(text, out var subnet)) throw new RpcException(RpcErrorCode.ClientInvalidIpOrSubnet, "Error: Invalid IP/Subnet");
        if (command == "remove")
        {
            if (!peers.Bans.Remove(subnet))
                throw new RpcException(RpcErrorCode.ClientInvalidIpOrSubnet, "Error: Unban failed. Requested address/subnet was not previously manually banned.");
            return null;
        }

        // A single address is banned by any subnet that holds it, a subnet only by itself.
        if (text.Contains('/', StringComparison.Ordinal) ? peers.Bans.IsBanned(subnet) : peers.Bans.IsBanned(subnet.Network))
            throw new RpcException(RpcErrorCode.NodeAlreadyAdded, "Error: IP/Subnet already banned");
        peers.Ban(subnet, EndOf(p, Now(context), peers.BanTime));
        return null;
    }

    private static long EndOf(RpcParams p, long now, long banTime)
    {
        var time = p.Long(2, fallback: 0);
        var isAbsolute = p.Flag(3, fallback: false);
        if (isAbsolute && time < now) throw new RpcException(RpcErrorCode.InvalidParameter, "Error: Absolute timestamp is in the past");
        if (isAbsolute) return Math.Min(time, LatestEnd);
        return now + (time <= 0 ? banTime : Math.Min(time, LatestEnd));
    }

    private static JsonArray List(RpcContext context)
    {
        var now = Now(context);
        return new JsonArray([.. context.RequireNode().Peers.Bans.All.Select(ban => new JsonObject
        {
            ["address"] = ban.Subnet.ToString(),
            ["ban_created"] = ban.Created,
            ["banned_until"] = ban.Until,
            ["ban_duration"] = ban.Until - ban.Created,
            ["time_remaining"] = ban.Until - now,
        })]);
    }

    private static JsonNode? Clear(RpcContext context)
    {
        context.RequireNode().Peers.Bans.Clear();
        return null;
    }

    private static long Now(RpcContext context) => context.Chain.Clock.GetUtcNow().ToUnixTimeSeconds();
}
