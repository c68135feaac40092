using Chain.Core.Cryptography;
using Chain.Core.Primitives;

namespace Chain.Core.Scripts;

/// <summary>Checks the signatures that a script presents for one input of one transaction.</summary>
public class SignatureChecker
{
    private readonly Transaction _transaction;
    private readonly int _inputIndex;

    /// <summary>Creates the checker for the input at <paramref name="inputIndex"/>.</summary>
    public SignatureChecker(Transaction transaction, int inputIndex)
    {
        _transaction = transaction;
        _inputIndex = inputIndex;
    }

    /// <summary>True where the signature (DER, then the hash type byte) of that key covers this input under the script.</summary>
    public bool CheckSignature(ReadOnlySpan<byte> signature, ReadOnlySpan<byte> publicKey, ReadOnlyMemory<byte> scriptCode)
    {
        if (signature.IsEmpty) return false;
        var hash = SignatureHash.Legacy(_transaction, _inputIndex, scriptCode, (SignatureHashType)signature[^1]);
        if (SignatureEncoding.IsStrictDer(signature)) return Verify(publicKey, signature[..^1], hash);

        // Only on a chain where BIP66 is not active yet: with it, the script has failed before.
        return SignatureEncoding.TryMakeStrict(signature[..^1]) is { } strict && Verify(publicKey, strict, hash);
    }

    /// <summary>The check of the curve itself, which a cache may answer.</summary>
    protected virtual bool Verify(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> derSignature, Hash256 hash)
    {
        Span<byte> message = stackalloc byte[Hash256.Size];
        hash.CopyTo(message);
        return Secp256k1.Verify(publicKey, derSignature, message);
    }
}
