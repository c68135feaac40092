using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node.Rpc;

/// <summary>A node that treats a block as invalid goes its own way beside a peer that does not, as in Core's rpc_invalidateblock test.</summary>
public sealed class InvalidateBlockTests
{
    // genesis -> a1 -> a2 -> a3 -> a4 -> a5 -> a6 -> a7
    //        \-> b1 -> b2 -> b3 -> b4 -> b5 -> b6
    [Fact]
    public async Task InvalidateBlock_OfThePeersChain_OwnChainGrowsAndThePeerFollows()
    {
        using var folder = new DataFolder();
        var p = FreshChain.Create();
        p.WriteTo(folder.Sub("a"));
        p.WriteTo(folder.Sub("b"));
        await using var a = await NodeProcess.StartAsync(new NodeOptions(folder.PathOf("a")));
        await using var b = await NodeProcess.StartAsync(new NodeOptions(folder.PathOf("b"), NodeId: 3001));
        var own = await a.GenerateAsync(4, p.AddressOf(Keys.Alice));
        var theirs = await b.GenerateAsync(6, p.AddressOf(Keys.Bob));
        await a.CallAsync("addnode", $"127.0.0.1:{b.Port}", "onetry");
        await Eventually.EqualAsync(theirs[5], a.TipAsync, "the tip of the first node");

        Assert.Null(await a.CallAsync("invalidateblock", theirs[1]));
        Assert.Equal(own[3], await a.TipAsync());
        Assert.Equal(theirs[5], await b.TipAsync());

        var more = await a.GenerateAsync(3, p.AddressOf(Keys.Alice));
        await Eventually.EqualAsync(more[2], b.TipAsync, "the tip of the second node");
        Assert.Null(await a.CallAsync("reconsiderblock", theirs[5]));
        Assert.Equal(more[2], await a.TipAsync());

        Assert.Null(await b.CallAsync("invalidateblock", own[0]));
        Assert.Equal(theirs[5], await b.TipAsync());
        await b.StopAsync();
        await using var again = await NodeProcess.StartAsync(new NodeOptions(folder.PathOf("b"), NodeId: 3001));
        Assert.Equal(theirs[5], await again.TipAsync());
        Assert.Null(await again.CallAsync("reconsiderblock", own[0]));
        Assert.Equal(more[2], await again.TipAsync());
    }
}
