using Chain.Core.Coins;
using Chain.Core.Primitives;

namespace Chain.State;

/// <summary>The coins as the blocks of a chain alone give them, up to one of its blocks, without a look at those on disk.</summary>
public sealed class RebuiltCoins
{
    private readonly bool _isGenesisSpendable;

    private RebuiltCoins(bool isGenesisSpendable, BlockNode tip)
    {
        _isGenesisSpendable = isGenesisSpendable;
        Tip = tip;
    }

    /// <summary>The coins.</summary>
    public Dictionary<OutPoint, Coin> Coins { get; } = [];

    /// <summary>The block as of which they are.</summary>
    public BlockNode Tip { get; private set; }

    /// <summary>Those of a moment; says how far it is, from 0 to 1.</summary>
    public static RebuiltCoins Of(CoinMoment moment, Action<double> tell, CancellationToken cancellationToken) =>
        Of(moment.Blocks(), moment.Tip, moment.Params.GenesisSpendable, tell, cancellationToken);

    /// <summary>Those of a chain as it is now.</summary>
    public static RebuiltCoins Of(Chainstate chainstate, CancellationToken cancellationToken) => Of(
        Enumerable.Range(0, chainstate.Tip.Height + 1).Select(height => chainstate.GetBlock(chainstate.Tree.FindActive(height)!)),
        chainstate.Tip, chainstate.Params.GenesisSpendable, _ => { }, cancellationToken);

    /// <summary>Goes on towards the tip of the chain, which may have moved, also to another branch, by at most so many blocks; whether more are left.</summary>
    public bool Advance(Chainstate chainstate, int most)
    {
        for (var i = 0; i < most && Tip != chainstate.Tip; i++)
        {
            if (chainstate.Tree.IsActive(Tip))
            {
                var next = chainstate.Tree.FindActive(Tip.Height + 1)!;
                Connect(chainstate.GetBlock(next), next.Height);
                Tip = next;
            }
            else
            {
                Disconnect(chainstate.GetDiff(Tip, chainstate.GetBlock(Tip)));
                Tip = Tip.Parent!;
            }
        }

        return Tip != chainstate.Tip;
    }

    private static RebuiltCoins Of(IEnumerable<Block> blocks, BlockNode tip, bool isGenesisSpendable, Action<double> tell, CancellationToken cancellationToken)
    {
        var rebuilt = new RebuiltCoins(isGenesisSpendable, tip);
        var height = 0;
        foreach (var block in blocks)
        {
            cancellationToken.ThrowIfCancellationRequested();
            rebuilt.Connect(block, height++);
            tell((double)height / (tip.Height + 1));
        }

        return rebuilt;
    }

    private void Connect(Block block, int height)
    {
        if (height == 0 && !_isGenesisSpendable) return;
        var created = new CoinDiff();
        foreach (var transaction in block.Transactions)
        {
            if (!transaction.IsCoinbase)
            {
                foreach (var input in transaction.Inputs)
                {
                    if (created.Created.TryGetValue(input.PreviousOutput, out var coin)) created.Spend(input.PreviousOutput, coin);
                    else Coins.Remove(input.PreviousOutput);
                }
            }

            created.CreateOutputs(transaction, height);
        }

        foreach (var (outPoint, coin) in created.Created) Coins[outPoint] = coin;
    }

    private void Disconnect(CoinDiff diff)
    {
        foreach (var outPoint in diff.Created.Keys) Coins.Remove(outPoint);
        foreach (var (outPoint, coin) in diff.Spent) Coins[outPoint] = coin;
    }
}
