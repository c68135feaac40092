using Chain.Core.Encoding;

namespace Chain.Node.Wallet;

/// <summary>What an encrypted wallet says in clear about its encryption: the cost and salt of the key, and the nonce.</summary>
internal sealed record WalletSeal(int Iterations, byte[] Salt, byte[] Nonce)
{
    internal static WalletSeal Read(ref ByteReader reader)
    {
        var iterations = reader.ReadUInt32();
        return iterations is > 0 and <= WalletCipher.MaxIterations
            ? new WalletSeal((int)iterations, reader.ReadSpan(WalletCipher.SaltSize).ToArray(), reader.ReadSpan(WalletCipher.NonceSize).ToArray())
            : throw new DecodeException($"it asks for {iterations} iterations");
    }
}
