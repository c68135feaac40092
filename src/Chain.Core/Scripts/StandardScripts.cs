using Chain.Core.Cryptography;
using Chain.Core.Primitives;

namespace Chain.Core.Scripts;

/// <summary>The script forms that wallets use: how they are built, recognised and unlocked.</summary>
public static class StandardScripts
{
    /// <summary>Length of a P2PKH locking script.</summary>
    public const int PayToPublicKeyHashSize = 25;

    /// <summary>Length of a P2SH locking script.</summary>
    public const int PayToScriptHashSize = 23;

    /// <summary><c>OP_DUP OP_HASH160 &lt;hash&gt; OP_EQUALVERIFY OP_CHECKSIG</c> (P2PKH).</summary>
    public static byte[] PayToPublicKeyHash(Hash160 hash)
    {
        var script = new byte[PayToPublicKeyHashSize];
        script[0] = (byte)Opcode.Dup;
        script[1] = (byte)Opcode.Hash160;
        script[2] = Hash160.Size;
        hash.CopyTo(script.AsSpan(3));
        script[23] = (byte)Opcode.EqualVerify;
        script[24] = (byte)Opcode.CheckSig;
        return script;
    }

    /// <summary>The locking script that pays an address.</summary>
    public static byte[] PayTo(Address address) => address.Kind switch
    {
        AddressKind.PublicKeyHash => PayToPublicKeyHash(new Hash160(address.Payload.Span)),
        AddressKind.ScriptHash => PayToScriptHash(new Hash160(address.Payload.Span)),
        _ => PayToWitnessProgram(address.WitnessVersion, address.Payload.Span),
    };

    /// <summary><c>OP_HASH160 &lt;hash&gt; OP_EQUAL</c> (P2SH, BIP16).</summary>
    public static byte[] PayToScriptHash(Hash160 hash) =>
        [(byte)Opcode.Hash160, Hash160.Size, .. hash.ToByteArray(), (byte)Opcode.Equal];

    /// <summary><c>OP_n &lt;program&gt;</c>: segregated witness of any version (BIP141).</summary>
    public static byte[] PayToWitnessProgram(int version, ReadOnlySpan<byte> program) =>
        [.. ScriptEditing.PushNumber(version), .. ScriptEditing.Push(program)];

    /// <summary><c>OP_0 &lt;hash&gt;</c> of a compressed key (P2WPKH).</summary>
    public static byte[] PayToWitnessPublicKeyHash(Hash160 hash) => PayToWitnessProgram(0, hash.ToByteArray());

    /// <summary><c>OP_0 &lt;SHA-256 of the script&gt;</c> (P2WSH).</summary>
    public static byte[] PayToWitnessScriptHash(ReadOnlySpan<byte> script) => PayToWitnessProgram(0, Sha256.Hash(script));

    /// <summary><c>OP_1 &lt;key&gt;</c> of an output key, which commits to its scripts (P2TR, BIP341).</summary>
    public static byte[] PayToTaproot(ReadOnlySpan<byte> outputKey) => PayToWitnessProgram(1, outputKey);

    /// <summary><c>&lt;key&gt; OP_CHECKSIG</c> (P2PK), the form of the first blocks.</summary>
    public static byte[] PayToPublicKey(PublicKey key) => [.. ScriptEditing.Push(key.Bytes), (byte)Opcode.CheckSig];

    /// <summary><c>OP_RETURN &lt;data&gt;</c>: an output that nobody can ever spend and that carries up to 80 bytes.</summary>
    public static byte[] DataCarrier(ReadOnlySpan<byte> data) => [(byte)Opcode.Return, .. ScriptEditing.Push(data)];

    /// <summary><c>&lt;signature&gt; &lt;key&gt;</c>: unlocks P2PKH.</summary>
    public static byte[] UnlockPublicKeyHash(ReadOnlySpan<byte> signatureWithType, PublicKey key) =>
        [.. ScriptEditing.Push(signatureWithType), .. ScriptEditing.Push(key.Bytes)];

    /// <summary>The hash that a P2PKH script pays; null for any other script.</summary>
    public static Hash160? FindPublicKeyHash(ReadOnlySpan<byte> script) =>
        script.Length == PayToPublicKeyHashSize
        && script[0] == (byte)Opcode.Dup && script[1] == (byte)Opcode.Hash160 && script[2] == Hash160.Size
        && script[23] == (byte)Opcode.EqualVerify && script[24] == (byte)Opcode.CheckSig
            ? new Hash160(script.Slice(3, Hash160.Size))
            : null;

    /// <summary>The key that a P2PK script pays, which need not lie on the curve; null for any other script.</summary>
    public static ReadOnlyMemory<byte>? FindPublicKey(ReadOnlyMemory<byte> script) =>
        script.Length is Secp256k1.CompressedSize + 2 or Secp256k1.UncompressedSize + 2
        && script.Span[0] == script.Length - 2 && script.Span[^1] == (byte)Opcode.CheckSig
        && SignatureEncoding.IsKeyLength(script.Span[1..^1])
            ? script[1..^1]
            // A bare null would convert to an empty memory, which is a key.
            : (ReadOnlyMemory<byte>?)null;

    /// <summary>The hash that a P2SH script pays; null for any other script.</summary>
    public static Hash160? FindScriptHash(ReadOnlySpan<byte> script) =>
        script.Length == PayToScriptHashSize
        && script[0] == (byte)Opcode.Hash160 && script[1] == Hash160.Size && script[^1] == (byte)Opcode.Equal
            ? new Hash160(script.Slice(2, Hash160.Size))
            : null;

    /// <summary>The hash of the one key that unlocks a script with an ECDSA signature, in P2PKH and P2PK; null for any other.</summary>
    public static Hash160? FindKeyHash(ReadOnlyMemory<byte> script)
    {
        var hash = FindPublicKeyHash(script.Span);
        return hash is null && FindPublicKey(script) is { } key ? Hash160.Of(key.Span) : hash;
    }

    /// <summary>
    /// The address that a script pays: of the hash in P2PKH and P2SH, of the key's hash in P2PK, of a witness program; null where
    /// it has none.
    /// </summary>
    public static Address? FindAddress(ReadOnlyMemory<byte> script, AddressFormat format)
    {
        if (FindKeyHash(script) is { } keyHash) return Address.OfPublicKeyHash(keyHash, format);
        if (FindScriptHash(script.Span) is { } scriptHash) return Address.OfScriptHash(scriptHash, format);
        return WitnessProgram.Find(script) is { IsSpendable: true } program
            ? Address.OfWitnessProgram(program.Version, program.Program.Span, format)
            : null;
    }

    /// <summary>True where no input can ever unlock the script, so that its output need not be kept (Core: IsUnspendable).</summary>
    public static bool IsUnspendable(ReadOnlySpan<byte> script) =>
        script.Length > ScriptInterpreter.MaxScriptSize || (script.Length > 0 && script[0] == (byte)Opcode.Return);
}
