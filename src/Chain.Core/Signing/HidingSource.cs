using Chain.Core.Cryptography;

namespace Chain.Core.Signing;

/// <summary>A source of which some is kept back: secrets where nothing is to be signed, and where keys come from (Core: HidingSigningProvider).</summary>
public sealed class HidingSource(ISigningSource source, bool hidesKeys, bool hidesOrigins) : ISigningSource
{
    /// <inheritdoc/>
    public PrivateKey? FindKey(Hash160 publicKeyHash) => hidesKeys ? null : source.FindKey(publicKeyHash);

    /// <inheritdoc/>
    public PublicKey? FindPublicKey(Hash160 publicKeyHash) => source.FindPublicKey(publicKeyHash);

    /// <inheritdoc/>
    public ReadOnlyMemory<byte>? FindScript(Hash160 scriptHash) => source.FindScript(scriptHash);

    /// <inheritdoc/>
    public TaprootOutput? FindTaproot(ReadOnlySpan<byte> outputKey) => source.FindTaproot(outputKey);

    /// <inheritdoc/>
    public KeyOrigin? FindOrigin(Hash160 publicKeyHash) => hidesOrigins ? null : source.FindOrigin(publicKeyHash);
}
