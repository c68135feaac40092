using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Node.Logging;

namespace Chain.Node.Rpc;

/// <summary>Methods about the program itself.</summary>
internal static class ControlMethods
{
    private const string EchoParameters = "arg0? arg1? arg2? arg3? arg4? arg5? arg6? arg7? arg8? arg9?";

    private const string BugTrigger = "trigger_internal_bug";

    public static IEnumerable<RpcMethod> All =>
    [
        new("help", "command?:string", "lists the methods, or says what one does", (_, p, _) => Answer(JsonValue.Create(Help(p)))),
        new("stop", "wait?:number", "stops the node", StopAsync) { Details = "wait: how many milliseconds it shall wait before that." },
        new("uptime", "", "gives for how many seconds the node has run", (c, _, _) => Answer(JsonValue.Create(Uptime(c)))),
        new("getrpcinfo", "", "describes this interface", (c, _, _) => Answer(GetRpcInfo(c)))
        {
            Details = "active_commands: the calls that are being answered, each with its method, its duration in microseconds and, where it tells that, how far it is (progress, from 0 to 1).\nlogpath: the file to which stderr is directed, where the log goes; empty where it is none, or cannot be told.",
        },
        new("logging", "include?:array exclude?:array", "shows what is logged beside what always is, and turns it on and off", (c, p, _) => Answer(SetLogging(c, p)))
        {
            Details = $"include, exclude: names to turn on, then names to turn off; all or none stand for every one.\nThe valid logging categories are: {string.Join(", ", LogCategories.Names)}",
        },
        new("getmemoryinfo", "mode?:string", "describes the memory that the runtime manages for the node", (_, p, _) => Answer(GetMemoryInfo(p)))
        {
            Details = "mode: stats. In bytes: used, free, and total, which is both; locked is 0, since no page is kept from being swapped out.\n"
                + "chunks_used, chunks_free: the generations of the heap that hold something, and those with gaps.",
        },
        new("echo", EchoParameters, "gives back its parameters", (_, p, _) => Answer(Echo(p))) { Category = RpcMethod.Hidden },
        new("echoipc", "arg:string", "gives back its parameter", (_, p, _) => Answer(JsonValue.Create(p.Text(0)))) { Category = RpcMethod.Hidden },
        new("echojson", EchoParameters, "gives back its parameters", (_, p, _) => Answer(Echo(p))) { Category = RpcMethod.Hidden },
        new("setmocktime", "timestamp:number", "fixes the node's clock at a Unix time, on a test chain only; 0 lets it go on", SetMockTimeAsync) { Category = RpcMethod.Hidden },
        new("mockscheduler", "delta_time:number", "does at once what the node does from time to time, on a test chain only", MockSchedulerAsync)
        {
            Category = RpcMethod.Hidden,
            Details = "delta_time: from 1 to 3600 seconds; within each of them all comes at least once.",
        },
        new("syncwithvalidationinterfacequeue", "", "waits until all that follows the chain has followed it", SyncAsync) { Category = RpcMethod.Hidden },
    ];

    private static Task<JsonNode?> Answer(JsonNode? node) => Task.FromResult(node);

    private static string Help(RpcParams p)
    {
        if (!p.Has(0) || p.Text(0).Length == 0) return RpcTable.List();
        return RpcTable.Find(p.Text(0)) is { } method ? method.Help : $"help: unknown command: {p.Text(0)}";
    }

