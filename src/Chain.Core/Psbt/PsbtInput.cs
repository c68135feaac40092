using System.Buffers.Binary;
using System.Collections.Immutable;
using Chain.Core.Cryptography;
using Chain.Core.Encoding;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Core.Signing;

namespace Chain.Core.Psbt;

/// <summary>What is known of one input of a PSBT: the output that it spends, scripts, signatures, and in the end what unlocks it.</summary>
public sealed class PsbtInput : PsbtScripts
{
    /// <summary>The whole transaction whose output is spent.</summary>
    public const ulong NonWitnessUtxoType = 0x00;

    /// <summary>The output that is spent, which suffices for witnesses.</summary>
    public const ulong WitnessUtxoType = 0x01;

    /// <summary>A signature, by its public key.</summary>
    public const ulong PartialSignatureType = 0x02;

    /// <summary>The hash type to sign with.</summary>
    public const ulong SighashTypeType = 0x03;

    /// <summary>The script of P2SH.</summary>
    public const ulong RedeemScriptType = 0x04;

    /// <summary>The script of P2WSH.</summary>
    public const ulong WitnessScriptType = 0x05;

    /// <summary>Where a key comes from, by the public key.</summary>
    public const ulong Bip32DerivationType = 0x06;

    /// <summary>The finished unlocking script.</summary>
    public const ulong FinalScriptSigType = 0x07;

    /// <summary>The finished witness.</summary>
    public const ulong FinalScriptWitnessType = 0x08;

    /// <summary>What has this RIPEMD-160.</summary>
    public const ulong Ripemd160Type = 0x0a;

    /// <summary>What has this SHA-256.</summary>
    public const ulong Sha256Type = 0x0b;

    /// <summary>What has this HASH160.</summary>
    public const ulong Hash160Type = 0x0c;

    /// <summary>What has this double SHA-256.</summary>
    public const ulong Hash256Type = 0x0d;

    /// <summary>The signature for taproot's key path (BIP371).</summary>
    public const ulong TaprootKeySignatureType = 0x13;

    /// <summary>A signature for a leaf, by x-only key and leaf hash.</summary>
    public const ulong TaprootScriptSignatureType = 0x14;

    /// <summary>A leaf with its version, by control block.</summary>
    public const ulong TaprootLeafType = 0x15;

    /// <summary>The leaves that an x-only key is used in, and where it comes from.</summary>
    public const ulong TaprootDerivationType = 0x16;

    /// <summary>Taproot's inner key.</summary>
    public const ulong TaprootInnerKeyType = 0x17;

    /// <summary>The root of taproot's scripts.</summary>
    public const ulong TaprootRootType = 0x18;

    private static readonly PsbtFields Fields = new(
        key => key.Type == PartialSignatureType ? Hash160.Of(key.Data.Span).ToByteArray() : key.Data,
        new(NonWitnessUtxoType, "input non-witness utxo", "Non-witness utxo", PsbtChecks.IsTransaction),
        new(WitnessUtxoType, "input witness utxo", "Witness utxo", PsbtChecks.IsOutput),
        new(PartialSignatureType, "input partial signature for pubkey", "", PsbtChecks.IsPartialSignature) { HasKeyData = true, IsForSigning = true },
        new(SighashTypeType, "input sighash type", "Sighash type", PsbtChecks.IsInt32) { IsForSigning = true },
        new(RedeemScriptType, "input redeemScript", "Input redeemScript", PsbtChecks.Anything) { IsForSigning = true },
        new(WitnessScriptType, "input witnessScript", "Input witnessScript", PsbtChecks.Anything) { IsForSigning = true },
        new(Bip32DerivationType, "pubkey derivation path", "", PsbtChecks.IsDerivation) { HasKeyData = true, IsForSigning = true },
        new(Ripemd160Type, "input ripemd160 preimage", "", PsbtChecks.HasHashOf(20, "ripemd160")) { HasKeyData = true, IsForSigning = true },
        new(Sha256Type, "input sha256 preimage", "", PsbtChecks.HasHashOf(32, "sha256")) { HasKeyData = true, IsForSigning = true },
        new(Hash160Type, "input hash160 preimage", "", PsbtChecks.HasHashOf(20, "hash160")) { HasKeyData = true, IsForSigning = true },
        new(Hash256Type, "input hash256 preimage", "", PsbtChecks.HasHashOf(32, "hash256")) { HasKeyData = true, IsForSigning = true },
        new(TaprootKeySignatureType, "input Taproot key signature", "Input Taproot key signature", PsbtChecks.IsTaprootSignature) { IsForSigning = true },
        new(TaprootScriptSignatureType, "input Taproot script signature", "", PsbtChecks.IsTaprootScriptSignature) { HasKeyData = true, IsForSigning = true },
        new(TaprootLeafType, "input Taproot leaf script", "", PsbtChecks.IsTaprootLeaf) { HasKeyData = true, IsForSigning = true },
        new(TaprootDerivationType, "input Taproot BIP32 keypath", "", PsbtChecks.IsTaprootDerivation) { HasKeyData = true, IsForSigning = true },
        new(TaprootInnerKeyType, "input Taproot internal key", "Input Taproot internal key", PsbtChecks.Is32Bytes) { IsForSigning = true },
        new(TaprootRootType, "input Taproot merkle root", "Input Taproot merkle root", PsbtChecks.Is32Bytes) { IsForSigning = true },
        new(FinalScriptSigType, "input final scriptSig", "Final scriptSig", PsbtChecks.Anything),
        new(FinalScriptWitnessType, "input final scriptWitness", "Final scriptWitness", PsbtChecks.IsWitness));

