using System.Security.Cryptography;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.State;

namespace Chain.Node.Wallet;

/// <summary>
/// A wallet that is loaded: its keys, its history, and its place in the chain, which it follows. Touched only where the chain may
/// be touched.
/// </summary>
internal sealed class NodeWallet : IDisposable
{
    private readonly LoadedChain _chain;
    private readonly TimeProvider _clock;
    private readonly RandomNumberGenerator _random;
    private readonly WalletLog _log;
    private readonly WalletStanding _standing;
    private uint? _masterFingerprint;

    internal NodeWallet(string name, WalletStorage storage, LoadedChain chain, TimeProvider clock, RandomNumberGenerator random, WalletSettings settings)
    {
        Settings = settings;
        PayTxFee = settings.PaidFeeRate;
        Name = name;
        Storage = storage;
        Unlocks = new WalletUnlocks(storage);
        _chain = chain;
        _clock = clock;
        _random = random;
        Book = new KeyBook(storage.Contents, settings.Keypool);
        _log = WalletLog.Open(settings.HistoryPathOf(storage.Path), chain.Params.Genesis.Hash);
        _standing = new WalletStanding(this, chain, _log);
        Ledger = new WalletLedger(_log, script => Book.Find(script));
        Addresses = new WalletAddresses(this, chain);
        Coins = new WalletCoins(this, chain);
    }

    internal string Name { get; }

    internal WalletStorage Storage { get; }

    internal WalletContents Contents => Storage.Contents;

    /// <summary>What the configuration says.</summary>
    internal WalletSettings Settings { get; }

    /// <summary>What it owns.</summary>
    internal KeyBook Book { get; private set; }

    /// <summary>Its transactions.</summary>
    internal WalletLedger Ledger { get; }

    /// <summary>Its new addresses.</summary>
    internal WalletAddresses Addresses { get; }

    /// <summary>Its coins and what they are worth.</summary>
    internal WalletCoins Coins { get; }

    /// <summary>Coins that are locked until the wallet is unloaded.</summary>
    internal HashSet<OutPoint> LockedHere { get; } = [];

    /// <summary>The fee rate that its owner set, in satoshis per 1,000 vbytes; 0 for none.</summary>
    internal long PayTxFee { get; set; }

    /// <summary>What keeps it unlocked, where it is encrypted.</summary>
    internal WalletUnlocks Unlocks { get; }

    /// <summary>The scan of the chain that runs; null where none does.</summary>
    internal WalletScan? Scan { get; set; }

    internal bool IsLocked => Storage.IsLocked;

    internal bool HasPrivateKeys => (Contents.Flags & WalletFlags.DisablePrivateKeys) == 0;

    /// <summary>Whether it knows its scripts by descriptors alone, as Core's newer wallets do.</summary>
    internal bool IsOfDescriptors => (Contents.Flags & WalletFlags.Descriptors) != 0;

    internal bool AvoidsReuse => (Contents.Flags & WalletFlags.AvoidReuse) != 0;

    /// <summary>The last block that it has taken in.</summary>
    internal BlockNode LastBlock => _standing.LastBlock;

    /// <summary>The Unix time in seconds.</summary>
    internal long Now => _clock.GetUtcNow().ToUnixTimeSeconds();

    internal DateTimeOffset NowAsDate => _clock.GetUtcNow();

    internal RandomNumberGenerator Random => _random;

    /// <summary>Keys and scripts for whoever signs: with private keys only while it is unlocked.</summary>
    internal WalletSigningSource SigningSource => new(Book, Storage.Secrets, MasterFingerprint);

    /// <summary>The first four bytes of the master key's hash, which are those of the seed's name.</summary>
    internal uint MasterFingerprint => _masterFingerprint ??= Contents.SeedId is { } id ? System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(id.ToByteArray()) : 0;

    /// <summary>
    /// Follows the chain from its tip on, and gives the scan of what it did since the wallet last looked: a new one begins at its own
    /// birth, one that was away at the block that it saw last. Where it owns more than its history knows of, as after a kill in the
    /// middle of an import, or where the history was damaged, it begins at its birth too.
    /// </summary>
    internal WalletScan BeginCatchUp()
    {
        var from = _standing.FollowFromTip();
        return new WalletScan(Now, from, _chain.Chainstate.Tip.Height) { Owned = Contents.OwnedMark(), IsCatchUp = true, Complete = EndCatchUp };
    }

    /// <summary>The scan of a part of the chain for what it owns; <paramref name="wasWhole"/> as in <see cref="WalletStanding.MarkScanned"/>.</summary>
    internal WalletScan ScanOf(int start, int? stop, bool wasWhole) => new(Now, start, stop ?? LastBlock.Height)
    {
        Owned = Contents.OwnedMark(),
        Stop = stop,
        Complete = () =>
        {
            if (stop is null) _standing.MarkScanned(start, wasWhole);
        },
    };

