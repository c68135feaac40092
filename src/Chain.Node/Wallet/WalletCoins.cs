using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.State;

namespace Chain.Node.Wallet;

/// <summary>What a wallet's transactions mean in money: which outputs are its own and unspent, which can be relied on (Core: receive.cpp, spend.cpp).</summary>
internal sealed class WalletCoins(NodeWallet wallet, LoadedChain chain)
{
    /// <summary>The blocks from a transaction's own to the tip; 0 in none, negative where it is in conflict, as deep as that conflict.</summary>
    internal int DepthOf(WalletTransaction transaction) => transaction.State switch
    {
        WalletTransactionState.Confirmed => chain.Chainstate.Tip.Height - transaction.Height + 1,
        WalletTransactionState.Conflicted => -(chain.Chainstate.Tip.Height - transaction.Height + 1),
        _ => 0,
    };

    internal bool IsInPool(WalletTransaction transaction) => chain.Mempool.FindEntry(transaction.Id) is not null;

    /// <summary>How many blocks a coinbase must still wait for; Core's wallet lets one more pass than the rules ask.</summary>
    internal int BlocksToMaturity(WalletTransaction transaction)
    {
        if (!transaction.Transaction.IsCoinbase) return 0;
        var needed = chain.Params.Profile == Profiles.Private ? chain.Params.CoinbaseMaturity : chain.Params.CoinbaseMaturity + 1;
        return Math.Max(0, needed - Math.Max(0, DepthOf(transaction)));
    }

    internal bool IsImmature(WalletTransaction transaction) => BlocksToMaturity(transaction) > 0;

    /// <summary>What the wallet gave into a transaction.</summary>
    internal long Debit(Transaction transaction, bool withWatched) =>
        transaction.IsCoinbase ? 0 : transaction.Inputs.Sum(input => wallet.Ledger.FindOutput(input.PreviousOutput) is { } spent ? Mine(spent, withWatched) : 0);

    /// <summary>What it got out of it, immature or not.</summary>
    internal long Credit(WalletTransaction transaction, bool withWatched) => transaction.Transaction.Outputs.Sum(output => Mine(output, withWatched));

    internal bool IsFromMe(Transaction transaction, bool withWatched) => Debit(transaction, withWatched) > 0;

    /// <summary>Whether a transaction will come into a block for all that the wallet knows: it is in one, or all that it spends is the wallet's own.</summary>
    internal bool IsTrusted(WalletTransaction transaction) => IsTrusted(transaction, []);

    /// <summary>The balance of what is the wallet's own, or of what it only watches.</summary>
    internal WalletBalance Balance(int minDepth, bool avoidReuse, OwnKind kind)
    {
        long trusted = 0, pending = 0, immature = 0, used = 0;
        var known = new HashSet<TxId>();
        foreach (var transaction in wallet.Ledger.InOrder)
        {
            var depth = DepthOf(transaction);
            var isTrusted = IsTrusted(transaction, known);
            var isPending = !isTrusted && depth == 0 && IsInPool(transaction);
            var isImmature = IsImmature(transaction);
            if (depth < 0 || (!isTrusted && !isPending && !isImmature)) continue;
            for (var i = 0u; i < transaction.Transaction.Outputs.Length; i++)
            {
                var output = transaction.Transaction.Outputs[(int)i];
                if (wallet.Book.Find(output.ScriptPubKey) is not { } own || own.Kind != kind || wallet.Ledger.IsSpent(new OutPoint(transaction.Id, i))) continue;
                if (isImmature)
                {
                    if (transaction.IsConfirmed) immature += output.Value;
                }
                else if (avoidReuse && wallet.Contents.SpentFrom.Contains(new ScriptBytes(output.ScriptPubKey)))
                {
                    used += output.Value;
                }
                else if (isPending)
                {
                    pending += output.Value;
                }
                else if (depth >= minDepth)
                {
                    trusted += output.Value;
                }
            }
        }

        return new WalletBalance(trusted, pending, immature, used);
    }

