using Chain.Core.Cryptography;
using Chain.Core.Signing;

namespace Chain.Core.Psbt;

/// <summary>What inputs and outputs of a PSBT both tell, each under types of its own: the scripts behind hashes, and where keys come from (BIP174).</summary>
public abstract class PsbtScripts : PsbtMap
{
    private readonly ulong _redeemScriptType, _witnessScriptType, _derivationType;

    internal PsbtScripts(PsbtFields fields, ulong redeemScriptType, ulong witnessScriptType, ulong derivationType) : base(fields) =>
        (_redeemScriptType, _witnessScriptType, _derivationType) = (redeemScriptType, witnessScriptType, derivationType);

    /// <summary>The script of P2SH; null where it is not known.</summary>
    public ReadOnlyMemory<byte>? RedeemScript
    {
        get => Find(_redeemScriptType);
        set => SetOrRemove(_redeemScriptType, value);
    }

    /// <summary>The script of P2WSH; null where it is not known.</summary>
    public ReadOnlyMemory<byte>? WitnessScript
    {
        get => Find(_witnessScriptType);
        set => SetOrRemove(_witnessScriptType, value);
    }

    /// <summary>Where keys come from.</summary>
    public IEnumerable<(PublicKey Key, KeyOrigin Origin)> Derivations =>
        All(_derivationType).Select(entry => (PublicKey.TryCreate(entry.Data.Span)!, PsbtValues.ReadOrigin(entry.Value)));

    /// <summary>Adds where a key comes from.</summary>
    public void AddDerivation(PublicKey key, KeyOrigin origin) => Set(new PsbtKey(_derivationType, key.Bytes.ToArray()), PsbtValues.WriteOrigin(origin));
}
