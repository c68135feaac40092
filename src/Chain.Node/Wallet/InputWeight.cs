using Chain.Core.Cryptography;
using Chain.Core.Encoding;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Core.Signing;

namespace Chain.Node.Wallet;

/// <summary>
/// The weight that an input will have once it is signed, before it is: signatures are taken to have 71 bytes with their hash type,
/// which those with a low R have at most (Core: CalculateMaximumSignedInputSize).
/// </summary>
internal static class InputWeight
{
    private const int Signature = 71;
    private const int SchnorrSignature = 64;
    private const int Scale = Transaction.WitnessScaleFactor;

    /// <summary>Weight in all, and whether a witness is part of it. Null for a script that nobody here can unlock.</summary>
    internal static (int Weight, bool HasWitness)? Of(ReadOnlyMemory<byte> script, ISigningSource source)
    {
        if (StandardScripts.FindScriptHash(script.Span) is { } hash)
        {
            if (source.FindScript(hash) is not { } redeem || Unlocking(redeem, source) is not { } inner) return null;
            return Sum(inner.ScriptSig + PushSize(redeem.Length), inner.Witness);
        }

        return Unlocking(script, source) is { } parts ? Sum(parts.ScriptSig, parts.Witness) : null;
    }

    /// <summary>The weight that a transaction without signatures will have with them; null where the wallet cannot tell.</summary>
    internal static int? OfTransaction(Transaction unsigned, IReadOnlyList<TxOut> spent, ISigningSource source)
    {
        var sizes = spent.Select(output => Of(output.ScriptPubKey, source)).OfType<(int Weight, bool HasWitness)>().ToList();
        if (sizes.Count != spent.Count) return null;
        var witness = sizes.Exists(size => size.HasWitness) ? 2 + sizes.Count(size => !size.HasWitness) : 0;
        return unsigned.Weight - (Scale * TxIn.MinSize * spent.Count) + sizes.Sum(size => size.Weight) + witness;
    }

    private static (int Weight, bool HasWitness) Sum(int scriptSig, int witness) =>
        (Scale * (OutPoint.Size + sizeof(uint) + ByteWriter.CompactSizeLength((ulong)scriptSig) + scriptSig) + witness, witness > 0);

    private static (int ScriptSig, int Witness)? Unlocking(ReadOnlyMemory<byte> script, ISigningSource source)
    {
        switch (ScriptTemplates.Recognize(script))
        {
            case ScriptTemplate.PublicKey:
                return (1 + Signature, 0);
            case ScriptTemplate.PublicKeyHash:
                var key = source.FindPublicKey(StandardScripts.FindPublicKeyHash(script.Span)!.Value);
                return key is null ? null : (1 + Signature + 1 + key.Bytes.Length, 0);
            case ScriptTemplate.MultiSig:
                return (1 + (MultiSig.Find(script)!.Required * (1 + Signature)), 0);
            case ScriptTemplate.WitnessV0KeyHash:
                var program = WitnessProgram.Find(script)!.Value.Program;
                return source.FindPublicKey(new Hash160(program.Span)) is null ? null : (0, 1 + 1 + Signature + 1 + Secp256k1.CompressedSize);
            case ScriptTemplate.WitnessV1Taproot:
                return source.FindTaproot(WitnessProgram.Find(script)!.Value.Program.Span) is null ? null : (0, 1 + 1 + SchnorrSignature);
            case ScriptTemplate.WitnessV0ScriptHash:
                Span<byte> hash = stackalloc byte[Hash160.Size];
                Ripemd160.Hash(WitnessProgram.Find(script)!.Value.Program.Span, hash);
                if (source.FindScript(new Hash160(hash)) is not { } inner || MultiSig.Find(inner) is not { } multiSig) return null;
                return (0, 2 + (multiSig.Required * (1 + Signature)) + ByteWriter.CompactSizeLength((ulong)inner.Length) + inner.Length);
            default:
                return null;
        }
    }

    private static int PushSize(int length) => length < 76 ? 1 + length : length < 256 ? 2 + length : 3 + length;
}
