namespace Chain.Core.Psbt;

/// <summary>What is known of one output of a PSBT: scripts and keys, so that signers recognise their own change.</summary>
public sealed class PsbtOutput : PsbtScripts
{
    /// <summary>The script of P2SH.</summary>
    public const ulong RedeemScriptType = 0x00;

    /// <summary>The script of P2WSH.</summary>
    public const ulong WitnessScriptType = 0x01;

    /// <summary>Where a key comes from, by the public key.</summary>
    public const ulong Bip32DerivationType = 0x02;

    /// <summary>Taproot's inner key (BIP371).</summary>
    public const ulong TaprootInnerKeyType = 0x05;

    /// <summary>Taproot's scripts.</summary>
    public const ulong TaprootTreeType = 0x06;

    /// <summary>The leaves that an x-only key is used in, and where it comes from.</summary>
    public const ulong TaprootDerivationType = 0x07;

    private static readonly PsbtFields Fields = new(
        key => key.Data,
        new(RedeemScriptType, "output redeemScript", "Output redeemScript", PsbtChecks.Anything),
        new(WitnessScriptType, "output witnessScript", "Output witnessScript", PsbtChecks.Anything),
        new(Bip32DerivationType, "pubkey derivation path", "", PsbtChecks.IsDerivation) { HasKeyData = true },
        new(TaprootInnerKeyType, "output Taproot internal key", "Output Taproot internal key", PsbtChecks.Is32Bytes),
        new(TaprootTreeType, "output Taproot tree", "Output Taproot tree", PsbtChecks.IsTaprootTree),
        new(TaprootDerivationType, "output Taproot BIP32 keypath", "", PsbtChecks.IsTaprootDerivation) { HasKeyData = true });

    /// <summary>Creates an empty one.</summary>
    public PsbtOutput() : base(Fields, RedeemScriptType, WitnessScriptType, Bip32DerivationType)
    {
    }
}
