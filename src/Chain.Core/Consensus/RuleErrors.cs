namespace Chain.Core.Consensus;

/// <summary>Who is to blame where a rule is broken: what the node may conclude about the sender and the hash.</summary>
public enum Blame
{
    /// <summary>The object is invalid for ever, by its hash; who sent it breaks the protocol.</summary>
    Guilty,

    /// <summary>These bytes are invalid, but the hash does not bind them: another object of the same hash may be valid.</summary>
    Mutated,

    /// <summary>What it builds on is not known here: nobody's fault.</summary>
    MissingParent,

    /// <summary>It may become valid with time.</summary>
    NotYet,
}

/// <summary>The texts of <see cref="RuleError"/> and who is to blame.</summary>
public static class RuleErrors
{
    /// <summary>The reject string of Bitcoin Core, which logs, RPC and tools use.</summary>
    public static string RejectReason(this RuleError error) => error switch
    {
        RuleError.HighHash => "high-hash",
        RuleError.BadMerkleRoot => "bad-txnmrklroot",
        RuleError.DuplicateTransaction => "bad-txns-duplicate",
        RuleError.BadBlockLength => "bad-blk-length",
        RuleError.CoinbaseMissing => "bad-cb-missing",
        RuleError.CoinbaseMultiple => "bad-cb-multiple",
        RuleError.NoInputs => "bad-txns-vin-empty",
        RuleError.NoOutputs => "bad-txns-vout-empty",
        RuleError.TransactionOversize => "bad-txns-oversize",
        RuleError.OutputNegative => "bad-txns-vout-negative",
        RuleError.OutputTooLarge => "bad-txns-vout-toolarge",
        RuleError.OutputTotalTooLarge => "bad-txns-txouttotal-toolarge",
        RuleError.DuplicateInputs => "bad-txns-inputs-duplicate",
        RuleError.CoinbaseScriptLength => "bad-cb-length",
        RuleError.NullPreviousOutput => "bad-txns-prevout-null",
        RuleError.TooManySigOps => "bad-blk-sigops",
        RuleError.KnownInvalid => "duplicate-invalid",
        RuleError.ParentMissing => "prev-blk-not-found",
        RuleError.ParentInvalid => "bad-prevblk",
        RuleError.BadDifficultyBits => "bad-diffbits",
        RuleError.TimeTooOld => "time-too-old",
        RuleError.TimeTooNew => "time-too-new",
        RuleError.BadVersion => "bad-version",
        RuleError.NonFinal => "bad-txns-nonfinal",
        RuleError.CoinbaseHeight => "bad-cb-height",
        RuleError.BadWitnessNonceSize => "bad-witness-nonce-size",
        RuleError.BadWitnessMerkleRoot => "bad-witness-merkle-match",
        RuleError.UnexpectedWitness => "unexpected-witness",
        RuleError.BadBlockWeight => "bad-blk-weight",
        RuleError.DuplicateUnspentTransaction => "bad-txns-BIP30",
        RuleError.InputsMissingOrSpent => "bad-txns-inputs-missingorspent",
        RuleError.PrematureCoinbaseSpend => "bad-txns-premature-spend-of-coinbase",
        RuleError.InputValuesOutOfRange => "bad-txns-inputvalues-outofrange",
        RuleError.InputsBelowOutputs => "bad-txns-in-belowout",
        RuleError.AccumulatedFeeOutOfRange => "bad-txns-accumulated-fee-outofrange",
        RuleError.SequenceLocks => "bad-txns-nonfinal",
        RuleError.CoinbaseAmount => "bad-cb-amount",
        RuleError.ScriptFailed => "mandatory-script-verify-flag-failed",
        _ => throw new ArgumentOutOfRangeException(nameof(error), error, null),
    };

    /// <summary>Who is to blame where a block breaks this rule.</summary>
    public static Blame Blame(this RuleError error) => error switch
    {
        // The header does not bind what these found: the Merkle root differs, or is that of a shorter list too, or the
        // witness, which no id covers, is not the one that was committed to.
        RuleError.BadMerkleRoot or RuleError.DuplicateTransaction
            or RuleError.BadWitnessNonceSize or RuleError.BadWitnessMerkleRoot or RuleError.UnexpectedWitness => Consensus.Blame.Mutated,
        RuleError.ParentMissing => Consensus.Blame.MissingParent,
        RuleError.TimeTooNew => Consensus.Blame.NotYet,
        _ => Consensus.Blame.Guilty,
    };
}
