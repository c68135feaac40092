using System.Collections.Immutable;
using System.Globalization;
using Chain.Core.Cryptography;
using Chain.Core.Scripts;
using Chain.Core.Signing;

namespace Chain.Core.Descriptors;

/// <summary>Reads the keys in descriptors (BIP380). Errors are in Core's words, as the message of a <see cref="FormatException"/>.</summary>
internal sealed class KeyExpressionParser(DescriptorFormat format)
{
    private const int FingerprintDigits = 2 * KeyOrigin.FingerprintSize;

    /// <summary>A key with, before it, its origin in brackets where there is one.</summary>
    public KeyExpression Parse(string text, DescriptorContext context)
    {
        var parts = text.Split(']');
        if (parts.Length > 2) throw new FormatException("Multiple ']' characters found for a single pubkey");
        if (parts.Length == 1) return ParseKey(text, context, null, 'h');
        if (!parts[0].StartsWith('['))
            throw new FormatException($"Key origin start '[ character expected but not found, got '{(parts[0].Length == 0 ? ']' : parts[0][0])}' instead");
        var steps = parts[0][1..].Split('/');
        if (steps[0].Length != FingerprintDigits)
            throw new FormatException($"Fingerprint is not {KeyOrigin.FingerprintSize} bytes ({steps[0].Length} characters instead of {FingerprintDigits} characters)");
        var fingerprint = ParseHex(steps[0]) ?? throw new FormatException($"Fingerprint '{steps[0]}' is not hex");
        var mark = 'h';
        var path = ParsePath(steps.AsSpan(1), ref mark);
        return ParseKey(parts[1], context, new KeyOrigin(fingerprint, path), mark);
    }

    private KeyExpression ParseKey(string text, DescriptorContext context, KeyOrigin? origin, char originMark)
    {
        var takesUncompressed = context is DescriptorContext.Top or DescriptorContext.P2sh;
        var steps = text.Split('/');
        var key = steps[0];
        if (key.Length == 0) throw new FormatException("No key provided");
        if (steps.Length == 1 && ParseHex(key) is { } bytes) return ParsePublicKey(key, bytes, context, takesUncompressed, origin, originMark);
        if (steps.Length == 1 && PrivateKey.TryParseWif(key, format.WifVersion) is { } secret)
        {
            if (!takesUncompressed && !secret.IsCompressed) throw new FormatException("Uncompressed keys are not allowed");
            return new FixedKey(secret.PublicKey.Bytes.ToArray(), secret, isXOnly: context == DescriptorContext.P2tr) { Origin = origin, OriginMark = originMark };
        }

        if (ExtendedKey.TryParse(key, format.PrivateVersion, format.PublicVersion) is not { } extended) throw new FormatException($"key '{key}' is not valid");
        var mark = 'h';
        var wildcard = steps[^1] switch { "*" => Wildcard.Normal, "*'" or "*h" => Wildcard.Hardened, _ => Wildcard.None };
        if (wildcard == Wildcard.Hardened) mark = steps[^1][1];
        var path = ParsePath(wildcard == Wildcard.None ? steps.AsSpan(1) : steps.AsSpan(1, steps.Length - 2), ref mark);
        return new ExtendedKeyExpression(extended, path, wildcard, mark, format) { Origin = origin, OriginMark = originMark };
    }

    private static FixedKey ParsePublicKey(string text, byte[] bytes, DescriptorContext context, bool takesUncompressed, KeyOrigin? origin, char originMark)
    {
        if (SignatureEncoding.IsKeyLength(bytes))
        {
            if (bytes[0] is 0x06 or 0x07) throw new FormatException("Hybrid public keys are not allowed");
            if (PublicKey.TryCreate(bytes) is not null)
            {
                return takesUncompressed || bytes.Length == Secp256k1.CompressedSize
                    ? new FixedKey(bytes, null, isXOnly: false) { Origin = origin, OriginMark = originMark }
                    : throw new FormatException("Uncompressed keys are not allowed");
            }
        }
        else if (context == DescriptorContext.P2tr && bytes.Length == Schnorr.PublicKeySize && Schnorr.IsValidPublicKey(bytes))
        {
            return new FixedKey((byte[])[0x02, .. bytes], null, isXOnly: true) { Origin = origin, OriginMark = originMark };
        }

        throw new FormatException($"Pubkey '{text}' is invalid");
    }

    private static ImmutableArray<uint> ParsePath(ReadOnlySpan<string> steps, ref char mark)
    {
        var path = ImmutableArray.CreateBuilder<uint>(steps.Length);
        foreach (var step in steps)
        {
            var isHardened = step is [.., '\'' or 'h'];
            var digits = isHardened ? step[..^1] : step;
            if (isHardened) mark = step[^1];
            if (!uint.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)) throw new FormatException($"Key path value '{digits}' is not a valid uint32");
            if (number >= ExtendedKey.Hardened) throw new FormatException($"Key path value {number} is out of range");
            path.Add(isHardened ? number + ExtendedKey.Hardened : number);
        }

        return path.MoveToImmutable();
    }

    private static byte[]? ParseHex(string text)
    {
        var bytes = new byte[text.Length / 2];
        return text.Length > 0 && Convert.FromHexString(text, bytes, out _, out _) == System.Buffers.OperationStatus.Done ? bytes : null;
    }
}
