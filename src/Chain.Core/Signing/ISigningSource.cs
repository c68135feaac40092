using Chain.Core.Cryptography;

namespace Chain.Core.Signing;

/// <summary>
/// What whoever signs knows: keys, and the scripts and trees that outputs only show a hash of (Core: SigningProvider). Keys
/// and scripts are asked for by the HASH160 of their bytes, as P2PKH and P2SH name them.
/// </summary>
public interface ISigningSource
{
    /// <summary>The private key whose public key, as it is serialized in scripts, has this hash; null where it is not known.</summary>
    PrivateKey? FindKey(Hash160 publicKeyHash);

    /// <summary>The public key with this hash, also where its private key is not known.</summary>
    PublicKey? FindPublicKey(Hash160 publicKeyHash);

    /// <summary>
    /// The script with this hash, for P2SH; for P2WSH the script whose SHA-256 has this RIPEMD-160, which is the same hash.
    /// </summary>
    ReadOnlyMemory<byte>? FindScript(Hash160 scriptHash);

    /// <summary>What a taproot output's key is made of; null where it is not known.</summary>
    TaprootOutput? FindTaproot(ReadOnlySpan<byte> outputKey);

    /// <summary>Where a key comes from (BIP32); null where it is not known.</summary>
    KeyOrigin? FindOrigin(Hash160 publicKeyHash);
}

/// <summary>What a taproot output's key is made of (BIP341): the x-only inner key, and the root of the scripts where there are some.</summary>
public sealed record TaprootOutput(ReadOnlyMemory<byte> InnerKey, Hash256? Root);

/// <summary>Questions to an <see cref="ISigningSource"/>.</summary>
public static class SigningSources
{
    /// <summary>The private key of an x-only public key, whichever of its two points it was made for.</summary>
    public static PrivateKey? FindKeyByXOnly(this ISigningSource source, ReadOnlySpan<byte> xOnly) =>
        source.FindKey(Hash160.Of([0x02, .. xOnly])) ?? source.FindKey(Hash160.Of([0x03, .. xOnly]));

    /// <summary>Where an x-only key comes from; null where it is not known.</summary>
    public static KeyOrigin? FindOriginByXOnly(this ISigningSource source, ReadOnlySpan<byte> xOnly) =>
        source.FindOrigin(Hash160.Of([0x02, .. xOnly])) ?? source.FindOrigin(Hash160.Of([0x03, .. xOnly]));
}
