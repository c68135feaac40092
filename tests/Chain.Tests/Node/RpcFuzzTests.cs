using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Node.Rpc;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Node;

/// <summary>
/// Requests of any form, to a node as it ships: each is answered with JSON and one of Core's codes, none with a failure of
/// the server, and the node goes on.
/// </summary>
public class RpcFuzzTests(ITestOutputHelper output)
{
    private const int Requests = 4_000;

    private static readonly HashSet<int> Codes =
        [.. typeof(RpcErrorCode).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (int)field.GetRawConstantValue()!).Where(code => code != RpcErrorCode.InternalError)];

    [Fact]
    public async Task AnyRequest_IsAnsweredAndTheNodeGoesOn()
    {
        using var folder = new DataFolder();
        var p = FreshChain.Create();
        p.WriteTo(folder.Root);
        await using var node = await NodeProcess.StartAsync(new NodeOptions(folder.Root));
        var (seed, statuses) = (Property.FirstSeed(output), new SortedDictionary<int, int>());
        for (var i = 0; i < Requests; i++)
        {
            var request = RpcRequests.Draw(new Generate(unchecked(seed + i)), p);
            var (status, text) = await node.Rpc.PostAsync(request);
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
            var failure = Judge(status, text);
            Assert.True(failure is null, $"{failure}; CHAIN_TEST_SEED={unchecked(seed + i)} sends it first\n{request}\n{status} {text}");
        }

        output.WriteLine($"{Requests} requests: {string.Join(", ", statuses.Select(pair => $"{pair.Value} × {pair.Key}"))}");
        Assert.True(statuses.GetValueOrDefault(200) > Requests / 20 && statuses.GetValueOrDefault(500) > Requests / 20, "requests of one kind only");
        Assert.InRange(await node.HeightAsync(), 0, Requests);
        Assert.Null(node.Log.Find("an RPC call failed"));
        await node.StopAsync();
    }

    private static string? Judge(int status, string text)
    {
        if (status is not (200 or 204 or 400 or 404 or 500)) return "a strange status";
        if (text.Contains("   at ", StringComparison.Ordinal) || text.Contains("Exception", StringComparison.Ordinal)) return "a stack trace";
        if (status == 204) return text.Length == 0 ? null : "a body where there can be none";
        JsonNode? answer;
        try
        {
            answer = JsonNode.Parse(text);
        }
        catch (JsonException)
        {
            return "no JSON";
        }

        var answers = answer is JsonArray batch ? batch.ToList() : [answer];
        foreach (var one in answers)
        {
            if (one is not JsonObject response) return "no object";
            if (response["error"] is not { } error) continue;
            if (!Codes.Contains(error["code"]!.GetValue<int>())) return "a code that says the server failed";
            if (error["message"]!.GetValue<string>().Length == 0) return "an error without words";
        }

        return null;
    }
}
