using Chain.Core.Primitives;

namespace Chain.Core.Coins;

/// <summary>A set of coins as it will be once a diff is applied to it.</summary>
public sealed class OverlayCoinView : ICoinView
{
    private readonly ICoinView _under;

    /// <summary>Lays <paramref name="diff"/>, which may go on growing, over a view.</summary>
    public OverlayCoinView(ICoinView under, CoinDiff diff)
    {
        _under = under;
        Diff = diff;
    }

    /// <summary>What lies on top.</summary>
    public CoinDiff Diff { get; }

    /// <inheritdoc/>
    public Coin? Find(OutPoint outPoint) => Diff.TryFind(outPoint, out var coin) ? coin : _under.Find(outPoint);
}
