using Chain.Core.Cryptography;
using Chain.Core.Signing;

namespace Chain.Node.Wallet;

/// <summary>Two sources as one: what the first does not know is asked of the second.</summary>
internal sealed class JoinedSigningSource(ISigningSource first, ISigningSource second) : ISigningSource
{
    public PrivateKey? FindKey(Hash160 publicKeyHash) => first.FindKey(publicKeyHash) ?? second.FindKey(publicKeyHash);

    public PublicKey? FindPublicKey(Hash160 publicKeyHash) => first.FindPublicKey(publicKeyHash) ?? second.FindPublicKey(publicKeyHash);

    public ReadOnlyMemory<byte>? FindScript(Hash160 scriptHash) => first.FindScript(scriptHash) ?? second.FindScript(scriptHash);

    public TaprootOutput? FindTaproot(ReadOnlySpan<byte> outputKey) => first.FindTaproot(outputKey) ?? second.FindTaproot(outputKey);

    public KeyOrigin? FindOrigin(Hash160 publicKeyHash) => first.FindOrigin(publicKeyHash) ?? second.FindOrigin(publicKeyHash);
}
