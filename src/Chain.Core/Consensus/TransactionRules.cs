using Chain.Core.Coins;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Core.Consensus;

/// <summary>The rules for a transaction: alone, at a height and time, and against the coins.</summary>
public static class TransactionRules
{
    /// <summary>Lock times below this are heights, from it on Unix seconds.</summary>
    public const uint LockTimeThreshold = Transaction.LockTimeThreshold;

    private const int MinCoinbaseScript = 2;
    private const int MaxCoinbaseScript = 100;

    /// <summary>What needs nothing else (Core: CheckTransaction).</summary>
    public static RuleViolation? Check(Transaction t, ChainParams p) =>
        CheckNotEmpty(t) ?? CheckSize(t, p) ?? CheckOutputs(t) ?? CheckDuplicateInputs(t) ?? (t.IsCoinbase ? CheckCoinbase(t) : CheckInputs(t));

    /// <summary>
    /// True where the lock time lies before this height or time, or every input says that it does not matter (Core: IsFinalTx).
    /// </summary>
    public static bool IsFinal(Transaction t, int height, long time)
    {
        if (t.LockTime == 0 || t.LockTime < (t.LockTime < LockTimeThreshold ? height : time)) return true;
        foreach (var input in t.Inputs)
        {
            if (input.Sequence != TxIn.FinalSequence) return false;
        }

        return true;
    }

    /// <summary>
    /// What needs the coins: every input there and mature, values in range, outputs not above inputs (Core: CheckTxInputs).
    /// Gives the fee and the coins spent, in the order of the inputs. Not for a coinbase.
    /// </summary>
    public static RuleViolation? Connect(Transaction t, ICoinView coins, int height, ChainParams p, out Amount fee, out Coin[] spent)
    {
        fee = default;
        spent = new Coin[t.Inputs.Length];
        for (var i = 0; i < spent.Length; i++)
        {
            if (coins.Find(t.Inputs[i].PreviousOutput) is not { } coin)
                return new RuleViolation(RuleError.InputsMissingOrSpent, $"{t.Inputs[i].PreviousOutput}");
            spent[i] = coin;
        }

        var total = Amount.Zero;
        foreach (var coin in spent)
        {
            if (coin.IsCoinbase && height - coin.Height < p.CoinbaseMaturity)
                return new RuleViolation(RuleError.PrematureCoinbaseSpend, $"tried to spend coinbase at depth {height - coin.Height}");
            if (!Amount.TryAdd(total, coin.Amount, out total)) return RuleError.InputValuesOutOfRange;
        }

        var paid = Amount.Zero;
        foreach (var output in t.Outputs) paid += output.Amount;
        if (total < paid) return new RuleViolation(RuleError.InputsBelowOutputs, $"value in ({total}) < value out ({paid})");
        fee = total - paid;
        return null;
    }

    /// <summary>
    /// True where every coin is as old as its input's sequence number asks, for a transaction in the block at
    /// <paramref name="height"/> on this parent (BIP68). Ages in time count from the median time before the coin's block to
    /// the parent's.
    /// </summary>
    public static bool AreSequenceLocksMet(Transaction t, Coin[] spent, IHeaderNode parent, int height, ChainParams p)
    {
        if ((uint)t.Version < RelativeLockTime.MinVersion || height < p.CsvHeight) return true;
        long minHeight = -1, minTime = -1;
        for (var i = 0; i < spent.Length; i++)
        {
            var sequence = t.Inputs[i].Sequence;
            if ((sequence & RelativeLockTime.DisableFlag) != 0) continue;
            var age = sequence & RelativeLockTime.ValueMask;
            if ((sequence & RelativeLockTime.TypeFlag) == 0)
            {
                minHeight = Math.Max(minHeight, spent[i].Height + (long)age - 1);
                continue;
            }

            var before = parent.GetAncestor(Math.Min(parent.Height, Math.Max(spent[i].Height - 1, 0)));
            minTime = Math.Max(minTime, HeaderRules.MedianTimePast(before) + ((long)age << RelativeLockTime.Granularity) - 1);
        }

        return minHeight < height && (minTime < 0 || minTime < HeaderRules.MedianTimePast(parent));
    }

    private static RuleViolation? CheckNotEmpty(Transaction t)
    {
        if (t.Inputs.IsEmpty) return RuleError.NoInputs;
        return t.Outputs.IsEmpty ? RuleError.NoOutputs : null;
    }

    private static RuleViolation? CheckSize(Transaction t, ChainParams p) =>
        t.StrippedRaw.Length * Transaction.WitnessScaleFactor > p.MaxBlockWeight ? RuleError.TransactionOversize : null;

    private static RuleViolation? CheckOutputs(Transaction t)
    {
        var total = Amount.Zero;
        foreach (var output in t.Outputs)
        {
            if (output.Value < 0) return RuleError.OutputNegative;
            if (!Amount.TryFromSatoshis(output.Value, out var amount)) return RuleError.OutputTooLarge;
            if (!Amount.TryAdd(total, amount, out total)) return RuleError.OutputTotalTooLarge;
        }

        return null;
    }

    private static RuleViolation? CheckDuplicateInputs(Transaction t)
    {
        if (t.Inputs.Length == 1) return null;
        var seen = new HashSet<OutPoint>(t.Inputs.Length);
        foreach (var input in t.Inputs)
        {
            if (!seen.Add(input.PreviousOutput)) return RuleError.DuplicateInputs;
        }

        return null;
    }

    private static RuleViolation? CheckCoinbase(Transaction t) =>
        t.Inputs[0].ScriptSig.Length is < MinCoinbaseScript or > MaxCoinbaseScript ? RuleError.CoinbaseScriptLength : null;

    private static RuleViolation? CheckInputs(Transaction t)
    {
        foreach (var input in t.Inputs)
        {
            if (input.PreviousOutput.IsNull) return RuleError.NullPreviousOutput;
        }

        return null;
    }
}
