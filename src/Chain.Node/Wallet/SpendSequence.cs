using Chain.Core.Primitives;

namespace Chain.Node.Wallet;

/// <summary>The sequence numbers that a wallet gives its inputs.</summary>
internal static class SpendSequence
{
    /// <summary>Says that the transaction may be replaced (BIP125).</summary>
    internal const uint Replaceable = TxIn.FinalSequence - 2;

    /// <summary>Keeps the lock time in force, and says nothing about replacement.</summary>
    internal const uint NonFinal = TxIn.FinalSequence - 1;
}
