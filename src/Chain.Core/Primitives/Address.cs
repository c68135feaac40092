using Chain.Core.Cryptography;
using Chain.Core.Encoding;

namespace Chain.Core.Primitives;

/// <summary>
/// What one gives to be paid: a text that stands for a locking script. A hash of a key or a script in Base58Check, or a
/// witness program in bech32 (version 0) or bech32m (later versions).
/// </summary>
public readonly struct Address : IEquatable<Address>
{
    /// <summary>The highest version of a witness program.</summary>
    public const int MaxWitnessVersion = 16;

    private const int LeastProgram = 2;
    private const int LongestProgram = 40;

    private readonly AddressFormat _format;

    private Address(AddressFormat format, AddressKind kind, int witnessVersion, ReadOnlyMemory<byte> payload)
    {
        _format = format;
        Kind = kind;
        WitnessVersion = witnessVersion;
        Payload = payload;
    }

    /// <summary>What it pays.</summary>
    public AddressKind Kind { get; }

    /// <summary>The version of a witness program; 0 for the other kinds.</summary>
    public int WitnessVersion { get; }

    /// <summary>The hash of 20 bytes, or the witness program.</summary>
    public ReadOnlyMemory<byte> Payload { get; }

    /// <summary>The hash of the one key that a P2PKH address pays; null for the other kinds.</summary>
    public Hash160? KeyHash => Kind == AddressKind.PublicKeyHash && _format is not null ? new Hash160(Payload.Span) : null;

    /// <summary>The P2PKH address of a public key.</summary>
    public static Address Of(PublicKey key, AddressFormat format) => OfPublicKeyHash(key.Hash, format);

    /// <summary>The P2PKH address of a key's hash.</summary>
    public static Address OfPublicKeyHash(Hash160 hash, AddressFormat format) => new(format, AddressKind.PublicKeyHash, 0, hash.ToByteArray());

    /// <summary>The P2SH address of a script's hash.</summary>
    public static Address OfScriptHash(Hash160 hash, AddressFormat format) => new(format, AddressKind.ScriptHash, 0, hash.ToByteArray());

    /// <summary>The address of a witness program: a version from 0 to 16 and 2 to 40 bytes, which are copied.</summary>
    public static Address OfWitnessProgram(int version, ReadOnlySpan<byte> program, AddressFormat format)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(version);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(version, MaxWitnessVersion);
        if (!IsProgramLength(version, program.Length)) throw new ArgumentException($"A witness program of version {version} has not {program.Length} bytes.", nameof(program));
        return new Address(format, AddressKind.WitnessProgram, version, program.ToArray());
    }

    /// <summary>Reads an address of a chain that writes them so, and says what is wrong with anything else.</summary>
    public static AddressError TryParse(string text, AddressFormat format, out Address address)
    {
        address = default;
        if (Base58Check.TryDecode(text) is { } payload) return TryParseHash(payload, format, out address);
        return Bech32.TryDecode(text, out var prefix, out var values, out var variant)
            ? TryParseProgram(prefix, values, variant, format, out address)
            : AddressError.Checksum;
    }

    /// <summary>The text that people exchange.</summary>
    public override string ToString() => Kind switch
    {
        _ when _format is null => "",
        AddressKind.PublicKeyHash => Base58Check.Encode([_format.PublicKeyHashVersion, .. Payload.Span]),
        AddressKind.ScriptHash => Base58Check.Encode([_format.ScriptHashVersion, .. Payload.Span]),
        _ => Bech32.Encode(_format.Bech32Prefix, [(byte)WitnessVersion, .. Bech32.ToValues(Payload.Span)], VariantOf(WitnessVersion)),
    };

    /// <inheritdoc/>
    public bool Equals(Address other) =>
        _format == other._format && Kind == other.Kind && WitnessVersion == other.WitnessVersion && Payload.Span.SequenceEqual(other.Payload.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Address other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(Kind);
        hash.AddBytes(Payload.Span);
        return hash.ToHashCode();
    }

    /// <summary>Equality of the chain's format, the kind and all bytes.</summary>
    public static bool operator ==(Address left, Address right) => left.Equals(right);

    /// <summary>Inequality of the chain's format, the kind or any byte.</summary>
    public static bool operator !=(Address left, Address right) => !left.Equals(right);

    private static AddressError TryParseHash(byte[] payload, AddressFormat format, out Address address)
    {
        address = default;
        if (payload.Length != 1 + Hash160.Size) return AddressError.Length;
        if (payload[0] != format.PublicKeyHashVersion && payload[0] != format.ScriptHashVersion) return AddressError.Version;
        var kind = payload[0] == format.PublicKeyHashVersion ? AddressKind.PublicKeyHash : AddressKind.ScriptHash;
        address = new Address(format, kind, 0, payload.AsMemory(1));
        return AddressError.None;
    }

    private static AddressError TryParseProgram(string prefix, byte[] values, Bech32Variant variant, AddressFormat format, out Address address)
    {
        address = default;
        if (prefix != format.Bech32Prefix) return AddressError.Version;
        if (values.Length == 0 || values[0] > MaxWitnessVersion) return AddressError.Program;
        if (variant != VariantOf(values[0])) return AddressError.Checksum;
        if (Bech32.TryToBytes(values.AsSpan(1)) is not { } program) return AddressError.Program;
        if (!IsProgramLength(values[0], program.Length)) return AddressError.Length;
        address = new Address(format, AddressKind.WitnessProgram, values[0], program);
        return AddressError.None;
    }

    private static Bech32Variant VariantOf(int witnessVersion) => witnessVersion == 0 ? Bech32Variant.Bech32 : Bech32Variant.Bech32m;

    /// <summary>Version 0 knows P2WPKH and P2WSH only.</summary>
    private static bool IsProgramLength(int version, int length) =>
        version == 0 ? length is 20 or 32 : length is >= LeastProgram and <= LongestProgram;
}