    /// <summary>Nobody can have paid keys that have just been made: only what comes is looked at.</summary>
    internal void BeginAtTip()
    {
        _ = _standing.FollowFromTip();
        EndCatchUp();
    }

    /// <summary>All blocks were looked at: what waits is taken in too.</summary>
    private void EndCatchUp()
    {
        if (Settings.HistoryFolder is null && Contents.SeedId is not null && Contents.CreatedAt == WalletContents.BirthUnknown) LearnBirth();
        _standing.MarkComplete();
        foreach (var entry in _chain.Mempool.InOrder()) _ = Take(Ledger.AddWaiting(entry.Transaction, Now));
        if (Settings.Broadcasts) Resubmit();
        _standing.CompactIfWorthwhile();
    }

    /// <summary>Gives the pool what it lost, as in a kill: of the wallet's own payments at least the wallet knows.</summary>
    private void Resubmit()
    {
        foreach (var waiting in Ledger.InOrder.Where(t => t.State == WalletTransactionState.Unconfirmed && !t.IsAbandoned && !t.Transaction.IsCoinbase).ToList())
        {
            if (_chain.Mempool.FindEntry(waiting.Id) is null) _ = _chain.Mempool.Accept(waiting.Transaction);
        }
    }

    /// <summary>A block is the new tip.</summary>
    internal void OnBlockConnected(BlockNode node, Block block)
    {
        if (_standing.HasMissed) return;
        for (var i = 0; i < block.Transactions.Length; i++) _ = Take(Ledger.AddConfirmed(block.Transactions[i], node, i, Now));
        _standing.MoveTo(node);
    }

    /// <summary>Something of the chain could not be taken in: the wallet stays at the block before, and catches up when it is asked next.</summary>
    internal void Miss() => _standing.HasMissed = true;

    /// <summary>The tip went back to its parent.</summary>
    internal void OnBlockDisconnected(BlockNode node, Block block)
    {
        Ledger.Disconnect(block, node.Hash);
        if (!_standing.HasMissed && node.Parent is { } parent) _standing.MoveTo(parent);
    }

    /// <summary>Whether its history is about all that it owns: no catch-up is unfinished, and nothing came that was not looked for.</summary>
    internal bool IsWhole => _standing.IsWhole;

    /// <summary>A transaction waits in the pool.</summary>
    internal void OnTransactionAccepted(MempoolEntry entry) => _ = Take(Ledger.AddWaiting(entry.Transaction, Now));

    /// <summary>Looks once more at a block of the chain.</summary>
    internal void TakeBlock(BlockNode node)
    {
        // Nobody can spend Bitcoin's first reward, and no wallet counts it.
        if (node.Height == 0 && !_chain.Params.GenesisSpendable) return;
        var block = _chain.Chainstate.GetBlock(node);
        for (var i = 0; i < block.Transactions.Length; i++) _ = Take(Ledger.AddConfirmed(block.Transactions[i], node, i, Now));
    }

    /// <summary>
    /// Takes a transaction that the wallet made, with what its owner says about it, and keeps it on the disk. Where the disk does not
    /// take it the wallet is as before: its coins can be spent again.
    /// </summary>
    internal WalletTransaction Commit(Transaction transaction, params (string Name, string Text)[] notes)
    {
        var isNew = Ledger.Find(transaction.Id) is null;
        var end = _log.End;
        try
        {
            var own = Ledger.AddWaiting(transaction, Now) ?? throw new InvalidOperationException("A wallet's transaction does not concern it.");
            foreach (var (name, text) in notes) Ledger.Note(own, name, text);
            _log.Flush();
            Unlock(transaction);
            NoteReuse(own);
            return own;
        }
        catch
        {
            if (isNew && Ledger.Find(transaction.Id) is { } failed) Ledger.Remove(failed);
            _log.CutTo(end);
            throw;
        }
    }

    /// <summary>
    /// Changes the wallet's file and what is known of it. Where secrets are changed too the wallet must be unlocked. A file of
    /// the first version becomes one of the second.
    /// </summary>
    internal void Update(Action<WalletContents> change, bool withSecrets = false)
    {
        try
        {
            Save(change, withSecrets);
        }
        finally
        {
            Rebuild();
        }
    }

    /// <summary>As <see cref="Update"/>, for changes that take away no key and no script: names, locks, the next numbers of accounts.</summary>
    internal void UpdateNames(Action<WalletContents> change)
    {
        var before = Contents;
        try
        {
            Save(change, withSecrets: false);
        }
        finally
        {
            if (ReferenceEquals(before, Contents)) Book.Extend();
            else Rebuild();
        }
    }

