using Chain.Core.Primitives;
using Chain.Node.Explorer.Html;
using Chain.State;

namespace Chain.Node.Explorer.Pages;

/// <summary>One transaction of a short list: its amount, what it pays, and the block that holds it; it waits without one.</summary>
internal readonly record struct ListedTransaction(TxId Id, long Amount, long? Fee, int VirtualSize, long Time, BlockNode? Block)
{
    /// <summary>One that waits.</summary>
    public static ListedTransaction Of(MempoolEntry entry) =>
        new(entry.Transaction.Id, entry.Transaction.Outputs.Sum(output => output.Value), entry.Fee.Satoshis, entry.VirtualSize, entry.Time, null);
}

/// <summary>Transactions as rows of a table.</summary>
internal static class TransactionRows
{
    /// <summary>A table of transactions of which some wait and some are in blocks.</summary>
    public static Fragment Latest(IEnumerable<ListedTransaction> transactions, long now) => Table.Of("The latest transactions, the newest first",
        [new("Transaction"), new("State"), new("Amount", "number"), new("Time", "number")],
        transactions.Select(t => new Row($"{t.Id}", Show.Transaction(t.Id), StateOf(t.Block), Show.Amount(t.Amount), Show.Age(t.Time, now))), Table.Pairs);

    /// <summary>A table of waiting transactions.</summary>
    public static Fragment Waiting(IEnumerable<ListedTransaction> transactions, long now) => Table.Of("Waiting transactions",
        [new("Transaction"), new("Fee rate", "number"), new("Size", "number"), new("Fee", "number"), new("Amount", "number"), new("Since", "number")],
        transactions.Select(t => new Row($"{t.Id}", Show.Transaction(t.Id), Fragment.Of($"{Show.FeeRate(t.Fee ?? 0, t.VirtualSize)}"), Fragment.Of($"{Show.Count(t.VirtualSize)} vB"), Show.Amount(t.Fee ?? 0), Show.Amount(t.Amount), Show.Age(t.Time, now))));

    /// <summary>Whether a transaction waits, or which block holds it.</summary>
    public static Fragment StateOf(BlockNode? block) => block is null
        ? Show.Badge("warn", "unconfirmed")
        : Fragment.Of($"<a href=\"/block/{block.Hash.ToString()}\">{Show.Badge("good", $"block {Show.Count(block.Height)}")}</a>");
}
