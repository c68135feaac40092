using System.Net;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>Long calls say how far they are while they work, with a running node and without one.</summary>
public sealed class FollowTests
{
    private const int Blocks = 60;

    [Theory]
    [InlineData("rescanblockchain", "[0]")]
    [InlineData("reindexutxo", "[]")]
    [InlineData("gettxoutsetinfo", "[]")]
    [InlineData("importaddress", "[\"mfWxJ45yp2SFn7UciZyNpvDKrzbhyfKrY8\"]")]
    public async Task Follow_WithoutANode_TellsMoreAndMore(string method, string parameters)
    {
        using var chain = new OpenChain(global::Chain.Core.Consensus.Profiles.Regtest);
        for (var i = 0; i < Blocks; i++) _ = chain.Grow();
        var client = chain.Client();
        _ = await client.CallAsync("createwallet", new JsonArray(""), CancellationToken.None);
        var told = new List<double>();
        Assert.NotNull(await Record(client.FollowAsync(method, JsonNode.Parse(parameters), told.Add, CancellationToken.None)));
        Assert.NotEmpty(told);
        Assert.Equal(told.Order(), told);
        Assert.All(told, part => Assert.InRange(part, 0, 1));
        Assert.Contains(told, part => part is > 0);
    }

    /// <summary>The node's side is played by hand, so that the call ends only when the progress was heard.</summary>
    [Fact]
    public async Task Follow_ANode_AsksItHowFarTheCallIs()
    {
        var port = FreePorts.Next();
        using var server = new HttpListener();
        server.Prefixes.Add($"http://127.0.0.1:{port}/");
        server.Start();
        var heard = new TaskCompletionSource<double>(TaskCreationOptions.RunContinuationsAsynchronously);
        var serving = ServeAsync(server, heard.Task);
        await using var client = new HttpNodeClient(new IPEndPoint(IPAddress.Loopback, port), "__cookie__:secret", "");
        var answer = await client.FollowAsync("rescanblockchain", new JsonArray(0), part => heard.TrySetResult(part), CancellationToken.None).WaitAsync(Eventually.Patience);
        Assert.Equal(7, answer!.GetValue<int>());
        Assert.Equal(0.25, await heard.Task);
        server.Stop();
        await serving;
    }

    [Fact]
    public async Task Activity_ACallThatTells_StandsThereWithItsProgress()
    {
        var activity = new RpcActivity(1);
        Assert.Null(await activity.RunAsync("getrpcinfo", _ => Task.FromResult(Assert.Single(activity.Calls).Progress)));
        Assert.Equal(0.5, await activity.RunAsync("rescanblockchain", tell =>
        {
            tell(0.5);
            return Task.FromResult(Assert.Single(activity.Calls).Progress);
        }));
        Assert.Empty(activity.Calls);
    }

    private static async Task<object> Record(Task<JsonNode?> call) => (object?)await call ?? "nothing";

    private static async Task ServeAsync(HttpListener server, Task ended)
    {
        var answers = new List<Task>();
        try
        {
            while (true) answers.Add(AnswerAsync(await server.GetContextAsync(), ended));
        }
        catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
        {
            await Task.WhenAll(answers);
        }
    }

    private static async Task AnswerAsync(HttpListenerContext http, Task ended)
    {
        var call = (await JsonNode.ParseAsync(http.Request.InputStream))!;
        var isInfo = call["method"]!.GetValue<string>() == "getrpcinfo";
        if (!isInfo) await ended;
        var result = isInfo ? """{"active_commands":[{"method":"getrpcinfo","duration":1},{"method":"rescanblockchain","duration":9,"progress":0.25}]}""" : "7";
        var body = System.Text.Encoding.UTF8.GetBytes($$"""{"id":"chain","error":null,"result":{{result}}}""");
        await http.Response.OutputStream.WriteAsync(body);
        http.Response.Close();
    }
}
