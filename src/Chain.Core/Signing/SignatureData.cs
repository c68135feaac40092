using System.Collections.Immutable;
using Chain.Core.Cryptography;

namespace Chain.Core.Signing;

/// <summary>
/// What is known of one input's unlocking: signatures and scripts gathered so far, what they add up to, and what was missing
/// (Core: SignatureData).
/// </summary>
public sealed class SignatureData
{
    /// <summary>Whether scriptSig and witness unlock the output.</summary>
    public bool IsComplete { get; set; }

    /// <summary>Whether a witness is part of the unlocking.</summary>
    public bool IsWitness { get; set; }

    /// <summary>The unlocking script.</summary>
    public ReadOnlyMemory<byte> ScriptSig { get; set; }

    /// <summary>The witness.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Witness { get; set; } = [];

    /// <summary>The script of a P2SH output; empty where it is not known.</summary>
    public ReadOnlyMemory<byte> RedeemScript { get; set; }

    /// <summary>The script of a P2WSH output; empty where it is not known.</summary>
    public ReadOnlyMemory<byte> WitnessScript { get; set; }

    /// <summary>ECDSA signatures with their hash type, by the hash of the key.</summary>
    public Dictionary<Hash160, KeySignature> Signatures { get; } = [];

    /// <summary>Keys that are known by their hash.</summary>
    public Dictionary<Hash160, PublicKey> PublicKeys { get; } = [];

    /// <summary>Where keys that the scripts name come from.</summary>
    public Dictionary<PublicKey, KeyOrigin> Origins { get; } = [];

    /// <summary>The Schnorr signature of a taproot output's key path, with its hash type where that is not the default; empty where there is none.</summary>
    public ReadOnlyMemory<byte> TaprootKeySignature { get; set; }

    /// <summary>What a taproot output's key is made of, where that is known.</summary>
    public TaprootOutput? Taproot { get; set; }

    /// <summary>The hashes of keys of which not even the public key is known.</summary>
    public List<Hash160> MissingPublicKeys { get; } = [];

    /// <summary>The hashes of keys without a signature.</summary>
    public List<Hash160> MissingSignatures { get; } = [];

    /// <summary>The hash of a P2SH script that is not known.</summary>
    public Hash160? MissingRedeemScript { get; set; }

    /// <summary>The SHA-256 of a P2WSH script that is not known.</summary>
    public Hash256? MissingWitnessScript { get; set; }

    /// <summary>Adds what another signer has: all of it where that is complete, otherwise the parts that are missing here.</summary>
    public void Merge(SignatureData other)
    {
        if (IsComplete) return;
        if (other.IsComplete)
        {
            (IsComplete, IsWitness, ScriptSig, Witness) = (true, other.IsWitness, other.ScriptSig, other.Witness);
            return;
        }

        if (RedeemScript.IsEmpty) RedeemScript = other.RedeemScript;
        if (WitnessScript.IsEmpty) WitnessScript = other.WitnessScript;
        foreach (var (hash, signature) in other.Signatures) Signatures.TryAdd(hash, signature);
    }
}

/// <summary>A signature with its hash type, and the key that made it, in the form in which it stands in the script.</summary>
public readonly record struct KeySignature(ReadOnlyMemory<byte> PublicKey, ReadOnlyMemory<byte> Signature);
