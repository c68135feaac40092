using Chain.Core.Coins;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Core.Consensus;

/// <summary>The rules for a block: alone, on its parent, and against the coins.</summary>
public static class BlockRules
{
    /// <summary>What needs nothing else (Core: CheckBlock).</summary>
    public static RuleViolation? Check(Block b, ChainParams p) => HeaderRules.Check(b.Header, p) ?? CheckBody(b, p);

    /// <summary>The same without proof of work, which a block that is only proposed does not have yet (BIP23).</summary>
    public static RuleViolation? CheckBody(Block b, ChainParams p) =>
        CheckMerkleRoot(b) ?? CheckSize(b, p) ?? CheckCoinbase(b) ?? CheckTransactions(b, p) ?? CheckSigOps(b, p);

    /// <summary>The rules for the first block: those that need nothing else, and no parent.</summary>
    public static RuleViolation? CheckGenesis(ChainParams p) =>
        p.Genesis.Header.PreviousBlockHash.IsZero
            ? Check(p.Genesis, p)
            : new RuleViolation(RuleError.ParentMissing, "a genesis block has no parent");

    /// <summary>What needs the parent, beside the header's own rules (Core: ContextualCheckBlock).</summary>
    public static RuleViolation? Accept(Block b, IHeaderNode parent, ChainParams p)
    {
        var height = parent.Height + 1;
        return AcceptLockTimes(b, height, parent, p) ?? AcceptCoinbaseHeight(b, height, p) ?? AcceptWitness(b, height, p) ?? AcceptWeight(b, p);
    }

    /// <summary>Whether the witnesses of a block, where it has any, are those that it commits to (BIP141), at whatever height that begins.</summary>
    public static bool IsWitnessCommitted(Block b)
    {
        foreach (var transaction in b.Transactions)
        {
            if (transaction.HasWitness) return WitnessCommitment.Find(b.Transactions[0]) is { } commitment && AcceptCommitment(b, commitment) is null;
        }

        return true;
    }

    /// <summary>
    /// What needs the coins as of the parent (Core: ConnectBlock): gives the change to them where the block is valid.
    /// <paramref name="node"/> is the block's own place above its ancestors. <paramref name="verifier"/> is null where the
    /// block's scripts are known to be valid.
    /// </summary>
    public static RuleViolation? Connect(Block b, IHeaderNode node, ICoinView coins, ChainParams p, IScriptVerifier? verifier, out CoinDiff diff)
    {
        diff = new CoinDiff(b);
        var view = new OverlayCoinView(coins, diff);
        return node.Height == 0
            ? ConnectGenesis(b, diff, p)
            : ConnectUnspentIds(b, node.Height, coins, p) ?? ConnectTransactions(b, node, view, p, verifier);
    }

    /// <summary>
    /// The script rules that blocks at this height must obey (Core: GetBlockScriptFlags). Where segregated witness is a rule at
    /// all, its programs are protected from the first block on, as in Core; blocks carry witnesses from its height on.
    /// </summary>
    public static ScriptFlags FlagsAt(int height, ChainParams p)
    {
        var flags = ScriptFlags.P2sh;
        if (height >= p.Bip66Height) flags |= ScriptFlags.DerSignatures;
        if (height >= p.Bip65Height) flags |= ScriptFlags.CheckLockTimeVerify;
        if (height >= p.CsvHeight) flags |= ScriptFlags.CheckSequenceVerify;
        if (p.SegwitHeight != ChainParams.Never) flags |= ScriptFlags.Witness;
        if (height >= p.SegwitHeight) flags |= ScriptFlags.NullDummy;
        if (height >= p.TaprootHeight && height >= p.SegwitHeight) flags |= ScriptFlags.Taproot;
        return flags;
    }

    /// <summary>The time that lock times are measured by, for a block on this parent (BIP113).</summary>
    public static long LockTimeCutoff(IHeaderNode parent, uint blockTime, ChainParams p) =>
        parent.Height + 1 >= p.CsvHeight ? HeaderRules.MedianTimePast(parent) : blockTime;

