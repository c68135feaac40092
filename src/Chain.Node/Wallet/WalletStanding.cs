using Chain.Core.Primitives;
using Chain.State;

namespace Chain.Node.Wallet;

/// <summary>
/// Up to which block a wallet has taken the chain in, and for what of it; kept in its history, from which the next start goes on.
/// </summary>
internal sealed class WalletStanding(NodeWallet wallet, LoadedChain chain, WalletLog log)
{
    private const int MostDeadRecords = 1_000;

    private (BlockHash Hash, int Height)? _seen = log.BestBlock;
    private ulong? _owned = log.Owned;

    /// <summary>Whether something of the chain could not be taken in.</summary>
    internal bool HasMissed { get; set; }

    /// <summary>The last block that was taken in.</summary>
    internal BlockNode LastBlock => _seen is { } seen && chain.Chainstate.Tree.Find(seen.Hash) is { } node ? node : chain.Chainstate.Tree.FindActive(0)!;

    /// <summary>Whether the history is about all that the wallet owns.</summary>
    internal bool IsWhole => _owned == wallet.Contents.OwnedMark();

    /// <summary>
    /// Follows the chain from its tip on, and gives the height from which the blocks below have to be looked at; then
    /// <see cref="MarkComplete"/>. Where that never comes, the history is not whole, and the next start goes on with the scan, or
    /// looks at all again.
    /// </summary>
    internal int FollowFromTip()
    {
        HasMissed = false;
        var tree = chain.Chainstate.Tree;
        wallet.Ledger.ForgetBlocks(hash => tree.Find(hash) is { } node && tree.IsActive(node));
        var from = _seen is { } seen && IsWhole
            ? (tree.Find(seen.Hash) is { } last ? tree.FindFork(last)!.Height + 1 : 0)
            : WalletScan.FirstHeight(chain, Birth());
        if (from <= chain.Chainstate.Tip.Height) _owned = null;
        MoveTo(chain.Chainstate.Tip);
        Write();
        return from;
    }

    /// <summary>A block, or the parent of one that left the chain, is the last that was taken in.</summary>
    internal void MoveTo(BlockNode node) => _seen = (node.Hash, node.Height);

    /// <summary>All blocks were looked at for what the wallet owns, or owned when the scan began.</summary>
    internal void MarkComplete()
    {
        _owned = wallet.Scan?.Owned ?? wallet.Contents.OwnedMark();
        Write();
    }

    /// <summary>
    /// The chain was looked through from a height on for what the wallet owns, or owned when the scan began: the history is whole
    /// where it was so before, or where nothing below can concern it. Else the next start looks at all again.
    /// </summary>
    internal void MarkScanned(int from, bool wasWhole)
    {
        if (wasWhole || from <= WalletScan.FirstHeight(chain, Birth())) MarkComplete();
    }

    /// <summary>Writes it, unless that is what was written last.</summary>
    internal void Write()
    {
        if (Mark is var (best, owned)) log.WriteBestBlock(best.Hash, best.Height, owned);
    }

    /// <summary>Writes the history anew.</summary>
    internal void Compact()
    {
        var (best, owned) = Mark!.Value;
        log.Compact(chain.Params.Genesis.Hash, wallet.Ledger.InOrder, best, owned);
    }

    /// <summary>The same, where most of it is out of date.</summary>
    internal void CompactIfWorthwhile()
    {
        if (log.RecordCount > (2 * wallet.Ledger.Count) + MostDeadRecords) Compact();
    }

    /// <summary>
    /// Leaves what a look at the balance needs while nothing changes: where the wallet is at the tip and nothing of it is on its way,
    /// and as far as keys are concerned a program without a configuration would say the same.
    /// </summary>
    internal void NoteBalance()
    {
        var isAtRest = wallet.Scan is null && !HasMissed && IsWhole && LastBlock == chain.Chainstate.Tip && chain.Mempool.Count == 0
            && !wallet.Ledger.InOrder.Any(transaction => transaction is { State: WalletTransactionState.Unconfirmed, IsAbandoned: false });
        if (!isAtRest || wallet.Settings.HistoryFolder is not null || wallet.Settings.Keypool != KeyBook.UsualGap || wallet.Contents.Watched.Count > 0
            || wallet.Storage.Stamp is not { } stamp) return;
        var balance = wallet.Coins.Balance(0, wallet.AvoidsReuse, OwnKind.Spendable);
        log.WriteBalance(new BalanceNote(LastBlock.Hash, stamp, balance.Trusted, balance.Immature));
    }

    /// <summary>
    /// The last block, and the mark of what was looked for up to it, 0 where that is not everything. In the middle of a catch-up
    /// nothing is missing below its next block, so that the next start can go on there.
    /// </summary>
    private ((BlockHash Hash, int Height) Best, ulong Owned)? Mark =>
        wallet.Scan is { IsCatchUp: true } scan && chain.Chainstate.Tree.FindActive(scan.Next - 1) is { } done ? ((done.Hash, done.Height), scan.Owned)
            : _seen is { } seen ? (seen, _owned ?? 0)
            : null;

    private DateTimeOffset Birth() => wallet.Contents.Keys.Select(key => key.CreatedAt).Concat(wallet.Contents.Watched.Select(w => w.Since))
        .Concat(wallet.Contents.Descriptors.Select(descriptor => descriptor.Since)).Append(wallet.Contents.CreatedAt).Min();
}
