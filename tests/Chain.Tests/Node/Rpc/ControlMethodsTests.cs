using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Node.Logging;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>Methods about a node that runs: its clock, its log, its age and its end.</summary>
public sealed class ControlMethodsTests
{
    [Fact]
    public async Task RunningNode_EachMethod()
    {
        using var folder = new DataFolder();
        await using var node = await NodeProcess.StartAsync(new NodeOptions(folder.Root) { More = ["--profile", Profiles.RegtestName] });

        var info = await node.CallAsync("getrpcinfo");
        JsonShape.Assert(info, "active_commands:array logpath:string");
        var command = Assert.Single(info!["active_commands"]!.AsArray());
        JsonShape.Assert(command, "method:string duration:number");
        Assert.Equal("getrpcinfo", command!["method"]!.GetValue<string>());

        var logging = (await node.CallAsync("logging"))!.AsObject();
        Assert.Equal(LogCategories.Names, logging.Select(pair => pair.Key));
        Assert.All(logging, pair => Assert.False(pair.Value!.GetValue<bool>()));
        Assert.True((await node.CallAsync("logging", new JsonArray("net", "qt"), new JsonArray("qt")))!["net"]!.GetValue<bool>());
        Assert.False((await node.CallAsync("logging"))!["qt"]!.GetValue<bool>());
        Assert.True((await node.CallAsync("logging", new JsonArray("all")))!["qt"]!.GetValue<bool>());
        await FailsAsync(-8, "unknown logging category foo", "logging", new JsonArray(), new JsonArray("foo"));
        await FailsAsync(-3, "JSON value of type number is not of expected type string", "logging", new JsonArray(1));

        var now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        Assert.InRange((await node.CallAsync("uptime"))!.GetValue<long>(), 0, 600);
        Assert.Null(await node.CallAsync("setmocktime", now + 100_000));
        Assert.InRange((await node.CallAsync("uptime"))!.GetValue<long>(), 100_000 - 600, 100_600);
        await node.GenerateAsync(1, "mipcBbFg9gMiCh81Kj8tqqdgoZub1ZJRfn");
        var header = await node.CallAsync("getblockheader", await node.TipAsync());
        Assert.Equal(now + 100_000, header!["time"]!.GetValue<long>());
        Assert.Null(await node.CallAsync("setmocktime", 0));
        Assert.InRange((await node.CallAsync("uptime"))!.GetValue<long>(), 0, 600);
        await FailsAsync(-8, "Mocktime must be in the range [0, 9223372036], not -1.", "setmocktime", -1);
        await FailsAsync(-8, "Mocktime must be in the range [0, 9223372036], not 9223372037.", "setmocktime", 9223372037);

        Assert.Null(await node.CallAsync("syncwithvalidationinterfacequeue"));
        Assert.Equal("chain stopping", (await node.CallAsync("stop", 10))!.GetValue<string>());
        Assert.Equal(0, await node.WaitForExitAsync(Eventually.Patience));

        async Task FailsAsync(int code, string words, string method, params JsonNode?[] parameters)
        {
            var failure = await Assert.ThrowsAsync<RpcFailure>(() => node.CallAsync(method, parameters));
            Assert.Equal((code, $"{code}: {words}"), (failure.Code, failure.Message.Contains(words, StringComparison.Ordinal) ? $"{code}: {words}" : failure.Message));
        }
    }
}
