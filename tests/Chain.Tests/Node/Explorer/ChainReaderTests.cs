using Chain.Core.Primitives;
using Chain.Node;
using Chain.Node.Explorer.Data;
using Chain.Node.Rpc;
using Chain.State;
using Chain.Tests.Kit;
using Chain.Tests.Node.Kit;
using Microsoft.Extensions.Logging.Abstractions;

namespace Chain.Tests.Node.Explorer;

/// <summary>The chain may change between two visits of a page that is being made.</summary>
public sealed class ChainReaderTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task FindSpenders_AReorganisationBetweenTwoVisits_NothingIsReadFromTheOtherBlock(bool isReorganised)
    {
        using var chain = new OpenChain();
        var spend = chain.Builder.SpendReward("genesis", Keys.Alice, fee: 100);
        _ = chain.Grow(spend);
        using var keeper = new IndexKeeper(chain.Loaded, new DirectOwner(), () => false, NullLogger.Instance);
        Assert.Equal(0, (await keeper.CatchUpAsync(CancellationToken.None)).BlocksLeft);
        var owner = new OwnerBetweenVisits(visit: 2, async () =>
        {
            if (!isReorganised) return;
            chain.Builder.SetTip("genesis");
            foreach (var block in chain.Builder.NextBlocks("other", 3)) Assert.Equal(BlockOutcome.Accepted, chain.Loaded.Chainstate.ProcessBlock(block.Block).Outcome);
            Assert.Equal(0, (await keeper.CatchUpAsync(CancellationToken.None)).BlocksLeft);
        });
        var reader = new ChainReader(new RpcContext(owner, chain.Loaded, chain.Loaded.Chainstate.ProcessBlock, null), keeper);
        var state = Assert.Single(await reader.FindSpendersAsync(chain.Loaded.Params.Genesis.Transactions[0], 0, 1, CancellationToken.None));
        Assert.Equal(isReorganised ? null : (TxId?)spend.Id, state.Spender?.Id);
        Assert.True(owner.Visits >= 2);
    }

    /// <summary>Does something before a visit.</summary>
    private sealed class OwnerBetweenVisits(int visit, Func<Task> before) : IStateOwner
    {
        public int Visits { get; private set; }

        public async Task<T> InvokeAsync<T>(Func<T> work)
        {
            if (++Visits == visit) await before();
            return work();
        }

        public Task<T> InvokeAloneAsync<T>(Func<T> work) => InvokeAsync(work);
    }
}
