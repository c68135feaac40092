using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Core.Signing;

namespace Chain.Core.Descriptors;

/// <summary>Finds a descriptor for a locking script from what is known of keys and scripts (Core: InferDescriptor).</summary>
public static class DescriptorInference
{
    private static readonly SigningKeys Nothing = new();

    /// <summary>A descriptor of a script: the most telling one that the source allows, at least its address or its bytes.</summary>
    public static Descriptor Infer(ReadOnlyMemory<byte> script, AddressFormat format, ISigningSource? source = null)
    {
        if (Find(script, DescriptorContext.Top, source ?? Nothing) is { } descriptor) return descriptor;
        return ScriptTemplates.Recognize(script) != ScriptTemplate.PublicKey && StandardScripts.FindAddress(script, format) is { } address
            ? new AddressDescriptor(address)
            : new RawDescriptor(script);
    }

    private static Descriptor? Find(ReadOnlyMemory<byte> script, DescriptorContext context, ISigningSource source)
    {
        var isTop = context == DescriptorContext.Top;
        switch (ScriptTemplates.Recognize(script))
        {
            case ScriptTemplate.PublicKey:
                return FindKey(StandardScripts.FindPublicKey(script)!.Value, context, source) is { } key ? new KeyDescriptor("pk", key) : null;
            case ScriptTemplate.PublicKeyHash:
                return FindKey(StandardScripts.FindPublicKeyHash(script.Span)!.Value, context, source) is { } hashed ? new KeyDescriptor("pkh", hashed) : null;
            case ScriptTemplate.WitnessV0KeyHash when context != DescriptorContext.P2wsh:
                var witnessHash = new Hash160(WitnessProgram.Find(script)!.Value.Program.Span);
                return FindKey(witnessHash, DescriptorContext.P2wsh, source) is { } witnessKey ? new KeyDescriptor("wpkh", witnessKey) : null;
            case ScriptTemplate.MultiSig:
                var multiSig = MultiSig.Find(script)!;
                var keys = multiSig.PublicKeys.Select(member => FindKey(member, context, source)).ToList();
                return keys.Contains(null) ? null : new MultiDescriptor(multiSig.Required, keys!, isSorted: false);
            case ScriptTemplate.ScriptHash when isTop:
                return source.FindScript(StandardScripts.FindScriptHash(script.Span)!.Value) is { } redeem && Find(redeem, DescriptorContext.P2sh, source) is { } inner
                    ? new ScriptHashDescriptor(isWitness: false, inner)
                    : null;
            case ScriptTemplate.WitnessV0ScriptHash when context != DescriptorContext.P2wsh:
                Span<byte> hash = stackalloc byte[Hash160.Size];
                Ripemd160.Hash(WitnessProgram.Find(script)!.Value.Program.Span, hash);
                return source.FindScript(new Hash160(hash)) is { } shown && Find(shown, DescriptorContext.P2wsh, source) is { } innermost
                    ? new ScriptHashDescriptor(isWitness: true, innermost)
                    : null;
            case ScriptTemplate.WitnessV1Taproot when isTop:
                return FindTaproot(WitnessProgram.Find(script)!.Value.Program, source);
            default:
                return null;
        }
    }

    /// <summary>Of a tree of scripts only the root is known: the output's own key says as much then.</summary>
    private static Descriptor? FindTaproot(ReadOnlyMemory<byte> outputKey, ISigningSource source)
    {
        if (source.FindTaproot(outputKey.Span) is { Root: null } inner) return new TaprootDescriptor(XOnlyKey(inner.InnerKey, source), tree: null);
        return Schnorr.IsValidPublicKey(outputKey.Span) ? new KeyDescriptor("rawtr", XOnlyKey(outputKey, source)) : null;
    }

    private static FixedKey XOnlyKey(ReadOnlyMemory<byte> key, ISigningSource source) =>
        new((byte[])[0x02, .. key.Span], null, isXOnly: true) { Origin = source.FindOriginByXOnly(key.Span) };

    private static FixedKey? FindKey(Hash160 hash, DescriptorContext context, ISigningSource source) =>
        source.FindPublicKey(hash) is { } key ? FindKey(key.Bytes.ToArray(), context, source) : null;

    private static FixedKey? FindKey(ReadOnlyMemory<byte> key, DescriptorContext context, ISigningSource source)
    {
        var isCompressed = key.Length == Secp256k1.CompressedSize;
        if (key.Span[0] is 0x06 or 0x07 || (!isCompressed && context == DescriptorContext.P2wsh)) return null;
        return new FixedKey(key, null, isXOnly: false) { Origin = source.FindOrigin(Hash160.Of(key.Span)) };
    }
}
