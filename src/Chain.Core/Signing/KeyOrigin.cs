using System.Collections.Immutable;
using System.Globalization;
using Chain.Core.Cryptography;

namespace Chain.Core.Signing;

/// <summary>
/// Where a key was derived from (BIP32): the first four bytes of the master key's HASH160 in their order, and the steps from
/// there, hardened ones from 2^31 on.
/// </summary>
public sealed record KeyOrigin(ReadOnlyMemory<byte> Fingerprint, ImmutableArray<uint> Path)
{
    /// <summary>Length of a fingerprint in bytes.</summary>
    public const int FingerprintSize = 4;

    /// <summary>The fingerprint in hexadecimal.</summary>
    public string FingerprintText => Convert.ToHexStringLower(Fingerprint.Span);

    /// <summary>The steps as Core writes them in PSBT: <c>m/84h/1h/0h/0/7</c>.</summary>
    public string PathText => "m" + StepsText(Path, 'h');

    /// <summary>The steps with a slash before each, and a mark behind the hardened ones.</summary>
    public static string StepsText(IEnumerable<uint> path, char hardenedMark) => string.Concat(path.Select(step =>
        step >= ExtendedKey.Hardened
            ? string.Create(CultureInfo.InvariantCulture, $"/{step - ExtendedKey.Hardened}{hardenedMark}")
            : string.Create(CultureInfo.InvariantCulture, $"/{step}")));

    /// <inheritdoc/>
    public bool Equals(KeyOrigin? other) =>
        other is not null && Fingerprint.Span.SequenceEqual(other.Fingerprint.Span) && Path.AsSpan().SequenceEqual(other.Path.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Fingerprint.Span);
        foreach (var step in Path) hash.Add(step);
        return hash.ToHashCode();
    }
}
