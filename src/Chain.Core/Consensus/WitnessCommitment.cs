using System.Collections.Immutable;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;

namespace Chain.Core.Consensus;

/// <summary>
/// How a block commits to its witnesses, which no transaction id covers (BIP141): an output of the coinbase holds the
/// double SHA-256 of the root of all witness hashes and of 32 bytes in the coinbase's own witness.
/// </summary>
public static class WitnessCommitment
{
    /// <summary>The length of the coinbase's witness item, and of the commitment.</summary>
    public const int Size = Hash256.Size;

    private const int ScriptSize = 6 + Size;

    /// <summary>OP_RETURN, a push of 36 bytes, and the four bytes that mark a commitment.</summary>
    private static ReadOnlySpan<byte> Head => [0x6a, 0x24, 0xaa, 0x21, 0xa9, 0xed];

    /// <summary>The commitment in a coinbase: of its last output that has the form. Null where none has.</summary>
    public static Hash256? Find(Transaction coinbase)
    {
        for (var i = coinbase.Outputs.Length - 1; i >= 0; i--)
        {
            var script = coinbase.Outputs[i].ScriptPubKey.Span;
            if (script.Length >= ScriptSize && script.StartsWith(Head)) return new Hash256(script.Slice(Head.Length, Size));
        }

        return null;
    }

    /// <summary>The commitment to the witnesses of a block whose coinbase shows these 32 bytes; the coinbase's own hash counts as zero.</summary>
    public static Hash256 Compute(ImmutableArray<Transaction> transactions, ReadOnlySpan<byte> reserved)
    {
        var hashes = new Hash256[transactions.Length];
        for (var i = 1; i < hashes.Length; i++) hashes[i] = transactions[i].WitnessHash;
        var root = MerkleTree.ComputeRoot(hashes, out _);
        Span<byte> both = stackalloc byte[2 * Hash256.Size];
        root.CopyTo(both);
        reserved.CopyTo(both[Hash256.Size..]);
        return Sha256d.Hash(both);
    }

    /// <summary>The output that commits.</summary>
    public static TxOut Output(Hash256 commitment) => new(Amount.Zero, (byte[])[.. Head, .. commitment.ToByteArray()]);
}
