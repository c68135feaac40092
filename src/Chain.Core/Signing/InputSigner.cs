using Chain.Core.Cryptography;
using Chain.Core.Scripts;

namespace Chain.Core.Signing;

/// <summary>
/// Unlocks one output with the keys and scripts at hand (Core: ProduceSignature): P2PK, P2PKH, bare multisig, these in P2SH, in
/// P2WSH and in both, P2WPKH, and P2TR by its key. What is gathered stays in the <see cref="SignatureData"/>, so that several
/// signers may add their part one after the other.
/// </summary>
public sealed class InputSigner
{
    private readonly ISigningSource _source;
    private readonly ISignatureCreator _creator;
    private readonly SignatureData _data;

    private InputSigner(ISigningSource source, ISignatureCreator creator, SignatureData data)
    {
        _source = source;
        _creator = creator;
        _data = data;
    }

    /// <summary>
    /// Adds what the source can sign and puts scriptSig and witness together, also where signatures are missing; true where
    /// they unlock the output under the rules for relay.
    /// </summary>
    public static bool Produce(ISigningSource source, ISignatureCreator creator, ReadOnlyMemory<byte> scriptPubKey, SignatureData data)
    {
        if (data.IsComplete) return true;
        new InputSigner(source, creator, data).Produce(scriptPubKey);
        return data.IsComplete;
    }

    private void Produce(ReadOnlyMemory<byte> scriptPubKey)
    {
        var elements = new List<ReadOnlyMemory<byte>>();
        var template = ScriptTemplates.Recognize(scriptPubKey);
        var isSolved = Solve(scriptPubKey, template, SignatureVersion.Base, elements);
        ReadOnlyMemory<byte>? redeem = null;
        if (isSolved && template == ScriptTemplate.ScriptHash)
        {
            redeem = _data.RedeemScript = elements[0];
            template = ScriptTemplates.Recognize(_data.RedeemScript);
            elements.Clear();
            isSolved = template != ScriptTemplate.ScriptHash && Solve(_data.RedeemScript, template, SignatureVersion.Base, elements);
        }

        isSolved = SolveWitness(template, isSolved, isP2sh: redeem is not null, elements);
        if (!_data.IsWitness) _data.Witness = [];
        if (redeem is { } script) elements.Add(script);
        _data.ScriptSig = PushAll(elements);
        _data.IsComplete = isSolved
            && ScriptInterpreter.Verify(_data.ScriptSig, scriptPubKey, ScriptFlags.Standard, _creator.Checker, _data.Witness) == ScriptError.Ok;
    }

    /// <summary>What the witness shows, for which the elements found so far are only the program's.</summary>
    private bool SolveWitness(ScriptTemplate template, bool isSolved, bool isP2sh, List<ReadOnlyMemory<byte>> elements)
    {
        switch (template)
        {
            case ScriptTemplate.WitnessV0KeyHash when isSolved:
                var implied = StandardScripts.PayToPublicKeyHash(new Hash160(elements[0].Span));
                elements.Clear();
                isSolved = Solve(implied, ScriptTemplate.PublicKeyHash, SignatureVersion.WitnessV0, elements);
                break;
            case ScriptTemplate.WitnessV0ScriptHash when isSolved:
                var script = elements[0];
                _data.WitnessScript = script;
                elements.Clear();
                var inner = ScriptTemplates.Recognize(script);
                isSolved = inner is not (ScriptTemplate.ScriptHash or ScriptTemplate.WitnessV0KeyHash or ScriptTemplate.WitnessV0ScriptHash)
                    && Solve(script, inner, SignatureVersion.WitnessV0, elements);
                elements.Add(script);
                break;
            case ScriptTemplate.WitnessV1Taproot when !isP2sh:
                // Without a signature for the key path, what others put there for a script stays.
                if (!isSolved) elements.AddRange(_data.Witness);
                break;
            default:
                return isSolved;
        }

        _data.IsWitness = true;
        _data.Witness = [.. elements];
        elements.Clear();
        return isSolved;
    }

