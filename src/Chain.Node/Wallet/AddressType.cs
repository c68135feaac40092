using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Scripts;

namespace Chain.Node.Wallet;

/// <summary>The form of address that a wallet makes of a key (Core: OutputType).</summary>
internal enum AddressType
{
    /// <summary>P2PKH, of accounts under m/44'.</summary>
    Legacy,

    /// <summary>P2WPKH within P2SH, of accounts under m/49'.</summary>
    P2shSegwit,

    /// <summary>P2WPKH, of accounts under m/84'.</summary>
    Bech32,

    /// <summary>P2TR that is spent by its key, of accounts under m/86'.</summary>
    Bech32m,
}

/// <summary>Names, scripts and sizes of the address types.</summary>
internal static class AddressTypes
{
    internal static AddressType[] All { get; } = [AddressType.Legacy, AddressType.P2shSegwit, AddressType.Bech32, AddressType.Bech32m];

    /// <summary>The type of addresses where nobody asks for another: those that begin with 1 on a private chain, else bech32.</summary>
    internal static AddressType UsualOn(ChainParams p) => p.Profile == Profiles.Private ? AddressType.Legacy : AddressType.Bech32;

    /// <summary>A type by the name that RPC gives it; null where there is none of that name.</summary>
    internal static AddressType? Find(string name) => name switch
    {
        "legacy" => AddressType.Legacy,
        "p2sh-segwit" => AddressType.P2shSegwit,
        "bech32" => AddressType.Bech32,
        "bech32m" => AddressType.Bech32m,
        _ => null,
    };

    /// <summary>The first step of the derivation path (BIP44, BIP49, BIP84, BIP86), without the hardening.</summary>
    internal static uint Purpose(this AddressType type) => type switch
    {
        AddressType.Legacy => 44,
        AddressType.P2shSegwit => 49,
        AddressType.Bech32 => 84,
        _ => 86,
    };

    /// <summary>The locking script that pays a key in this form.</summary>
    internal static byte[] ScriptFor(this AddressType type, PublicKey key) => type switch
    {
        AddressType.Legacy => StandardScripts.PayToPublicKeyHash(key.Hash),
        AddressType.P2shSegwit => StandardScripts.PayToScriptHash(Hash160.Of(StandardScripts.PayToWitnessPublicKeyHash(key.Hash))),
        AddressType.Bech32 => StandardScripts.PayToWitnessPublicKeyHash(key.Hash),
        _ => StandardScripts.PayToTaproot(Taproot.FindOutputKey(key.XOnly, root: null, out _)!),
    };

    /// <summary>The type whose form a locking script has, as change imitates it; null for other scripts.</summary>
    internal static AddressType? OfScript(ReadOnlyMemory<byte> script) => ScriptTemplates.Recognize(script) switch
    {
        ScriptTemplate.PublicKeyHash => AddressType.Legacy,
        ScriptTemplate.ScriptHash => AddressType.P2shSegwit,
        ScriptTemplate.WitnessV0KeyHash or ScriptTemplate.WitnessV0ScriptHash => AddressType.Bech32,
        ScriptTemplate.WitnessV1Taproot => AddressType.Bech32m,
        _ => null,
    };
}
