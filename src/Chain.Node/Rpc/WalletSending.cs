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

    /// <summary>Gives a transaction to the pool and keeps it in the wallet, with what its owner says about it; fails where the pool refuses it.</summary>
    internal static WalletTransaction Commit(NodeWallet wallet, LoadedChain chain, Transaction transaction, params (string Name, string Text)[] notes)
    {
        if (!wallet.Settings.Broadcasts) return wallet.Commit(transaction, notes);
        switch (chain.Mempool.Accept(transaction))
        {
            case null or { Policy: PolicyError.AlreadyInMempool or PolicyError.SameNonWitnessData }:
                break;
            case { Policy: PolicyError.NonFinal or PolicyError.NonBip68Final }:
                // Its time comes by itself: the wallet keeps it until then.
                return wallet.Commit(transaction, notes);
            case { Policy: PolicyError.ChainTooLong }:
                throw new SpendException("Transaction has too long of a mempool chain");
            case var rejection:
                throw new RpcException(RpcErrorCode.WalletError, $"Error: The transaction was rejected! Reason given: {rejection.RejectReason}");
        }

        chain.Mempool.MarkUnbroadcast(transaction.Id);
        return wallet.Commit(transaction, notes);
    }

    /// <summary>The output that an input spends: of the wallet's own transactions, of the pool or of the chain; null where nobody knows.</summary>
    internal static TxOut? FindOutput(NodeWallet wallet, LoadedChain chain, OutPoint outPoint) =>
        wallet.Ledger.FindOutput(outPoint)
        ?? FindInPool(chain, outPoint)
        ?? chain.Chainstate.Coins.Find(outPoint)?.Output;

    private static TxOut? FindInPool(LoadedChain chain, OutPoint outPoint) =>
        chain.Mempool.FindEntry(outPoint.TxId) is { } entry && outPoint.Index < entry.Transaction.Outputs.Length ? entry.Transaction.Outputs[(int)outPoint.Index] : null;
}
