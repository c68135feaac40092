using Chain.Core.Primitives;

namespace Chain.Core.Consensus;

/// <summary>The new coins of a block.</summary>
public static class Subsidy
{
    private const int MostHalvings = 63;

    /// <summary>The subsidy at a height: the first one, halved once for every interval that has passed.</summary>
    public static Amount At(int height, ChainParams p)
    {
        if (p.HalvingInterval == 0) return p.Subsidy;
        var halvings = height / p.HalvingInterval;
        return halvings > MostHalvings ? Amount.Zero : Amount.FromSatoshis(p.Subsidy.Satoshis >> halvings);
    }
}
