using System.Collections.Immutable;
using Chain.Core.Cryptography;
using Chain.Core.Signing;

namespace Chain.Core.Descriptors;

/// <summary>How the last step of an extended key's path varies.</summary>
internal enum Wildcard
{
    /// <summary>It does not.</summary>
    None,

    /// <summary><c>*</c></summary>
    Normal,

    /// <summary><c>*h</c></summary>
    Hardened,
}

/// <summary>A key of a descriptor at one position, with where it comes from.</summary>
internal sealed record DerivedKey(ReadOnlyMemory<byte> Bytes, PrivateKey? PrivateKey, KeyOrigin Origin)
{
    public ReadOnlyMemory<byte> XOnly => Bytes.Length == Schnorr.PublicKeySize ? Bytes : Bytes.Slice(1, Schnorr.PublicKeySize);

    /// <summary>Makes it known to whoever signs.</summary>
    public void AddTo(SigningKeys keys)
    {
        if (PrivateKey is not null) keys.Add(PrivateKey);
        if (PublicKey.TryCreate(Bytes.Span) is not { } key) return;
        keys.Add(key);
        keys.AddOrigin(key, Origin);
    }
}

/// <summary>
/// A key as it stands in a descriptor (BIP380; Core: PubkeyProvider): a fixed key, or an extended key with a path, which may
/// end in a wildcard; before it may stand where it comes from.
/// </summary>
internal abstract class KeyExpression
{
    /// <summary>What stands in brackets before the key.</summary>
    public KeyOrigin? Origin { get; init; }

    /// <summary>The mark of hardened steps in brackets.</summary>
    public char OriginMark { get; init; } = 'h';

    public abstract bool IsRange { get; }

    public abstract bool HasPrivateKey { get; }

    /// <summary>The length of the key in a script.</summary>
    public abstract int Size { get; }

    /// <summary>The key at a position of the wildcard; null where that needs a private key that is not known.</summary>
    public DerivedKey? Derive(uint position)
    {
        var key = DeriveOwn(position);
        return key is null || Origin is null ? key : key with { Origin = new KeyOrigin(Origin.Fingerprint, [.. Origin.Path, .. key.Origin.Path]) };
    }

    /// <summary>The text without any private key.</summary>
    public override string ToString() =>
        Origin is null ? OwnText() : $"[{Origin.FingerprintText}{KeyOrigin.StepsText(Origin.Path, OriginMark)}]{OwnText()}";

    protected abstract DerivedKey? DeriveOwn(uint position);

    protected abstract string OwnText();
}

/// <summary>A key in hexadecimal, or a private key in wallet import format.</summary>
internal sealed class FixedKey(ReadOnlyMemory<byte> bytes, PrivateKey? privateKey, bool isXOnly) : KeyExpression
{
    public override bool IsRange => false;

    public override bool HasPrivateKey => privateKey is not null;

    public override int Size => bytes.Length;

    protected override DerivedKey DeriveOwn(uint position) =>
        new(bytes, privateKey, new KeyOrigin(Hash160.Of(bytes.Span).ToByteArray().AsMemory(0, KeyOrigin.FingerprintSize), []));

    protected override string OwnText() => Convert.ToHexStringLower((isXOnly ? bytes[1..] : bytes).Span);
}

/// <summary>An extended key and the steps below it (BIP32).</summary>
internal sealed class ExtendedKeyExpression(ExtendedKey root, ImmutableArray<uint> path, Wildcard wildcard, char mark, DescriptorFormat format) : KeyExpression
{
    private ExtendedKey? _parent;

    public override bool IsRange => wildcard != Wildcard.None;

    public override bool HasPrivateKey => root.PrivateKey is not null;

    public override int Size => Secp256k1.CompressedSize;

    private bool IsHardened => wildcard == Wildcard.Hardened || path.Any(step => step >= ExtendedKey.Hardened);

    protected override DerivedKey? DeriveOwn(uint position)
    {
        if (IsHardened && root.PrivateKey is null) return null;
        _parent ??= root.TryDerive(path);
        var last = wildcard == Wildcard.Hardened ? position + ExtendedKey.Hardened : position;
        var key = wildcard == Wildcard.None ? _parent : _parent?.TryDerive(last);
        if (key is null) return null;
        var fingerprint = root.PublicKey.Hash.ToByteArray().AsMemory(0, KeyOrigin.FingerprintSize);
        return new DerivedKey(key.PublicKey.Bytes.ToArray(), key.PrivateKey, new KeyOrigin(fingerprint, wildcard == Wildcard.None ? path : [.. path, last]));
    }

    protected override string OwnText() => root.Neuter().ToText(format.PublicVersion) + KeyOrigin.StepsText(path, mark) + wildcard switch
    {
        Wildcard.None => "",
        Wildcard.Normal => "/*",
        _ => $"/*{mark}",
    };
}
