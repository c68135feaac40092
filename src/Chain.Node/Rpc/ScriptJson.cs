using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Descriptors;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Core.Signing;

namespace Chain.Node.Rpc;

/// <summary>Scripts as Core's RPC writes them (Core: ScriptToUniv).</summary>
public static class ScriptJson
{
    /// <summary>
    /// A locking script: its text, a descriptor of it, its bytes unless they are known, its address where it has one, its
    /// type. What <paramref name="source"/> knows makes the descriptor more telling.
    /// </summary>
    public static JsonObject Locking(ReadOnlyMemory<byte> script, ChainParams p, bool withHex = true, ISigningSource? source = null)
    {
        var json = new JsonObject
        {
            ["asm"] = ScriptAssembly.ToText(script),
            ["desc"] = DescriptorInference.Infer(script, p.AddressFormat, source).ToString(),
        };
        if (withHex) json["hex"] = Hex(script);
        if (FindAddress(script, p) is { } address) json["address"] = address.ToString();
        json["type"] = ScriptTemplates.Recognize(script).Name();
        return json;
    }

    /// <summary>An unlocking script.</summary>
    public static JsonObject Unlocking(ReadOnlyMemory<byte> script) => new() { ["asm"] = ScriptAssembly.ToText(script, isUnlocking: true), ["hex"] = Hex(script) };

    /// <summary>A script that an output shows only the hash of.</summary>
    public static JsonObject Hidden(ReadOnlyMemory<byte> script) => new()
    {
        ["asm"] = ScriptAssembly.ToText(script),
        ["hex"] = Hex(script),
        ["type"] = ScriptTemplates.Recognize(script).Name(),
    };

    /// <summary>All that decodescript says.</summary>
    public static JsonObject Describe(ReadOnlyMemory<byte> script, ChainParams p)
    {
        var json = Locking(script, p, withHex: false);
        var template = ScriptTemplates.Recognize(script);
        if (!CanBeWrapped(script, template)) return json;
        json["p2sh"] = Address.OfScriptHash(Hash160.Of(script.Span), p.AddressFormat).ToString();
        if (!CanBeInWitness(script, template)) return json;
        var source = new SigningKeys();
        source.AddScript(script);
        var witness = template switch
        {
            ScriptTemplate.PublicKey => StandardScripts.PayToWitnessPublicKeyHash(Hash160.Of(StandardScripts.FindPublicKey(script)!.Value.Span)),
            ScriptTemplate.PublicKeyHash => StandardScripts.PayToWitnessPublicKeyHash(StandardScripts.FindPublicKeyHash(script.Span)!.Value),
            _ => StandardScripts.PayToWitnessScriptHash(script.Span),
        };
        var segwit = Locking(witness, p, source: source);
        segwit["p2sh-segwit"] = Address.OfScriptHash(Hash160.Of(witness), p.AddressFormat).ToString();
        json["segwit"] = segwit;
        return json;
    }

    /// <summary>The address of a script; a bare key has none.</summary>
    public static Address? FindAddress(ReadOnlyMemory<byte> script, ChainParams p) =>
        ScriptTemplates.Recognize(script) == ScriptTemplate.PublicKey ? null : StandardScripts.FindAddress(script, p.AddressFormat);

    /// <summary>Bytes in hexadecimal.</summary>
    public static string Hex(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(bytes.Span);

    private static bool CanBeWrapped(ReadOnlyMemory<byte> script, ScriptTemplate template)
    {
        if (template is ScriptTemplate.NullData or ScriptTemplate.ScriptHash or ScriptTemplate.Anchor or ScriptTemplate.WitnessUnknown
            or ScriptTemplate.WitnessV1Taproot) return false;
        if (!RawTransactionText.HasValidOperations(script) || StandardScripts.IsUnspendable(script.Span)) return false;
        var reader = new ScriptReader(script);
        while (reader.TryRead(out var opcode, out _))
        {
            if (opcode == Opcode.CheckSigAdd || opcode.IsSuccess()) return false;
        }

        return true;
    }

    /// <summary>Keys in a witness are compressed, and no witness holds another.</summary>
    private static bool CanBeInWitness(ReadOnlyMemory<byte> script, ScriptTemplate template) => template switch
    {
        ScriptTemplate.PublicKey => StandardScripts.FindPublicKey(script)!.Value.Length == Secp256k1.CompressedSize,
        ScriptTemplate.MultiSig => MultiSig.Find(script)!.PublicKeys.All(key => key.Length == Secp256k1.CompressedSize),
        ScriptTemplate.NonStandard or ScriptTemplate.PublicKeyHash => true,
        _ => false,
    };
}
