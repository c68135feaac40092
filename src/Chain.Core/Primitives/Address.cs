using Chain.Core.Cryptography;
using Chain.Core.Encoding;

namespace Chain.Core.Primitives;

/// <summary>Why a text is no address of this chain.</summary>
public enum AddressError
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>A character outside the alphabet, or a wrong checksum: mistyped or cut off.</summary>
    Checksum,

    /// <summary>Well formed, but not 20 bytes long.</summary>
    Length,

    /// <summary>Well formed, but with another chain's version byte.</summary>
    Version,
}

/// <summary>
/// What one gives to be paid: Base58Check of the chain's version byte and the HASH160 of a public key (P2PKH). Version 0
/// makes addresses that begin with 1.
/// </summary>
public readonly record struct Address(byte Version, Hash160 Hash)
{
    /// <summary>The address of a public key on a chain with this version byte.</summary>
    public static Address Of(PublicKey key, byte version) => new(version, key.Hash);

    /// <summary>Reads an address of the chain with this version byte and says what is wrong with anything else.</summary>
    public static AddressError TryParse(string text, byte version, out Address address)
    {
        address = default;
        var payload = Base58Check.TryDecode(text);
        if (payload is null) return AddressError.Checksum;
        if (payload.Length != 1 + Hash160.Size) return AddressError.Length;
        if (payload[0] != version) return AddressError.Version;
        address = new Address(version, new Hash160(payload.AsSpan(1)));
        return AddressError.None;
    }

    /// <summary>The text that people exchange.</summary>
    public override string ToString() => Base58Check.Encode([Version, .. Hash.ToByteArray()]);
}