    /// <summary>
    /// Takes up keys that a command has added to the file meanwhile; gives the scan for what they own, or for blocks that could not be
    /// taken in, where there is any. While another scan runs there is none: the first call after its end will tell.
    /// </summary>
    internal WalletScan? Refresh()
    {
        if (Scan is not null) return null;
        var (before, wasWhole) = (Contents, IsWhole);
        var isTouched = Storage.RefreshIfTouched();
        if (isTouched) Rebuild();
        if (_standing.HasMissed) return BeginCatchUp();
        return isTouched && Contents.BirthOfNew(before) is { } birth ? ScanOf(WalletScan.FirstHeight(_chain, birth), null, wasWhole) : null;
    }

    /// <summary>Whether an output of the wallet is change: it belongs to an address that nobody was given.</summary>
    internal bool IsChange(ReadOnlyMemory<byte> script) => Book.Find(script) is not null && !Contents.Book.ContainsKey(new ScriptBytes(script));

    /// <summary>The scripts of the wallet that a transaction spends from.</summary>
    internal HashSet<ScriptBytes> PayersOf(Transaction transaction) =>
        [.. transaction.Inputs.Select(input => Ledger.FindOutput(input.PreviousOutput)).OfType<TxOut>().Select(output => new ScriptBytes(output.ScriptPubKey))];

    internal bool IsCoinLocked(OutPoint coin) => LockedHere.Contains(coin) || Contents.LockedCoins.Contains(coin);

    /// <summary>Takes a transaction out of the history.</summary>
    internal void Forget(WalletTransaction transaction)
    {
        Ledger.Remove(transaction);
        _standing.Compact();
    }

    /// <summary>Writes where it stands.</summary>
    internal void Flush()
    {
        _standing.Write();
        _log.Flush();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Unlocks.Dispose();
        try
        {
            _standing.Write();
            _standing.NoteBalance();
            _log.Flush();
        }
        finally
        {
            _log.Dispose();
            Storage.Dispose();
        }
    }

    /// <summary>Where it fails, the contents are read anew: what is known of keys must be made from those too.</summary>
    private void Save(Action<WalletContents> change, bool withSecrets) => Storage.Update(contents =>
    {
        contents.Version = WalletFile.CurrentVersion;
        change(contents);
    }, withSecrets || Contents.Version == WalletFile.FirstVersion);

    private void Rebuild()
    {
        Book = new KeyBook(Contents, Settings.Keypool);
        _masterFingerprint = null;
    }

    /// <summary>
    /// A wallet of a master key alone was made nobody knows when. Once the chain was looked through, the first block that concerns
    /// it tells; where there is none, the tip. The median of the times before is never later than any block that follows (BIP113).
    /// </summary>
    private void LearnBirth()
    {
        var height = Ledger.InOrder.Where(transaction => transaction.IsConfirmed).Select(transaction => transaction.Height).DefaultIfEmpty(_chain.Chainstate.Tip.Height).Min();
        var node = _chain.Chainstate.Tree.FindActive(height)!;
        var birth = Math.Min(Now, HeaderRules.MedianTimePast(node.Parent ?? node));
        UpdateNames(contents => contents.CreatedAt = DateTimeOffset.FromUnixTimeSeconds(birth));
    }

    /// <summary>Keys that were paid are used: the next ones are watched from then on, and addresses that were paid have a name.</summary>
    private WalletTransaction? Take(WalletTransaction? transaction)
    {
        if (transaction is null) return null;
        Unlock(transaction.Transaction);
        foreach (var output in transaction.Transaction.Outputs)
        {
            if (Book.Find(output.ScriptPubKey) is not { Place: { } place } own) continue;
            var account = Contents.Accounts.Single(a => a.Type == place.Type);
            if (place.Index < account.Next(place.IsChange)) continue;
            var script = output.ScriptPubKey.ToArray();
            UpdateNames(contents =>
            {
                contents.Accounts.Single(a => a.Type == place.Type).SetNext(place.IsChange, place.Index + 1);
                if (!place.IsChange) contents.Book.TryAdd(new ScriptBytes(script), new BookEntry("", IsReceive: true));
            });
        }

        NoteReuse(transaction);
        return transaction;
    }

    /// <summary>A coin that is spent cannot be kept from being chosen.</summary>
    private void Unlock(Transaction transaction)
    {
        var spent = transaction.Inputs.Select(input => input.PreviousOutput).Where(IsCoinLocked).ToList();
        LockedHere.ExceptWith(spent);
        if (Contents.LockedCoins.Overlaps(spent)) UpdateNames(contents => contents.LockedCoins.ExceptWith(spent));
    }

    private void NoteReuse(WalletTransaction transaction)
    {
        if (!AvoidsReuse) return;
        var spent = transaction.Transaction.Inputs.Select(input => Ledger.FindOutput(input.PreviousOutput)).OfType<TxOut>()
            .Where(output => Book.Find(output.ScriptPubKey) is not null).Select(output => new ScriptBytes(output.ScriptPubKey)).Where(s => !Contents.SpentFrom.Contains(s)).ToList();
        if (spent.Count > 0) UpdateNames(contents => contents.SpentFrom.UnionWith(spent));
    }
}
