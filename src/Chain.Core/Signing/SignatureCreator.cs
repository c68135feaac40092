using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Core.Signing;

/// <summary>Makes the signatures of one input (Core: BaseSignatureCreator).</summary>
public interface ISignatureCreator
{
    /// <summary>Judges the signatures that this makes.</summary>
    SignatureChecker Checker { get; }

    /// <summary>An ECDSA signature with its hash type; null where the source has no key for it.</summary>
    byte[]? CreateEcdsa(ISigningSource source, Hash160 publicKeyHash, ReadOnlyMemory<byte> scriptCode, SignatureVersion version);

    /// <summary>
    /// A Schnorr signature for taproot's key path: of the inner key tweaked by the root where <paramref name="inner"/> is given,
    /// of the output's own key otherwise; null where the source has no key for it.
    /// </summary>
    byte[]? CreateSchnorr(ISigningSource source, ReadOnlyMemory<byte> outputKey, TaprootOutput? inner);
}

/// <summary>Signs with the keys of a source (Core: MutableTransactionSignatureCreator).</summary>
public sealed class SignatureCreator : ISignatureCreator
{
    private readonly PrecomputedTransactionData _data;
    private readonly int _inputIndex;
    private readonly SignatureHashType _type;
    private readonly bool _knowsAllOutputs;

    /// <summary>
    /// Signs the input at <paramref name="inputIndex"/>. The hash type 0 is the default: ALL in ECDSA, and no byte in Schnorr.
    /// Without <paramref name="knowsAllOutputs"/>, for outputs of other inputs stand placeholders: taproot cannot be signed then.
    /// </summary>
    public SignatureCreator(PrecomputedTransactionData data, int inputIndex, SignatureHashType type, bool knowsAllOutputs = true)
    {
        _data = data;
        _inputIndex = inputIndex;
        _type = type;
        _knowsAllOutputs = knowsAllOutputs;
        Checker = new SignatureChecker(data, inputIndex);
    }

    /// <inheritdoc/>
    public SignatureChecker Checker { get; }

    /// <inheritdoc/>
    public byte[]? CreateEcdsa(ISigningSource source, Hash160 publicKeyHash, ReadOnlyMemory<byte> scriptCode, SignatureVersion version)
    {
        if (source.FindKey(publicKeyHash) is not { } key) return null;
        // Policy takes no others in a witness, and what is not mined is lost.
        if (version == SignatureVersion.WitnessV0 && (!key.IsCompressed || !Amount.IsInRange(_data.SpentOutputs[_inputIndex].Value))) return null;
        var type = _type == SignatureHashType.None ? SignatureHashType.All : _type;
        var hash = version == SignatureVersion.WitnessV0
            ? WitnessSignatureHash.Compute(_data, _inputIndex, scriptCode.Span, type)
            : SignatureHash.Legacy(_data.Transaction, _inputIndex, scriptCode, type);
        return [.. key.SignLowR(hash), (byte)type];
    }

    /// <inheritdoc/>
    public byte[]? CreateSchnorr(ISigningSource source, ReadOnlyMemory<byte> outputKey, TaprootOutput? inner)
    {
        if (source.FindKeyByXOnly(inner is null ? outputKey.Span : inner.InnerKey.Span) is not { } key || !_knowsAllOutputs) return null;
        if (!TaprootSignatureHash.TryCompute(_data, _inputIndex, _type, new ScriptExecutionData(), out var hash)) return null;
        if (inner is not null) key = Taproot.OutputKey(key, inner.Root);
        var signature = key.SignSchnorr(hash, new byte[Schnorr.ScalarSize]);
        return _type == SignatureHashType.None ? signature : [.. signature, (byte)_type];
    }
}

/// <summary>
/// Makes signatures of the right length that are none, to learn how large a signed input is, or whether keys and scripts would
/// suffice (Core: DummySignatureCreator).
/// </summary>
public sealed class PlaceholderCreator : ISignatureCreator
{
    private const int NumberSize = 32;

    private static readonly byte[] Ecdsa =
        [0x30, 2 * NumberSize + 4, 0x02, NumberSize, 1, .. new byte[NumberSize - 1], 0x02, NumberSize, 1, .. new byte[NumberSize - 1], (byte)SignatureHashType.All];

    /// <summary>Creates it for the input at <paramref name="inputIndex"/>.</summary>
    public PlaceholderCreator(PrecomputedTransactionData data, int inputIndex) => Checker = new Credulous(data, inputIndex);

    /// <inheritdoc/>
    public SignatureChecker Checker { get; }

    /// <inheritdoc/>
    public byte[]? CreateEcdsa(ISigningSource source, Hash160 publicKeyHash, ReadOnlyMemory<byte> scriptCode, SignatureVersion version) => Ecdsa;

    /// <inheritdoc/>
    public byte[]? CreateSchnorr(ISigningSource source, ReadOnlyMemory<byte> outputKey, TaprootOutput? inner) => new byte[Schnorr.SignatureSize];

    /// <summary>Believes every signature.</summary>
    private sealed class Credulous(PrecomputedTransactionData data, int inputIndex) : SignatureChecker(data, inputIndex)
    {
        protected override bool VerifyEcdsa(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> derSignature, Hash256 hash) => true;

        protected override bool VerifySchnorr(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> signature, Hash256 hash) => true;
    }
}
