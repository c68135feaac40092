namespace Chain.Core.Scripts;

/// <summary>The forms of locking scripts that wallets know (Core: TxoutType).</summary>
public enum ScriptTemplate
{
    /// <summary>None of them.</summary>
    NonStandard,

    /// <summary>P2PK.</summary>
    PublicKey,

    /// <summary>P2PKH.</summary>
    PublicKeyHash,

    /// <summary>P2SH (BIP16).</summary>
    ScriptHash,

    /// <summary>m of n keys, bare.</summary>
    MultiSig,

    /// <summary>OP_RETURN and pushes: carries data, and nobody can spend it.</summary>
    NullData,

    /// <summary>P2WPKH (BIP141).</summary>
    WitnessV0KeyHash,

    /// <summary>P2WSH (BIP141).</summary>
    WitnessV0ScriptHash,

    /// <summary>P2TR (BIP341).</summary>
    WitnessV1Taproot,

    /// <summary>P2A (BIP433).</summary>
    Anchor,

    /// <summary>A witness program that later rules may define.</summary>
    WitnessUnknown,
}

/// <summary>Recognises templates and gives the names that RPC uses.</summary>
public static class ScriptTemplates
{
    /// <summary>The template of a locking script (Core: Solver).</summary>
    public static ScriptTemplate Recognize(ReadOnlyMemory<byte> script)
    {
        if (StandardScripts.FindScriptHash(script.Span) is not null) return ScriptTemplate.ScriptHash;
        if (WitnessProgram.Find(script) is { } program) return Recognize(program);
        if (script.Span is [(byte)Opcode.Return, ..] && ScriptEditing.IsPushOnly(script[1..])) return ScriptTemplate.NullData;
        if (StandardScripts.FindPublicKey(script) is not null) return ScriptTemplate.PublicKey;
        if (StandardScripts.FindPublicKeyHash(script.Span) is not null) return ScriptTemplate.PublicKeyHash;
        return MultiSig.Find(script) is not null ? ScriptTemplate.MultiSig : ScriptTemplate.NonStandard;
    }

    /// <summary>The name that RPC and tools use (Core: GetTxnOutputType).</summary>
    public static string Name(this ScriptTemplate template) => template switch
    {
        ScriptTemplate.NonStandard => "nonstandard",
        ScriptTemplate.PublicKey => "pubkey",
        ScriptTemplate.PublicKeyHash => "pubkeyhash",
        ScriptTemplate.ScriptHash => "scripthash",
        ScriptTemplate.MultiSig => "multisig",
        ScriptTemplate.NullData => "nulldata",
        ScriptTemplate.WitnessV0KeyHash => "witness_v0_keyhash",
        ScriptTemplate.WitnessV0ScriptHash => "witness_v0_scripthash",
        ScriptTemplate.WitnessV1Taproot => "witness_v1_taproot",
        ScriptTemplate.Anchor => "anchor",
        ScriptTemplate.WitnessUnknown => "witness_unknown",
        _ => throw new ArgumentOutOfRangeException(nameof(template), template, null),
    };

    private static ScriptTemplate Recognize(WitnessProgram program) => program switch
    {
        { IsPublicKeyHash: true } => ScriptTemplate.WitnessV0KeyHash,
        { IsScriptHash: true } => ScriptTemplate.WitnessV0ScriptHash,
        { IsTaproot: true } => ScriptTemplate.WitnessV1Taproot,
        { IsAnchor: true } => ScriptTemplate.Anchor,
        { Version: 0 } => ScriptTemplate.NonStandard,
        _ => ScriptTemplate.WitnessUnknown,
    };
}
