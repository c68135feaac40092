using Chain.Core.Coins;
using Chain.Core.Primitives;

namespace Chain.Tests.Kit;

/// <summary>A set of coins in memory.</summary>
public sealed class MemoryCoins : ICoinView
{
    private readonly Dictionary<OutPoint, Coin> _coins = [];

    public int Count => _coins.Count;

    public IEnumerable<OutPoint> OutPoints => _coins.Keys;

    public Coin? Find(OutPoint outPoint) => _coins.GetValueOrDefault(outPoint);

    public MemoryCoins Add(OutPoint outPoint, Coin coin)
    {
        _coins.Add(outPoint, coin);
        return this;
    }

    /// <summary>Applies a diff; throws where a coin that it spends is missing, or one that it creates is there.</summary>
    public void Apply(CoinDiff diff)
    {
        foreach (var (outPoint, coin) in diff.Spent)
        {
            if (!_coins.Remove(outPoint, out var spent) || !spent.ContentEquals(coin)) throw new InvalidOperationException($"{outPoint} is not there");
        }

        foreach (var (outPoint, coin) in diff.Created) _coins.Add(outPoint, coin);
    }

    /// <summary>True where both hold the same coins.</summary>
    public bool ContentEquals(MemoryCoins other) =>
        Count == other.Count && _coins.All(c => other.Find(c.Key) is { } coin && coin.ContentEquals(c.Value));

    public MemoryCoins Copy()
    {
        var copy = new MemoryCoins();
        foreach (var (outPoint, coin) in _coins) copy._coins.Add(outPoint, coin);
        return copy;
    }
}
