using Chain.Core.Coins;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Core.Consensus;

/// <summary>The rules for a block: alone, on its parent, and against the coins.</summary>
public static class BlockRules
{
    /// <summary>What needs nothing else (Core: CheckBlock).</summary>
    public static RuleViolation? Check(Block b, ChainParams p) =>
        HeaderRules.Check(b.Header, p) ?? CheckMerkleRoot(b) ?? CheckSize(b, p) ?? CheckCoinbase(b) ?? CheckTransactions(b, p) ?? CheckSigOps(b, p);

    /// <summary>The rules for the first block: those that need nothing else, and no parent.</summary>
    public static RuleViolation? CheckGenesis(ChainParams p) =>
        p.Genesis.Header.PreviousBlockHash.IsZero
            ? Check(p.Genesis, p)
            : new RuleViolation(RuleError.ParentMissing, "a genesis block has no parent");

    /// <summary>What needs the parent, beside the header's own rules (Core: ContextualCheckBlock).</summary>
    public static RuleViolation? Accept(Block b, IHeaderNode parent, ChainParams p)
    {
        var height = parent.Height + 1;
        return AcceptLockTimes(b, height, parent, p) ?? AcceptCoinbaseHeight(b, height, p) ?? AcceptWitness(b) ?? AcceptWeight(b, p);
    }

    /// <summary>
    /// What needs the coins as of the parent (Core: ConnectBlock): gives the change to them where the block is valid.
    /// <paramref name="verifier"/> is null where the block's scripts are known to be valid.
    /// </summary>
    public static RuleViolation? Connect(Block b, int height, ICoinView coins, ChainParams p, IScriptVerifier? verifier, out CoinDiff diff)
    {
        diff = new CoinDiff();
        var view = new OverlayCoinView(coins, diff);
        return height == 0
            ? ConnectGenesis(b, diff, p)
            : ConnectUnspentIds(b, height, coins, p) ?? ConnectTransactions(b, height, view, p, verifier);
    }

    /// <summary>The script rules that blocks at this height must obey.</summary>
    public static ScriptFlags FlagsAt(int height, ChainParams p) =>
        height >= p.Bip66Height ? ScriptFlags.DerSignatures : ScriptFlags.None;

    /// <summary>The time that lock times are measured by, for a block on this parent (BIP113).</summary>
    public static long LockTimeCutoff(IHeaderNode parent, uint blockTime, ChainParams p) =>
        parent.Height + 1 >= p.CsvHeight ? HeaderRules.MedianTimePast(parent) : blockTime;

    /// <summary>The bytes with which a coinbase's script begins at a height (BIP34).</summary>
    public static byte[] CoinbaseHeightPrefix(int height) => ScriptEditing.PushNumber(height);

    private static RuleViolation? CheckMerkleRoot(Block b)
    {
        var root = b.ComputeMerkleRoot(out var mutated);
        if (root != b.Header.MerkleRoot) return RuleError.BadMerkleRoot;
        return mutated ? RuleError.DuplicateTransaction : null;
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

    private static RuleViolation? AcceptWitness(Block b)
    {
        foreach (var transaction in b.Transactions)
        {
            if (transaction.HasWitness) return InTransaction(RuleError.UnexpectedWitness, transaction);
        }

        return null;
    }

    private static RuleViolation? AcceptWeight(Block b, ChainParams p) => b.Weight > p.MaxBlockWeight ? RuleError.BadBlockWeight : null;

    private static RuleViolation? ConnectGenesis(Block b, CoinDiff diff, ChainParams p)
    {
        if (p.GenesisSpendable) diff.CreateOutputs(b.Transactions[0], height: 0);
        return null;
    }

    private static RuleViolation? ConnectUnspentIds(Block b, int height, ICoinView coins, ChainParams p)
    {
        // Since BIP34 every coinbase holds its height, so no id can come twice once it holds for the whole chain.
        if (p.Bip34Height <= 1 && height >= p.Bip34Height) return null;
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

    private static RuleViolation? ConnectTransactions(Block b, int height, OverlayCoinView view, ChainParams p, IScriptVerifier? verifier)
    {
        var fees = Amount.Zero;
        var flags = FlagsAt(height, p);
        var checks = new List<ScriptCheck>();
        foreach (var transaction in b.Transactions)
        {
            if (!transaction.IsCoinbase)
            {
                if (TransactionRules.Connect(transaction, view, height, p, out var fee, out var spent) is { } violation)
                    return InTransaction(violation, transaction);
                if (!Amount.TryAdd(fees, fee, out fees)) return RuleError.AccumulatedFeeOutOfRange;
                for (var i = 0; i < spent.Length; i++) view.Diff.Spend(transaction.Inputs[i].PreviousOutput, spent[i]);
                if (verifier is not null) checks.AddRange(ScriptCheck.ForInputs(transaction, spent, flags));
            }

            view.Diff.CreateOutputs(transaction, height);
        }

        return ConnectCoinbase(b, height, fees, p) ?? verifier?.Verify(checks);
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
