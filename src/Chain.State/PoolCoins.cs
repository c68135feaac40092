using Chain.Core.Coins;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.State;

/// <summary>
/// The coins of the chain with those that waiting transactions make on top, also where a waiting one spends them: who asks may
/// take its place.
/// </summary>
internal sealed class PoolCoins(Chainstate chainstate, MempoolGraph graph) : ICoinView
{
    /// <inheritdoc/>
    public Coin? Find(OutPoint outPoint)
    {
        if (graph.Find(outPoint.TxId) is not { } parent) return chainstate.Coins.Find(outPoint);
        var outputs = parent.Transaction.Outputs;
        return outPoint.Index < outputs.Length && !StandardScripts.IsUnspendable(outputs[(int)outPoint.Index].ScriptPubKey.Span)
            ? new Coin(outputs[(int)outPoint.Index], chainstate.Tip.Height + 1, isCoinbase: false)
            : null;
    }
}