    /// <summary>The coins that answer to a filter, oldest transaction first.</summary>
    internal IEnumerable<WalletCoin> Available(CoinFilter filter)
    {
        var known = new HashSet<TxId>();
        foreach (var transaction in wallet.Ledger.InOrder)
        {
            var depth = DepthOf(transaction);
            if (depth < 0 || depth < filter.MinDepth || depth > filter.MaxDepth) continue;
            if (IsImmature(transaction) && !(filter.IncludeImmature && transaction.IsConfirmed)) continue;
            if (depth == 0 && !IsInPool(transaction)) continue;
            var isSafe = IsTrusted(transaction, known)
                && !(depth == 0 && (transaction.Notes.ContainsKey(WalletTransaction.Replaces) || transaction.Notes.ContainsKey(WalletTransaction.ReplacedBy)));
            if (!isSafe && !filter.IncludeUnsafe) continue;
            for (var i = 0u; i < transaction.Transaction.Outputs.Length; i++)
            {
                var output = transaction.Transaction.Outputs[(int)i];
                var outPoint = new OutPoint(transaction.Id, i);
                if (wallet.Book.Find(output.ScriptPubKey) is not { } own || (own.Kind == OwnKind.Watched && !filter.IncludeWatched)) continue;
                if (filter.Scripts is { } scripts && !scripts.Contains(new ScriptBytes(output.ScriptPubKey))) continue;
                if (wallet.Ledger.IsSpent(outPoint) || (!filter.IncludeLocked && wallet.IsCoinLocked(outPoint))) continue;
                if (filter.AvoidReuse && wallet.Contents.SpentFrom.Contains(new ScriptBytes(output.ScriptPubKey))) continue;
                yield return new WalletCoin(outPoint, output, transaction, own, depth, isSafe);
            }
        }
    }

    /// <summary>Whether a waiting transaction may be replaced: itself says so, or one that it depends on (BIP125). Null where nobody knows.</summary>
    internal bool? IsReplaceable(WalletTransaction transaction)
    {
        if (Signals(transaction.Transaction)) return true;
        if (chain.Mempool.FindEntry(transaction.Id) is not { } entry) return null;
        var seen = new HashSet<MempoolEntry> { entry };
        var queue = new Queue<MempoolEntry>(seen);
        while (queue.TryDequeue(out var next))
        {
            if (Signals(next.Transaction)) return true;
            foreach (var parent in next.Parents)
            {
                if (seen.Add(parent)) queue.Enqueue(parent);
            }
        }

        return false;
    }

    internal static bool Signals(Transaction transaction) => transaction.Inputs.Any(input => input.Sequence <= SpendSequence.Replaceable);

    private long Mine(TxOut output, bool withWatched) =>
        wallet.Book.Find(output.ScriptPubKey) is { } own && (withWatched || own.Kind == OwnKind.Spendable) ? output.Value : 0;

    private bool IsTrusted(WalletTransaction transaction, HashSet<TxId> known)
    {
        if (known.Contains(transaction.Id)) return true;
        if (transaction.IsConfirmed) return true;
        if (!wallet.Settings.SpendsUnconfirmedChange || transaction.State == WalletTransactionState.Conflicted || transaction.IsAbandoned || transaction.Transaction.IsCoinbase || !IsInPool(transaction)) return false;
        foreach (var input in transaction.Transaction.Inputs)
        {
            if (wallet.Ledger.Find(input.PreviousOutput.TxId) is not { } parent) return false;
            if (wallet.Book.Find(parent.Transaction.Outputs[(int)input.PreviousOutput.Index].ScriptPubKey) is not { Kind: OwnKind.Spendable }) return false;
            if (!IsTrusted(parent, known)) return false;
        }

        known.Add(transaction.Id);
        return true;
    }
}
