using Chain.Core.Encoding;

namespace Chain.Core.Cryptography;

/// <summary>
/// A text that the owner of a P2PKH address signed (Core: MessageSign, MessageVerify). What is hashed begins with a line that
/// no transaction begins with, so that nobody signs one by mistake. The signature is a <see cref="RecoverableSignature"/> in base64.
/// </summary>
public static class SignedMessage
{
    private static readonly byte[] Magic = "Bitcoin Signed Message:\n"u8.ToArray();

    /// <summary>The double SHA-256 of both texts, each with its length before it.</summary>
    public static Hash256 Hash(string message)
    {
        var text = System.Text.Encoding.UTF8.GetBytes(message);
        return Sha256d.Hash(new ByteWriter(Magic.Length + text.Length + 10).WriteVarBytes(Magic).WriteVarBytes(text).WrittenSpan);
    }

    /// <summary>The signature in base64.</summary>
    public static string Sign(PrivateKey key, string message) => Convert.ToBase64String(RecoverableSignature.Sign(key, Hash(message)));

    /// <summary>True where the key with that hash signed the message.</summary>
    public static bool Verify(Hash160 publicKeyHash, ReadOnlySpan<byte> signature, string message) =>
        RecoverableSignature.Recover(signature, Hash(message)) is { } key && key.Hash == publicKeyHash;
}