    /// <summary>The bytes with which a coinbase's script begins at a height (BIP34).</summary>
    public static byte[] CoinbaseHeightPrefix(int height) => ScriptEditing.PushNumber(height);

    private static RuleViolation? CheckMerkleRoot(Block b)
    {
        var root = b.ComputeMerkleRoot(out var mutated);
        if (root != b.Header.MerkleRoot) return RuleError.BadMerkleRoot;
        return mutated || HasEqualIds(b) ? RuleError.DuplicateTransaction : null;
    }

    private static bool HasEqualIds(Block b)
    {
        var ids = new HashSet<TxId>(b.Transactions.Length);
        foreach (var transaction in b.Transactions)
        {
            if (!ids.Add(transaction.Id)) return true;
        }

        return false;
    }

    private static RuleViolation? CheckSize(Block b, ChainParams p)
    {
        var limit = p.MaxBlockWeight / Transaction.WitnessScaleFactor;
        return b.Transactions.IsEmpty || b.Transactions.Length > limit || b.StrippedSize > limit ? RuleError.BadBlockLength : null;
    }

    private static RuleViolation? CheckCoinbase(Block b)
    {
        if (!b.Transactions[0].IsCoinbase) return RuleError.CoinbaseMissing;
        for (var i = 1; i < b.Transactions.Length; i++)
        {
            if (b.Transactions[i].IsCoinbase) return RuleError.CoinbaseMultiple;
        }

        return null;
    }

    private static RuleViolation? CheckTransactions(Block b, ChainParams p)
    {
        foreach (var transaction in b.Transactions)
        {
            if (TransactionRules.Check(transaction, p) is { } violation) return InTransaction(violation, transaction);
        }

        return null;
    }

    private static RuleViolation? CheckSigOps(Block b, ChainParams p)
    {
        var count = 0L;
        foreach (var transaction in b.Transactions) count += SigOps.CountLegacy(transaction);
        return count * Transaction.WitnessScaleFactor > p.MaxBlockSigOpsCost ? RuleError.TooManySigOps : null;
    }

    private static RuleViolation? AcceptLockTimes(Block b, int height, IHeaderNode parent, ChainParams p)
    {
        var cutoff = LockTimeCutoff(parent, b.Header.Time, p);
        foreach (var transaction in b.Transactions)
        {
            if (!TransactionRules.IsFinal(transaction, height, cutoff)) return InTransaction(RuleError.NonFinal, transaction);
        }

        return null;
    }

    private static RuleViolation? AcceptCoinbaseHeight(Block b, int height, ChainParams p)
    {
        if (height < p.Bip34Height) return null;
        return b.Transactions[0].Inputs[0].ScriptSig.Span.StartsWith(CoinbaseHeightPrefix(height)) ? null : RuleError.CoinbaseHeight;
    }

    private static RuleViolation? AcceptWitness(Block b, int height, ChainParams p)
    {
        if (height >= p.SegwitHeight && WitnessCommitment.Find(b.Transactions[0]) is { } commitment) return AcceptCommitment(b, commitment);
        foreach (var transaction in b.Transactions)
        {
            if (transaction.HasWitness) return InTransaction(RuleError.UnexpectedWitness, transaction);
        }

        return null;
    }

    private static RuleViolation? AcceptCommitment(Block b, Hash256 commitment)
    {
        var witness = b.Transactions[0].Inputs[0].Witness;
        if (witness.Length != 1 || witness[0].Length != WitnessCommitment.Size) return RuleError.BadWitnessNonceSize;
        return WitnessCommitment.Compute(b.Transactions, witness[0].Span) == commitment ? null : RuleError.BadWitnessMerkleRoot;
    }

    private static RuleViolation? AcceptWeight(Block b, ChainParams p) => b.Weight > p.MaxBlockWeight ? RuleError.BadBlockWeight : null;

    private static RuleViolation? ConnectGenesis(Block b, CoinDiff diff, ChainParams p)
    {
        if (p.GenesisSpendable) diff.CreateOutputs(b.Transactions[0], height: 0);
        return null;
    }

