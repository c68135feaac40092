using Chain.Core.Cryptography;
using Chain.Core.Scripts;
using Chain.Core.Signing;

namespace Chain.Node.Rpc;

/// <summary>What is given along with a locking script that is imported, and whether it says how the script is unlocked (Core: RecurseImportData).</summary>
internal sealed class ImportedScripts(SigningKeys keys, byte[]? redeemScript, byte[]? witnessScript)
{
    private readonly HashSet<Hash160> _used = [];
    private bool _usesRedeemScript, _usesWitnessScript;

    /// <summary>What was given and is of no use, in Core's words.</summary>
    internal IEnumerable<string> Unused
    {
        get
        {
            if (redeemScript is not null && !_usesRedeemScript) yield return "Ignoring redeemscript as this is not a P2SH script.";
            if (witnessScript is not null && !_usesWitnessScript) yield return "Ignoring witnessscript as this is not a (P2SH-)P2WSH script.";
            foreach (var key in keys.PublicKeys.Where(key => !_used.Contains(key.Hash)))
                yield return keys.FindKey(key.Hash) is null ? $"Ignoring pubkey \"{key}\" as it doesn't appear inside P2PKH or P2WPKH." : "Ignoring irrelevant private key.";
        }
    }

    /// <summary>Why a script cannot be unlocked by what was given; null where it can. The scripts in use are added to the keys.</summary>
    internal string? Explain(byte[] script) => Explain(script, Place.Top);

    private enum Place
    {
        Top,
        InScriptHash,
        InWitness,
    }

    private string? Explain(byte[] script, Place place)
    {
        switch (ScriptTemplates.Recognize(script))
        {
            case ScriptTemplate.PublicKey:
                _used.Add(Hash160.Of(StandardScripts.FindPublicKey(script)!.Value.Span));
                return null;
            case ScriptTemplate.PublicKeyHash or ScriptTemplate.WitnessV0KeyHash:
                var hash = StandardScripts.FindPublicKeyHash(script) ?? new Hash160(WitnessProgram.Find(script)!.Value.Program.Span);
                _used.Add(hash);
                if (WitnessProgram.Find(script) is not null) keys.AddScript(script);
                return keys.FindPublicKey(hash) is null ? "some required keys are missing" : null;
            case ScriptTemplate.ScriptHash:
                if (place != Place.Top) return "Trying to nest P2SH inside another P2SH or P2WSH";
                if (redeemScript is null) return "missing redeemscript";
                _usesRedeemScript = true;
                if (StandardScripts.FindScriptHash(script) != Hash160.Of(redeemScript)) return "redeemScript does not match the scriptPubKey";
                keys.AddScript(redeemScript);
                return Explain(redeemScript, Place.InScriptHash);
            case ScriptTemplate.MultiSig:
                foreach (var key in MultiSig.Find(script)!.PublicKeys) _used.Add(Hash160.Of(key.Span));
                return null;
            case ScriptTemplate.WitnessV0ScriptHash:
                if (place == Place.InWitness) return "Trying to nest P2WSH inside another P2WSH";
                if (witnessScript is null) return "missing witnessscript";
                _usesWitnessScript = true;
                if (!StandardScripts.PayToWitnessScriptHash(witnessScript).AsSpan().SequenceEqual(script)) return "witnessScript does not match the scriptPubKey or redeemScript";
                keys.AddScript(witnessScript);
                keys.AddScript(script);
                return Explain(witnessScript, Place.InWitness);
            default:
                return "unrecognized script";
        }
    }
}