    /// <summary>Creates an empty one.</summary>
    public PsbtInput() : base(Fields, RedeemScriptType, WitnessScriptType, Bip32DerivationType)
    {
    }

    /// <summary>The whole transaction whose output is spent.</summary>
    public Transaction? NonWitnessUtxo
    {
        get => Find(NonWitnessUtxoType) is { } value ? PsbtValues.ReadTransaction(value) : null;
        set => SetOrRemove(NonWitnessUtxoType, value is null ? (ReadOnlyMemory<byte>?)null : value.Raw);
    }

    /// <summary>The output that is spent.</summary>
    public TxOut? WitnessUtxo
    {
        get => Find(WitnessUtxoType) is { } value ? ReadWhole(value, TxOut.Read) : null;
        set
        {
            if (value is not { } output)
            {
                SetOrRemove(WitnessUtxoType, null);
                return;
            }

            var writer = new ByteWriter();
            output.Write(writer);
            SetOrRemove(WitnessUtxoType, writer.ToArray());
        }
    }

    /// <summary>The hash type to sign with; null for the signer's choice.</summary>
    public SignatureHashType? SighashType
    {
        get => Find(SighashTypeType) is { } value ? (SignatureHashType)BinaryPrimitives.ReadUInt32LittleEndian(value.Span) : null;
        set
        {
            var bytes = new byte[sizeof(uint)];
            if (value is { } type) BinaryPrimitives.WriteUInt32LittleEndian(bytes, (uint)type);
            SetOrRemove(SighashTypeType, value is null ? (ReadOnlyMemory<byte>?)null : bytes);
        }
    }

    /// <summary>The finished unlocking script; null before.</summary>
    public ReadOnlyMemory<byte>? FinalScriptSig
    {
        get => Find(FinalScriptSigType);
        set => SetOrRemove(FinalScriptSigType, value);
    }

    /// <summary>The finished witness; null before.</summary>
    public ImmutableArray<ReadOnlyMemory<byte>>? FinalScriptWitness
    {
        get => Find(FinalScriptWitnessType) is { } value ? PsbtValues.ReadWitness(value) : (ImmutableArray<ReadOnlyMemory<byte>>?)null;
        set => SetOrRemove(FinalScriptWitnessType, value is { } witness ? PsbtValues.WriteWitness(witness) : (ReadOnlyMemory<byte>?)null);
    }

    /// <summary>Whether what unlocks it is there (Core: PSBTInputSigned).</summary>
    public bool IsFinal => FinalScriptSig is { IsEmpty: false } || FinalScriptWitness is { IsEmpty: false };

    /// <summary>The signatures with their keys.</summary>
    public IEnumerable<KeySignature> PartialSignatures => All(PartialSignatureType).Select(entry => new KeySignature(entry.Data, entry.Value));

    /// <summary>The output that the input spends, from whichever entry has it; null where neither does, or the transaction is another.</summary>
    public TxOut? FindSpentOutput(OutPoint outPoint)
    {
        if (NonWitnessUtxo is not { } transaction) return WitnessUtxo;
        return transaction.Id == outPoint.TxId && outPoint.Index < transaction.Outputs.Length ? transaction.Outputs[(int)outPoint.Index] : null;
    }

    /// <inheritdoc/>
    public override void Merge(PsbtMap other)
    {
        base.Merge(other);
        if (IsFinal) RemoveForSigning();
    }

    /// <summary>Sets what unlocks it, and forgets what signers needed.</summary>
    public void Finish(ReadOnlyMemory<byte> scriptSig, ImmutableArray<ReadOnlyMemory<byte>> witness)
    {
        RemoveForSigning();
        FinalScriptSig = scriptSig.IsEmpty ? (ReadOnlyMemory<byte>?)null : scriptSig;
        FinalScriptWitness = witness.IsEmpty ? null : witness;
    }
}