    private static RuleViolation? ConnectUnspentIds(Block b, int height, ICoinView coins, ChainParams p)
    {
        if (!CanIdComeTwice(height, p)) return null;
        foreach (var transaction in b.Transactions)
        {
            for (var i = 0; i < transaction.Outputs.Length; i++)
            {
                if (coins.Find(new OutPoint(transaction.Id, (uint)i)) is not null)
                    return InTransaction(RuleError.DuplicateUnspentTransaction, transaction);
            }
        }

        return null;
    }

    /// <summary>
    /// Where every coinbase holds its height (BIP34) no id can come twice, since no transaction can but through a coinbase that
    /// does. Only the genesis block's coinbase may claim any height, and be repeated there. On regtest Core always looks
    /// (its BIP34Hash is zero), which a block that repeats a transaction of another sees in the reject string.
    /// </summary>
    private static bool CanIdComeTwice(int height, ChainParams p)
    {
        if (p.Bip34Height > 1 || p.Profile == Profiles.RegtestName) return true;
        var genesis = new ScriptReader(p.Genesis.Transactions[0].Inputs[0].ScriptSig);
        if (!genesis.TryRead(out var opcode, out var data)) return false;
        var claimed = opcode is >= Opcode.Op1 and <= Opcode.Op16 ? opcode - Opcode.Op1 + 1L
            : ScriptNumber.TryRead(data.Span, requireMinimal: true, out var number) ? number : 0;
        return claimed > 0 && height >= claimed;
    }

    private static RuleViolation? ConnectTransactions(Block b, IHeaderNode node, OverlayCoinView view, ChainParams p, IScriptVerifier? verifier)
    {
        try
        {
            if (ConnectCoins(b, node, view, p, verifier) is not { } violation) return verifier?.Finish();
            verifier?.Abandon();
            return violation;
        }
        catch
        {
            verifier?.Abandon();
            throw;
        }
    }

    private static RuleViolation? ConnectCoins(Block b, IHeaderNode node, OverlayCoinView view, ChainParams p, IScriptVerifier? verifier)
    {
        var height = node.Height;
        var fees = Amount.Zero;
        var flags = FlagsAt(height, p);
        var sigOps = 0L;
        foreach (var transaction in b.Transactions)
        {
            Coin[] spent = [];
            if (!transaction.IsCoinbase)
            {
                if (TransactionRules.Connect(transaction, view, height, p, out var fee, out spent) is { } violation)
                    return InTransaction(violation, transaction);
                if (!Amount.TryAdd(fees, fee, out fees)) return RuleError.AccumulatedFeeOutOfRange;
                if (node.Parent is { } parent && !TransactionRules.AreSequenceLocksMet(transaction, spent, parent, height, p))
                    return InTransaction(RuleError.SequenceLocks, transaction);
            }

            var outputs = Coin.OutputsOf(spent);
            sigOps += SigOps.Cost(transaction, outputs, flags);
            if (sigOps > p.MaxBlockSigOpsCost) return RuleError.TooManySigOps;
            for (var i = 0; i < spent.Length; i++) view.Diff.Spend(transaction.Inputs[i].PreviousOutput, spent[i]);
            if (verifier is not null && spent.Length > 0 && !verifier.IsKnownValid(transaction, flags))
            {
                var data = new PrecomputedTransactionData(transaction, outputs);
                for (var i = 0; i < spent.Length; i++) verifier.Add(new ScriptCheck(data, i, flags));
            }

            view.Diff.CreateOutputs(transaction, height);
        }

        return ConnectCoinbase(b, height, fees, p);
    }

    private static RuleViolation? ConnectCoinbase(Block b, int height, Amount fees, ChainParams p)
    {
        var allowed = Subsidy.At(height, p).Satoshis + fees.Satoshis;
        var paid = 0L;
        foreach (var output in b.Transactions[0].Outputs) paid += output.Value;
        return paid > allowed ? new RuleViolation(RuleError.CoinbaseAmount, $"coinbase pays too much (actual={paid} vs limit={allowed})") : null;
    }

    private static RuleViolation InTransaction(RuleViolation violation, Transaction transaction) =>
        violation with { Detail = violation.Detail is null ? $"transaction {transaction.Id}" : $"{violation.Detail}, transaction {transaction.Id}" };
}
