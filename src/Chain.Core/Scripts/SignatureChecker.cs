using Chain.Core.Cryptography;
using Chain.Core.Primitives;

namespace Chain.Core.Scripts;

/// <summary>
/// Answers what scripts ask about the one input that they unlock: are the signatures right, has the lock time come? For one
/// thread; a cache of signatures overrides the checks of the curve.
/// </summary>
public class SignatureChecker
{
    private readonly PrecomputedTransactionData _data;
    private readonly int _inputIndex;
    private readonly ScriptWorkspace? _workspace;
    private (ReadOnlyMemory<byte> ScriptCode, byte Type, SignatureVersion Version, Hash256 Hash)? _last;

    /// <summary>
    /// Creates the checker for the input at <paramref name="inputIndex"/>, which hashes in <paramref name="workspace"/> where
    /// one is given.
    /// </summary>
    public SignatureChecker(PrecomputedTransactionData data, int inputIndex, ScriptWorkspace? workspace = null)
    {
        _data = data;
        _inputIndex = inputIndex;
        _workspace = workspace;
    }

    private TxIn Input => _data.Transaction.Inputs[_inputIndex];

    /// <summary>True where the ECDSA signature (DER, then the hash type byte) of that key covers this input under the script.</summary>
    public bool CheckEcdsa(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> publicKey, ReadOnlyMemory<byte> scriptCode, SignatureVersion version)
    {
        if (signature.IsEmpty || !SignatureEncoding.IsKeyLength(publicKey)) return false;
        var hash = Hash(scriptCode, signature[^1], version);
        if (SignatureEncoding.IsStrictDer(signature)) return VerifyEcdsa(publicKey, signature[..^1], hash);

        // Only on a chain where BIP66 is not active yet: with it, the script has failed before.
        return SignatureEncoding.TryMakeStrict(signature[..^1]) is { } strict && VerifyEcdsa(publicKey, strict, hash);
    }

    /// <summary>
    /// Checks a Schnorr signature (64 bytes, and a hash type byte where it is not the default) of an x-only key: of the output
    /// itself on taproot's key path, of a key in a leaf on the script path.
    /// </summary>
    public ScriptError CheckSchnorr(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> publicKey, ScriptExecutionData execution)
    {
        if (signature.Length is not (Schnorr.SignatureSize or Schnorr.SignatureSize + 1)) return ScriptError.SchnorrSigSize;
        var type = SignatureHashType.None;
        if (signature.Length > Schnorr.SignatureSize)
        {
            type = (SignatureHashType)signature[^1];
            signature = signature[..^1];
            // The default has one form only, so that nobody can change a signature's length on its way.
            if (type == SignatureHashType.None) return ScriptError.SchnorrSigHashType;
        }

        if (!TaprootSignatureHash.TryCompute(_data, _inputIndex, type, execution, out var hash)) return ScriptError.SchnorrSigHashType;
        return VerifySchnorr(publicKey, signature, hash) ? ScriptError.Ok : ScriptError.SchnorrSig;
    }

    /// <summary>True where the transaction cannot be mined before this height or time (BIP65).</summary>
    public bool CheckLockTime(long lockTime)
    {
        var own = _data.Transaction.LockTime;
        if (own < Transaction.LockTimeThreshold != lockTime < Transaction.LockTimeThreshold) return false;
        // The final sequence number would turn the transaction's lock time off.
        return lockTime <= own && Input.Sequence != TxIn.FinalSequence;
    }

    /// <summary>True where the input cannot be mined before the coin that it spends has this age (BIP112).</summary>
    public bool CheckSequence(long sequence)
    {
        const uint Mask = RelativeLockTime.TypeFlag | RelativeLockTime.ValueMask;
        if (unchecked((uint)_data.Transaction.Version) < RelativeLockTime.MinVersion) return false;
        if ((Input.Sequence & RelativeLockTime.DisableFlag) != 0) return false;
        var own = Input.Sequence & Mask;
        var asked = sequence & Mask;
        return own < RelativeLockTime.TypeFlag == asked < RelativeLockTime.TypeFlag && asked <= own;
    }

    /// <summary>The ECDSA check of the curve itself, which a cache may answer.</summary>
    protected virtual bool VerifyEcdsa(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> derSignature, Hash256 hash)
    {
        Span<byte> message = stackalloc byte[Hash256.Size];
        hash.CopyTo(message);
        return Secp256k1.Verify(publicKey, derSignature, message);
    }

    /// <summary>The Schnorr check of the curve itself, which a cache may answer.</summary>
    protected virtual bool VerifySchnorr(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> signature, Hash256 hash)
    {
        Span<byte> message = stackalloc byte[Hash256.Size];
        hash.CopyTo(message);
        return Schnorr.Verify(publicKey, signature, message);
    }

    /// <summary>A CHECKMULTISIG tries up to 20 keys on one hash: the last one is kept.</summary>
    private Hash256 Hash(ReadOnlyMemory<byte> scriptCode, byte type, SignatureVersion version)
    {
        if (_last is { } last && last.Type == type && last.Version == version && last.ScriptCode.Equals(scriptCode)) return last.Hash;
        var hash = version == SignatureVersion.WitnessV0
            ? WitnessSignatureHash.Compute(_data, _inputIndex, scriptCode.Span, (SignatureHashType)type, _workspace?.Buffer)
            : SignatureHash.Legacy(_data.Transaction, _inputIndex, scriptCode, (SignatureHashType)type, _workspace?.Buffer);
        _last = (scriptCode, type, version, hash);
        return hash;
    }
}
