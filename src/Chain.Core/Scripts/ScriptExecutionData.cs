using Chain.Core.Cryptography;

namespace Chain.Core.Scripts;

/// <summary>
/// What signatures of taproot cover beside the transaction, and how many of them the witness still pays for (Core:
/// ScriptExecutionData).
/// </summary>
public sealed class ScriptExecutionData
{
    /// <summary>No OP_CODESEPARATOR was executed.</summary>
    public const uint NoCodeSeparator = uint.MaxValue;

    /// <summary>The SHA-256 of the annex with its length before it; null where the witness has none.</summary>
    public Hash256? AnnexHash { get; init; }

    /// <summary>The leaf that is being run; null on the key path.</summary>
    public Hash256? LeafHash { get; init; }

    /// <summary>Which operation of the script, counted from 0, was the last OP_CODESEPARATOR that was executed.</summary>
    public uint CodeSeparatorPosition { get; set; } = NoCodeSeparator;

    /// <summary>The weight of the witness, and 50, less 50 for each signature so far (BIP342).</summary>
    public long ValidationWeightLeft { get; set; }
}