    /// <summary>What has to stand before a script so that it succeeds; false where something is missing, whose place is left empty.</summary>
    private bool Solve(ReadOnlyMemory<byte> script, ScriptTemplate template, SignatureVersion version, List<ReadOnlyMemory<byte>> elements)
    {
        switch (template)
        {
            case ScriptTemplate.Anchor:
                return true;
            case ScriptTemplate.PublicKey:
                return TrySign(StandardScripts.FindPublicKey(script)!.Value, script, version, elements);
            case ScriptTemplate.PublicKeyHash:
                var hash = StandardScripts.FindPublicKeyHash(script.Span)!.Value;
                if (FindPublicKey(hash) is not { } key)
                {
                    _data.MissingPublicKeys.Add(hash);
                    return false;
                }

                if (!TrySign(key, script, version, elements)) return false;
                elements.Add(key);
                return true;
            case ScriptTemplate.ScriptHash:
                var scriptHash = StandardScripts.FindScriptHash(script.Span)!.Value;
                if (TryAddScript(scriptHash, elements)) return true;
                _data.MissingRedeemScript = scriptHash;
                return false;
            case ScriptTemplate.WitnessV0KeyHash:
                elements.Add(WitnessProgram.Find(script)!.Value.Program);
                return true;
            case ScriptTemplate.WitnessV0ScriptHash:
                var program = WitnessProgram.Find(script)!.Value.Program;
                if (TryAddScript(HashOfSha256(program.Span), elements)) return true;
                _data.MissingWitnessScript = new Hash256(program.Span);
                return false;
            case ScriptTemplate.MultiSig:
                return TrySignMultiSig(MultiSig.Find(script)!, script, version, elements);
            case ScriptTemplate.WitnessV1Taproot:
                return TrySignTaproot(WitnessProgram.Find(script)!.Value.Program, elements);
            default:
                return false;
        }
    }

    private bool TrySign(ReadOnlyMemory<byte> publicKey, ReadOnlyMemory<byte> script, SignatureVersion version, List<ReadOnlyMemory<byte>> elements)
    {
        var hash = Hash160.Of(publicKey.Span);
        if (!_data.Signatures.TryGetValue(hash, out var known))
        {
            if (_source.FindOrigin(hash) is { } origin && PublicKey.TryCreate(publicKey.Span) is { } key) _data.Origins.TryAdd(key, origin);
            if (_creator.CreateEcdsa(_source, hash, script, version) is not { } signature)
            {
                _data.MissingSignatures.Add(hash);
                return false;
            }

            known = new KeySignature(publicKey, signature);
            _data.Signatures.Add(hash, known);
        }

        elements.Add(known.Signature);
        return true;
    }

    private bool TrySignMultiSig(MultiSig multiSig, ReadOnlyMemory<byte> script, SignatureVersion version, List<ReadOnlyMemory<byte>> elements)
    {
        // CHECKMULTISIG takes one element more than it should, which must be empty (BIP147).
        elements.Add(default);
        foreach (var key in multiSig.PublicKeys)
        {
            var signature = new List<ReadOnlyMemory<byte>>();
            if (TrySign(key, script, version, signature) && elements.Count <= multiSig.Required) elements.AddRange(signature);
        }

        var isSolved = elements.Count == multiSig.Required + 1;
        while (elements.Count <= multiSig.Required) elements.Add(default);
        return isSolved;
    }

    private bool TrySignTaproot(ReadOnlyMemory<byte> outputKey, List<ReadOnlyMemory<byte>> elements)
    {
        _data.Taproot ??= _source.FindTaproot(outputKey.Span);
        if (_data.TaprootKeySignature.IsEmpty && _data.Taproot is { } inner) _data.TaprootKeySignature = _creator.CreateSchnorr(_source, outputKey, inner);
        if (_data.TaprootKeySignature.IsEmpty) _data.TaprootKeySignature = _creator.CreateSchnorr(_source, outputKey, inner: null);
        if (_data.TaprootKeySignature.IsEmpty) return false;
        elements.Add(_data.TaprootKeySignature);
        return true;
    }

    private ReadOnlyMemory<byte>? FindPublicKey(Hash160 hash)
    {
        if (_data.Signatures.TryGetValue(hash, out var signed)) return signed.PublicKey;
        var key = _data.PublicKeys.GetValueOrDefault(hash) ?? _source.FindPublicKey(hash) ?? _source.FindKey(hash)?.PublicKey;
        return key is null ? (ReadOnlyMemory<byte>?)null : key.Bytes.ToArray();
    }

    private bool TryAddScript(Hash160 hash, List<ReadOnlyMemory<byte>> elements)
    {
        var script = new[] { _data.RedeemScript, _data.WitnessScript }.Where(s => !s.IsEmpty && Hash160.Of(s.Span) == hash).Cast<ReadOnlyMemory<byte>?>().FirstOrDefault()
            ?? _source.FindScript(hash);
        if (script is not { } found) return false;
        elements.Add(found);
        return true;
    }

    private static Hash160 HashOfSha256(ReadOnlySpan<byte> sha256)
    {
        Span<byte> hash = stackalloc byte[Hash160.Size];
        Ripemd160.Hash(sha256, hash);
        return new Hash160(hash);
    }

    private static byte[] PushAll(List<ReadOnlyMemory<byte>> elements) => [.. elements.SelectMany(element => Push(element.Span))];

    /// <summary>Small numbers have operations of their own, which relay asks for (MINIMALDATA).</summary>
    private static byte[] Push(ReadOnlySpan<byte> element) => element switch
    {
        [] => [(byte)Opcode.Op0],
        [>= 1 and <= 16] => ScriptEditing.PushNumber(element[0]),
        [0x81] => [(byte)Opcode.Op1Negate],
        _ => ScriptEditing.Push(element),
    };
}
