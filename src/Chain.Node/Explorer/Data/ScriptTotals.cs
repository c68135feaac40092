using Chain.State;
using Chain.State.Storage;

namespace Chain.Node.Explorer.Data;

/// <summary>Sums over what happened to a script: transactions, outputs that it got and outputs of it that were spent, in number and satoshis.</summary>
internal readonly record struct ScriptTotals(long Transactions, long Funded, long FundedSum, long Spent, long SpentSum)
{
    /// <summary>What is there.</summary>
    public long Balance => FundedSum - SpentSum;

    /// <summary>With one more transaction.</summary>
    public ScriptTotals With(ScriptEvent happened) => With(happened.Funded, happened.FundedSum, happened.Spent, happened.SpentSum);

    /// <summary>With one more transaction.</summary>
    public ScriptTotals With(long funded, long fundedSum, long spent, long spentSum) =>
        new(Transactions + 1, Funded + funded, FundedSum + fundedSum, Spent + spent, SpentSum + spentSum);
}

/// <summary>One transaction in the history of a script, with what it brought and took, in satoshis.</summary>
internal sealed record HistoryLine(Core.Primitives.TxId Id, BlockNode Node, ScriptEvent Happened);

/// <summary>An output that no block spends: whether a waiting transaction does, and after how many blocks it can be spent, where it was mined.</summary>
internal sealed record HeldCoin(Core.Primitives.OutPoint OutPoint, Core.Coins.Coin Coin, bool IsLeaving, int BlocksToMaturity);
