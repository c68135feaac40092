using System.Text.Json.Nodes;

namespace Chain.Node.Rpc;

/// <summary>Methods about the running node's own miner, which Core has not: it is started, changed and stopped without a restart.</summary>
internal static class MinerMethods
{
    private const string State =
        "running: whether it mines. automine: whether it makes a block as soon as a transaction waits.\nblocktime: the seconds between blocks that it makes whether or not one does; null for none such.";

    public static IEnumerable<RpcMethod> All =>
    [
        new("startminer", "address?:string threads?:number automine?:bool blocktime?:number", "lets this node mine, or changes how it does", (c, p, _) => Task.FromResult<JsonNode?>(Start(c, p)))
        {
            Details = "address: who is paid. threads: -1 for all processors. automine: makes a block as soon as a transaction waits.\nblocktime: makes one every so many seconds, empty ones too; 0 for none such."
                + "\nWhat is left out stays as it was; at first all processors mine as soon as a transaction waits, or, with a blocktime, at its intervals alone.\nThe answer is that of getminerinfo.",
        },
        new("stopminer", "", "lets this node mine no more", (c, _, _) => Task.FromResult<JsonNode?>(Stop(c))) { Details = "The answer is that of getminerinfo." },
        new("getminerinfo", "", "what this node's own miner does", (c, _, _) => Task.FromResult<JsonNode?>(Describe(c.RequireNode().Mining))) { Details = State },
    ];

    private static JsonObject Start(RpcContext context, RpcParams p)
    {
        var mining = context.RequireNode().Mining;
        var before = mining.Order;
        var payTo = p.Has(0) ? p.Address(0, context.Chain.Params.AddressFormat) : before?.PayTo
            ?? throw new RpcException(RpcErrorCode.InvalidParameter, "No address to mine to: name one");
        var blockTime = p.Has(3) ? BlockTime(p.Number(3)) : before?.BlockTime;
        var order = new MiningOrder(payTo, Threads(p, before))
        {
            OnTransaction = p.Flag(2, fallback: before?.OnTransaction ?? blockTime is null),
            BlockTime = blockTime,
        };
        if (order is { OnTransaction: false, BlockTime: null })
            throw new RpcException(RpcErrorCode.InvalidParameter, "Without automine and without a blocktime no block would be made: stopminer ends the mining");
        mining.Start(order);
        return Describe(mining);
    }

    private static JsonObject Stop(RpcContext context)
    {
        var mining = context.RequireNode().Mining;
        mining.Stop();
        return Describe(mining);
    }

    private static int Threads(RpcParams p, MiningOrder? before) =>
        p.Has(1) && p.Between(1, -1, MiningOrder.MostThreads) is var threads and not 0
            ? threads < 0 ? Environment.ProcessorCount : (int)threads
            : p.Has(1) ? throw new RpcException(RpcErrorCode.InvalidParameter, "Without threads nothing is mined: stopminer ends the mining")
            : before?.Threads ?? Environment.ProcessorCount;

    private static TimeSpan? BlockTime(double seconds) =>
        seconds == 0 ? null
        : MiningOrder.IsBlockTime(seconds) ? TimeSpan.FromSeconds(seconds)
        : throw new RpcException(RpcErrorCode.InvalidParameter, $"blocktime must be 0, or from {MiningOrder.ShortestBlockTime} to {MiningOrder.LongestBlockTime} seconds");

    private static JsonObject Describe(MiningSwitch mining)
    {
        var order = mining.Order;
        return new JsonObject
        {
            ["running"] = mining.IsOn,
            ["address"] = order?.PayTo.ToString(),
            ["threads"] = order?.Threads ?? 0,
            ["automine"] = order?.OnTransaction ?? false,
            ["blocktime"] = order?.BlockTime?.TotalSeconds,
        };
    }
}
