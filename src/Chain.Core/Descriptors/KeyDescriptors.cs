using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Core.Signing;

namespace Chain.Core.Descriptors;

/// <summary>An address: its locking script, and nothing about how to spend it (BIP385).</summary>
internal sealed class AddressDescriptor(Address address) : Descriptor
{
    public override bool IsRange => false;

    public override bool IsSolvable => false;

    public override bool HasPrivateKeys => false;

    internal override string Text => $"addr({address})";

    public override IReadOnlyList<byte[]> Expand(uint position, SigningKeys keys) => [StandardScripts.PayTo(address)];
}

/// <summary>A locking script in hexadecimal (BIP385).</summary>
internal sealed class RawDescriptor(ReadOnlyMemory<byte> script) : Descriptor
{
    public override bool IsRange => false;

    public override bool IsSolvable => false;

    public override bool HasPrivateKeys => false;

    internal override string Text => $"raw({Convert.ToHexStringLower(script.Span)})";

    public override IReadOnlyList<byte[]> Expand(uint position, SigningKeys keys) => [script.ToArray()];
}

/// <summary>
/// A function of one key: pk, pkh, wpkh, combo (BIP381, BIP382, BIP384) and rawtr (BIP386). As a leaf of taproot, pk is
/// <c>&lt;key&gt; OP_CHECKSIG</c> with an x-only key.
/// </summary>
internal sealed class KeyDescriptor(string function, KeyExpression key, bool isLeaf = false) : Descriptor
{
    public override bool IsRange => key.IsRange;

    public override bool HasPrivateKeys => key.HasPrivateKey;

    internal override string Text => $"{function}({key})";

    public override IReadOnlyList<byte[]>? Expand(uint position, SigningKeys keys)
    {
        if (key.Derive(position) is not { } derived) return null;
        derived.AddTo(keys);
        byte[] publicKey = [.. ScriptEditing.Push(isLeaf ? derived.XOnly.Span : derived.Bytes.Span), (byte)Opcode.CheckSig];
        var hash = Hash160.Of(derived.Bytes.Span);
        switch (function)
        {
            case "pk":
                return [publicKey];
            case "pkh":
                return [StandardScripts.PayToPublicKeyHash(hash)];
            case "wpkh":
                return [StandardScripts.PayToWitnessPublicKeyHash(hash)];
            case "rawtr":
                return [StandardScripts.PayToTaproot(derived.XOnly.Span)];
            default:
                var witness = StandardScripts.PayToWitnessPublicKeyHash(hash);
                if (derived.Bytes.Length != Secp256k1.CompressedSize) return [publicKey, StandardScripts.PayToPublicKeyHash(hash)];
                keys.AddScript(witness);
                return [publicKey, StandardScripts.PayToPublicKeyHash(hash), witness, StandardScripts.PayToScriptHash(Hash160.Of(witness))];
        }
    }
}

/// <summary>
/// m of n keys (BIP383): multi and, with the keys in the order of their bytes, sortedmulti. As a leaf of taproot, with x-only keys
/// and counted one by one, multi_a and sortedmulti_a (BIP387).
/// </summary>
internal sealed class MultiDescriptor(int required, IReadOnlyList<KeyExpression> members, bool isSorted, bool isLeaf = false) : Descriptor
{
    public override bool IsRange => members.Any(key => key.IsRange);

    public override bool HasPrivateKeys => members.Any(key => key.HasPrivateKey);

    internal override string Text => $"{(isSorted ? "sortedmulti" : "multi")}{(isLeaf ? "_a" : "")}({required},{string.Join(',', members)})";

    public override IReadOnlyList<byte[]>? Expand(uint position, SigningKeys keys)
    {
        var derived = members.Select(key => key.Derive(position)).ToList();
        if (derived.Contains(null)) return null;
        foreach (var key in derived) key!.AddTo(keys);
        var bytes = derived.Select(key => isLeaf ? key!.XOnly : key!.Bytes).ToList();
        if (isSorted) bytes.Sort((a, b) => a.Span.SequenceCompareTo(b.Span));
        return [isLeaf ? CountOneByOne(bytes) : CountTogether(bytes)];
    }

    private byte[] CountTogether(List<ReadOnlyMemory<byte>> keys) =>
    [
        .. ScriptEditing.PushNumber(required), .. keys.SelectMany(key => ScriptEditing.Push(key.Span)),
        .. ScriptEditing.PushNumber(keys.Count), (byte)Opcode.CheckMultiSig,
    ];

    private byte[] CountOneByOne(List<ReadOnlyMemory<byte>> keys) =>
    [
        .. keys.SelectMany((key, i) => (byte[])[.. ScriptEditing.Push(key.Span), (byte)(i == 0 ? Opcode.CheckSig : Opcode.CheckSigAdd)]),
        .. ScriptEditing.PushNumber(required), (byte)Opcode.NumEqual,
    ];
}

/// <summary>A script that the output shows a hash of: sh (BIP381) and wsh (BIP382).</summary>
internal sealed class ScriptHashDescriptor(bool isWitness, Descriptor inner) : Descriptor
{
    public override bool IsRange => inner.IsRange;

    public override bool HasPrivateKeys => inner.HasPrivateKeys;

    internal override string Text => $"{(isWitness ? "wsh" : "sh")}({inner.Text})";

    public override IReadOnlyList<byte[]>? Expand(uint position, SigningKeys keys)
    {
        if (inner.Expand(position, keys) is not { } scripts) return null;
        foreach (var script in scripts) keys.AddScript(script);
        return [.. scripts.Select(script => isWitness ? StandardScripts.PayToWitnessScriptHash(script) : StandardScripts.PayToScriptHash(Hash160.Of(script)))];
    }
}
