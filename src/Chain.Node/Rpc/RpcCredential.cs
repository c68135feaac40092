using System.Security.Cryptography;
using System.Text;

namespace Chain.Node.Rpc;

/// <summary>
/// A name and what its password is known by: HMAC-SHA-256 of it under a salt. So no password lies in memory or in a file
/// (Core: rpcauth).
/// </summary>
public sealed class RpcCredential
{
    private readonly byte[] _name, _salt, _hash;

    private RpcCredential(string name, byte[] salt, byte[] hash)
    {
        _name = Encoding.UTF8.GetBytes(name);
        _salt = salt;
        _hash = hash;
    }

    /// <summary>From a name and its password.</summary>
    public static RpcCredential FromPassword(string name, string password)
    {
        var salt = RandomNumberGenerator.GetBytes(16);
        return new RpcCredential(name, salt, HMACSHA256.HashData(salt, Encoding.UTF8.GetBytes(password)));
    }

    /// <summary>Reads <c>name:salt$hash</c> as Core's rpcauth.py makes it: the salt's digits are the key; null for anything else.</summary>
    public static RpcCredential? TryParse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var dollar = text.IndexOf('$', StringComparison.Ordinal);
        if (colon < 1 || dollar < colon + 2) return null;
        var hash = new byte[HMACSHA256.HashSizeInBytes];
        return text.Length - dollar - 1 == 2 * hash.Length && Convert.FromHexString(text.AsSpan(dollar + 1), hash, out _, out _) == System.Buffers.OperationStatus.Done
            ? new RpcCredential(text[..colon], Encoding.UTF8.GetBytes(text[(colon + 1)..dollar]), hash)
            : null;
    }

    /// <summary>Whether name and password are these. It takes as long where they are not.</summary>
    public bool Matches(ReadOnlySpan<byte> name, ReadOnlySpan<byte> password)
    {
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(_salt, password, hash);
        return CryptographicOperations.FixedTimeEquals(hash, _hash) & CryptographicOperations.FixedTimeEquals(name, _name);
    }
}
