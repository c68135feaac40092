using System.Buffers.Binary;
using System.Collections.Immutable;
using Chain.Core.Cryptography;
using Chain.Core.Signing;

namespace Chain.Node.Wallet;

/// <summary>A wallet's keys and scripts for whoever signs; without secrets it gives public halves only.</summary>
internal sealed class WalletSigningSource(KeyBook book, WalletSecrets? secrets, uint masterFingerprint) : ISigningSource
{
    public PrivateKey? FindKey(Hash160 publicKeyHash) => secrets is null ? null : book.FindPrivateKey(publicKeyHash, secrets);

    public PublicKey? FindPublicKey(Hash160 publicKeyHash) => book.FindKey(publicKeyHash)?.Key;

    public ReadOnlyMemory<byte>? FindScript(Hash160 scriptHash) => book.FindRedeemScript(scriptHash);

    public TaprootOutput? FindTaproot(ReadOnlySpan<byte> outputKey) =>
        book.FindTaproot(outputKey) is { } key ? new TaprootOutput(key.Key.XOnly.ToArray(), Root: null) : null;

    public KeyOrigin? FindOrigin(Hash160 publicKeyHash)
    {
        if (book.FindKey(publicKeyHash)?.Place is not { } place) return null;
        var fingerprint = new byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(fingerprint, masterFingerprint);
        return new KeyOrigin(fingerprint, ImmutableArray.Create(place.Path));
    }
}
