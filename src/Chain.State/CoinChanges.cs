using Chain.Core.Coins;
using Chain.Core.Primitives;

namespace Chain.State;

/// <summary>The coins as they are after some blocks were taken back or connected again.</summary>
internal sealed class CoinChanges(ICoinView under) : ICoinView
{
    private readonly Dictionary<OutPoint, Coin?> _changed = [];

    /// <inheritdoc/>
    public Coin? Find(OutPoint outPoint) => _changed.TryGetValue(outPoint, out var coin) ? coin : under.Find(outPoint);

    /// <summary>Takes a block back; false where the coins are not those that it left.</summary>
    public bool TryTakeBack(CoinDiff diff)
    {
        foreach (var (outPoint, coin) in diff.Created)
        {
            if (Find(outPoint)?.ContentEquals(coin) != true) return false;
        }

        foreach (var outPoint in diff.Spent.Keys)
        {
            if (Find(outPoint) is not null) return false;
        }

        Apply(diff.Reverse());
        return true;
    }

    /// <summary>Connects a block.</summary>
    public void Apply(CoinDiff diff)
    {
        foreach (var outPoint in diff.Spent.Keys) _changed[outPoint] = null;
        foreach (var (outPoint, coin) in diff.Created) _changed[outPoint] = coin;
    }
}