    private static async Task<JsonNode?> StopAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        var node = context.RequireNode();
        var wait = p.Integer(0, fallback: 0);
        if (wait > 0) await Task.Delay(wait, cancellationToken).ConfigureAwait(false);
        node.RequestStop("a client asked for it");
        return JsonValue.Create("chain stopping");
    }

    private static long Uptime(RpcContext context)
    {
        var node = context.RequireNode();
        return node.Clock.GetUtcNow().ToUnixTimeSeconds() - node.StartedAt.ToUnixTimeSeconds();
    }

    private static async Task<JsonNode?> MockSchedulerAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        if (context.Chain.Params.Profile != Profiles.RegtestName) throw new RpcException(RpcErrorCode.Misc, "mockscheduler is for regression testing (-regtest mode) only");
        if (p.Long(0) is < 1 or > 3_600) throw new RpcException(RpcErrorCode.Misc, "delta_time must be between 1 and 3600 seconds (1 hr)");
        await context.RequireNode().RunScheduledAsync().ConfigureAwait(false);
        return null;
    }

    private static JsonObject GetRpcInfo(RpcContext context) => new()
    {
        ["active_commands"] = new JsonArray([.. (context.Activity?.Calls ?? []).Select(call => (JsonNode)Describe(call))]),
        ["logpath"] = LogPath(),
    };

    private static JsonObject Describe((string Method, TimeSpan Duration, double? Progress) call)
    {
        var json = new JsonObject { ["method"] = call.Method, ["duration"] = (long)call.Duration.TotalMicroseconds };
        if (call.Progress is { } progress) json["progress"] = progress;
        return json;
    }

    /// <summary>Linux shows what stderr is; a terminal or a pipe is no file.</summary>
    private static string LogPath() =>
        OperatingSystem.IsLinux() && File.ResolveLinkTarget("/proc/self/fd/2", returnFinalTarget: false) is FileInfo { Exists: true } file && IsPlain(file) ? file.FullName : "";

    private static bool IsPlain(FileInfo file) => (file.Attributes & FileAttributes.Device) == 0 && !file.FullName.StartsWith("/dev/", StringComparison.Ordinal);

    private static JsonObject SetLogging(RpcContext context, RpcParams p)
    {
        var categories = context.RequireNode().LogCategories;
        for (var index = 0; index < 2; index++)
        {
            foreach (var name in p.Has(index) ? p.List(index) : [])
            {
                if (name?.GetValueKind() != JsonValueKind.String) throw new RpcException(RpcErrorCode.TypeError, RpcParameter.Mismatch(RpcParameter.JsonType(name), "string"));
                if (!categories.TrySet(name.GetValue<string>(), on: index == 0)) throw new RpcException(RpcErrorCode.InvalidParameter, $"unknown logging category {name.GetValue<string>()}");
            }
        }

        return new JsonObject(LogCategories.Names.Select(name => KeyValuePair.Create(name, (JsonNode?)JsonValue.Create(categories.IsOn(name)))));
    }

    private static JsonObject GetMemoryInfo(RpcParams p)
    {
        var mode = p.Has(0) ? p.Text(0) : "stats";
        if (mode != "stats")
            throw new RpcException(RpcErrorCode.InvalidParameter, mode == "mallocinfo" ? "mallocinfo mode not available" : $"unknown mode {mode}");
        var info = GC.GetGCMemoryInfo();
        var used = GC.GetTotalMemory(forceFullCollection: false);
        var total = Math.Max(used, info.TotalCommittedBytes);
        return new JsonObject
        {
            ["locked"] = new JsonObject
            {
                ["used"] = used,
                ["free"] = total - used,
                ["total"] = total,
                ["locked"] = 0,
                ["chunks_used"] = Count(info, generation => generation.SizeAfterBytes > 0),
                ["chunks_free"] = Count(info, generation => generation.FragmentationAfterBytes > 0),
            },
        };
    }

    private static int Count(GCMemoryInfo info, Func<GCGenerationInfo, bool> condition) => info.GenerationInfo.ToArray().Count(condition);

    /// <summary>One text in the last place stands for a bug, so that a caller can see how one is told of.</summary>
    private static JsonArray Echo(RpcParams p) =>
        p.Has(9) && p.Values[9]!.GetValueKind() == JsonValueKind.String && p.Text(9) == BugTrigger
            ? throw new RpcException(RpcErrorCode.Misc, $"Internal bug detected: request.params[9].get_str() != \"{BugTrigger}\"")
            : new JsonArray([.. p.Values.Select(value => value?.DeepClone())]);

    private static async Task<JsonNode?> SetMockTimeAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        if (context.Chain.Params.Profile != Profiles.RegtestName)
            throw new RpcException(RpcErrorCode.Misc, "setmocktime is for regression testing (-regtest mode) only");
        var time = p.Long(0);
        if (time is < 0 or > NodeClock.LatestMockTime)
            throw new RpcException(RpcErrorCode.InvalidParameter, $"Mocktime must be in the range [0, {NodeClock.LatestMockTime}], not {time}.");
        var clock = context.RequireNode().Clock;
        return await context.OnStateAsync(_ =>
        {
            clock.MockTime = time;
            return (JsonNode?)null;
        }).ConfigureAwait(false);
    }

    /// <summary>What follows the chain does so in the loop, each event before the next piece of work.</summary>
    private static Task<JsonNode?> SyncAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken) =>
        context.OnStateAsync(_ => (JsonNode?)null);
}
