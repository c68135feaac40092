using Chain.Core.Primitives;

namespace Chain.Core.Coins;

/// <summary>The set of unspent outputs (UTXO set) as of one block, possibly with a mempool on top.</summary>
public interface ICoinView
{
    /// <summary>The coin at this place; null where none ever was, or it is spent.</summary>
    Coin? Find(OutPoint outPoint);
}
