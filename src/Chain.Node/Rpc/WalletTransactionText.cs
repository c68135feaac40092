using Chain.Core.Primitives;

namespace Chain.Node.Rpc;

/// <summary>
/// Decodes transactions that may have no inputs yet, which look like the form with witnesses: the form that reads to the end is
/// taken (Core: DecodeTx).
/// </summary>
internal static class WalletTransactionText
{
    /// <summary>Null where the bytes are no transaction; <paramref name="isWitness"/> says which form they have, where that is known.</summary>
    internal static Transaction? TryDecode(byte[] bytes, bool? isWitness) => isWitness switch
    {
        false => Transaction.TryDecode(bytes, allowWitness: false),
        true => Transaction.TryDecode(bytes),
        null => Transaction.TryDecode(bytes) ?? Transaction.TryDecode(bytes, allowWitness: false),
    };
}
