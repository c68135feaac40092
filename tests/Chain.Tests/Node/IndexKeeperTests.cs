using Chain.Node;
using Chain.Node.Logging;
using Chain.State.Storage;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>What becomes of the index of transactions where a stored block cannot be read.</summary>
public sealed class IndexKeeperTests
{
    [Fact]
    public async Task CatchUp_ABlockThatDoesNotDecode_IsLoggedOnceAndTheNodeGoesOn()
    {
        using var chain = new OpenChain();
        for (var i = 0; i < 5; i++) _ = chain.Grow();
        chain.Loaded.Chainstate.Flush();
        using (var other = SqliteDatabase.Open(chain.Loaded.Chainstate.Database.Path)) other.Execute("UPDATE blocks SET block = substr(block, 1, 100) WHERE sequence = 2");
        using var log = new StringWriter();
        using (var lines = new StderrLoggerProvider(log, chain.Clock))
        {
            using var keeper = new IndexKeeper(chain.Loaded, new DirectOwner(), () => false, lines.CreateLogger("node"));
            Assert.Equal(6, await keeper.CatchUpAsync(CancellationToken.None));
            _ = chain.Grow();
            Assert.Equal(7, await keeper.CatchUpAsync(CancellationToken.None));
        }

        var line = Assert.Single(log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Contains("the index of transactions follows the chain no more: block", line, StringComparison.Ordinal);
        Assert.Equal(6, chain.Height);
    }
}
