using Chain.Core.Primitives;
using Chain.Core.Signing;
using Chain.Node.Wallet;
using Chain.State;

namespace Chain.Node.Rpc;

/// <summary>Signs what a wallet is to spend, and hands it to the pool.</summary>
internal static class WalletSending
{
    /// <summary>Signs a draft with the wallet's keys; all inputs must be unlocked by that.</summary>
    internal static Transaction Sign(NodeWallet wallet, SpendDraft draft)
    {
        var spent = draft.Transaction.Inputs.Select((input, i) => (input.PreviousOutput, draft.Spent[i])).ToDictionary(pair => pair.PreviousOutput, pair => pair.Item2);
        var result = TransactionSigner.Sign(draft.Transaction, outPoint => spent[outPoint], wallet.SigningSource);
        return result.IsComplete ? result.Transaction : throw new SpendException("Signing transaction failed");
    }

    /// <summary>
    /// Keeps a transaction in the wallet, with what its owner says about it, and gives it to the pool; fails where that would refuse
    /// it. Where the wallet is not to give payments to the pool, their owner does.
    /// </summary>
    internal static WalletTransaction Commit(NodeWallet wallet, LoadedChain chain, Transaction transaction, params (string Name, string Text)[] notes)
    {
        if (!wallet.Settings.Broadcasts) return wallet.Commit(transaction, notes);
        switch (chain.Mempool.Test(transaction))
        {
            case null:
                return Give(wallet, chain, transaction, notes);
            case { Policy: PolicyError.AlreadyInMempool or PolicyError.SameNonWitnessData }:
                chain.Mempool.MarkUnbroadcast(transaction.Id);
                return wallet.Commit(transaction, notes);
            case { Policy: PolicyError.NonFinal or PolicyError.NonBip68Final }:
                // Its time comes by itself: the wallet keeps it until then.
                return wallet.Commit(transaction, notes);
            case { Policy: PolicyError.ChainTooLong }:
                throw new SpendException("Transaction has too long of a mempool chain");
            case var rejection:
                throw Rejected(rejection);
        }
    }

    /// <summary>
    /// Keeps a transaction that the pool would take in the wallet, and gives it to the pool: in this order, since who hears that a
    /// payment failed pays again.
    /// </summary>
    internal static WalletTransaction Give(NodeWallet wallet, LoadedChain chain, Transaction transaction, params (string Name, string Text)[] notes)
    {
        var own = wallet.Commit(transaction, notes);
        if (chain.Mempool.Accept(transaction) is { } rejection)
        {
            // It had no room for it after all.
            wallet.Ledger.Abandon(own);
            wallet.Flush();
            throw Rejected(rejection);
        }

        chain.Mempool.MarkUnbroadcast(transaction.Id);
        return own;
    }

    /// <summary>The output that an input spends: of the wallet's own transactions, of the pool or of the chain; null where nobody knows.</summary>
    internal static TxOut? FindOutput(NodeWallet wallet, LoadedChain chain, OutPoint outPoint) =>
        wallet.Ledger.FindOutput(outPoint)
        ?? FindInPool(chain, outPoint)
        ?? chain.Chainstate.Coins.Find(outPoint)?.Output;

    private static RpcException Rejected(TransactionRejection rejection) =>
        new(RpcErrorCode.WalletError, $"Error: The transaction was rejected! Reason given: {rejection.RejectReason}");

    private static TxOut? FindInPool(LoadedChain chain, OutPoint outPoint) =>
        chain.Mempool.FindEntry(outPoint.TxId) is { } entry && outPoint.Index < entry.Transaction.Outputs.Length ? entry.Transaction.Outputs[(int)outPoint.Index] : null;
}
