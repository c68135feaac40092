using Chain.Core.Cryptography;
using Chain.Core.Encoding;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Core.Psbt;

/// <summary>What keys and values of a PSBT must be, whose breach is a <see cref="DecodeException"/> in Core's words.</summary>
internal static class PsbtChecks
{
    private const int SchnorrWithType = Schnorr.SignatureSize + 1;

    public static void Anything(PsbtKey key, ReadOnlyMemory<byte> value)
    {
    }

    public static void IsTransaction(PsbtKey key, ReadOnlyMemory<byte> value) => _ = PsbtValues.ReadTransaction(value);

    public static void IsOutput(PsbtKey key, ReadOnlyMemory<byte> value) => _ = PsbtMap.ReadWhole(value, TxOut.Read);

    public static void IsInt32(PsbtKey key, ReadOnlyMemory<byte> value) => _ = PsbtMap.ReadWhole(value, (ref ByteReader reader) => reader.ReadInt32());

    public static void IsWitness(PsbtKey key, ReadOnlyMemory<byte> value) => _ = PsbtValues.ReadWitness(value);

    public static void IsPartialSignature(PsbtKey key, ReadOnlyMemory<byte> value) => CheckPublicKey(key, "partial signature pubkey");

    public static void IsDerivation(PsbtKey key, ReadOnlyMemory<byte> value)
    {
        CheckPublicKey(key, "BIP32 keypath");
        _ = PsbtValues.ReadOrigin(value);
    }

    public static void IsTaprootDerivation(PsbtKey key, ReadOnlyMemory<byte> value)
    {
        if (key.Data.Length != Schnorr.PublicKeySize) throw new DecodeException("Input Taproot BIP32 keypath key is not at 33 bytes");
        _ = PsbtValues.ReadTaprootDerivation(value);
    }

    /// <summary>Secrets of locks by hash: the hash stands in the key.</summary>
    public static Action<PsbtKey, ReadOnlyMemory<byte>> HasHashOf(int size, string name) => (key, _) =>
    {
        if (key.Data.Length != size) throw new DecodeException($"Size of key was not the expected size for the type {name} preimage");
    };

    public static void IsTaprootSignature(PsbtKey key, ReadOnlyMemory<byte> value)
    {
        if (value.Length < Schnorr.SignatureSize) throw new DecodeException("Input Taproot key path signature is shorter than 64 bytes");
        if (value.Length > SchnorrWithType) throw new DecodeException("Input Taproot key path signature is longer than 65 bytes");
    }

    public static void IsTaprootScriptSignature(PsbtKey key, ReadOnlyMemory<byte> value)
    {
        if (key.Data.Length != Schnorr.PublicKeySize + Hash256.Size) throw new DecodeException("Input Taproot script signature key is not 65 bytes");
        if (value.Length < Schnorr.SignatureSize) throw new DecodeException("Input Taproot script path signature is shorter than 64 bytes");
        if (value.Length > SchnorrWithType) throw new DecodeException("Input Taproot script path signature is longer than 65 bytes");
    }

    public static void IsTaprootLeaf(PsbtKey key, ReadOnlyMemory<byte> value)
    {
        if (key.Data.Length < Taproot.ControlBaseSize) throw new DecodeException("Taproot leaf script key is not at least 34 bytes");
        if (!Taproot.IsControlSize(key.Data.Length)) throw new DecodeException("Taproot leaf script key's control block size is not valid");
        if (value.IsEmpty) throw new DecodeException("Taproot leaf script must be at least 1 byte");
    }

    public static void Is32Bytes(PsbtKey key, ReadOnlyMemory<byte> value)
    {
        if (value.Length != Hash256.Size) throw new DecodeException("Size of value was not the stated size");
    }

    public static void IsTaprootTree(PsbtKey key, ReadOnlyMemory<byte> value)
    {
        if (value.IsEmpty) throw new DecodeException("Output Taproot tree must not be empty");
        var open = new Stack<int>();
        foreach (var (depth, version, _) in PsbtValues.ReadTaprootTree(value))
        {
            if (depth > Taproot.MaxDepth) throw new DecodeException("Output Taproot tree has as leaf greater than Taproot maximum depth");
            if ((version & ~Taproot.LeafMask) != 0) throw new DecodeException("Output Taproot tree has a leaf with an invalid leaf version");
            if (!TryAddLeaf(open, depth)) throw new DecodeException("Output Taproot tree is malformed");
        }

        if (open.Count != 1 || open.Peek() != 0) throw new DecodeException("Output Taproot tree is malformed");
    }

    public static void IsExtendedKey(PsbtKey key, ReadOnlyMemory<byte> value)
    {
        if (key.Data.Length != ExtendedKey.EncodedSize) throw new DecodeException("Size of key was not the expected size for the type global xpub");
        if (PublicKey.TryCreate(key.Data.Span[^Secp256k1.CompressedSize..]) is null) throw new DecodeException("Invalid pubkey");
        _ = PsbtValues.ReadOrigin(value);
    }

    public static void IsVersion(PsbtKey key, ReadOnlyMemory<byte> value)
    {
        if (PsbtMap.ReadWhole(value, (ref ByteReader reader) => reader.ReadUInt32()) > 0) throw new DecodeException("Unsupported version number");
    }

    public static void IsUnsigned(PsbtKey key, ReadOnlyMemory<byte> value)
    {
        if (PsbtValues.ReadUnsigned(value).Inputs.Any(input => !input.ScriptSig.IsEmpty)) throw new DecodeException("Unsigned tx does not have empty scriptSigs and scriptWitnesses.");
    }

    /// <summary>Two finished neighbours of one depth are a branch one above; false where a leaf has no place any more.</summary>
    private static bool TryAddLeaf(Stack<int> open, int depth)
    {
        if (open.Count > 0 && (open.Peek() > depth || open.Peek() == 0)) return false;
        while (open.Count > 0 && open.Peek() == depth)
        {
            open.Pop();
            depth--;
        }

        open.Push(depth);
        return true;
    }

    private static void CheckPublicKey(PsbtKey key, string name)
    {
        if (key.Data.Length is not (Secp256k1.CompressedSize or Secp256k1.UncompressedSize))
            throw new DecodeException($"Size of key was not the expected size for the type {name}");
        if (PublicKey.TryCreate(key.Data.Span) is null) throw new DecodeException("Invalid pubkey");
    }
}
