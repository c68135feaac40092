using Chain.Core.Cryptography;

namespace Chain.Core.Scripts;

/// <summary>
/// How a taproot output commits to a tree of scripts (BIP341): leaves and branches are tagged hashes, and the key of the
/// output is an inner key plus the hash of it and the root.
/// </summary>
public static class Taproot
{
    /// <summary>The leaf version of tapscript.</summary>
    public const byte TapscriptLeaf = 0xc0;

    /// <summary>The first byte of an annex: the last witness element that begins with it is one.</summary>
    public const byte AnnexTag = 0x50;

    /// <summary>The bits of a control block's first byte that hold the leaf version.</summary>
    public const byte LeafMask = 0xfe;

    /// <summary>Length of a control block without branches: leaf version and parity, inner key.</summary>
    public const int ControlBaseSize = 1 + Schnorr.PublicKeySize;

    /// <summary>The deepest tree.</summary>
    public const int MaxDepth = 128;

    /// <summary>The hash of a script as a leaf.</summary>
    public static Hash256 LeafHash(ReadOnlySpan<byte> script, byte leafVersion = TapscriptLeaf)
    {
        var writer = TaggedHash.Begin(TaggedHash.TapLeaf, script.Length + 6);
        return TaggedHash.End(writer.WriteByte(leafVersion).WriteVarBytes(script));
    }

    /// <summary>The hash of two nodes, the lesser first, so that a proof need not say which is left.</summary>
    public static Hash256 BranchHash(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second)
    {
        var writer = TaggedHash.Begin(TaggedHash.TapBranch, 2 * Hash256.Size);
        return TaggedHash.End(first.SequenceCompareTo(second) < 0
            ? writer.WriteBytes(first).WriteBytes(second)
            : writer.WriteBytes(second).WriteBytes(first));
    }

    /// <summary>What is added to the inner key; <paramref name="root"/> is null for an output without scripts.</summary>
    public static Hash256 Tweak(ReadOnlySpan<byte> innerKey, Hash256? root)
    {
        var writer = TaggedHash.Begin(TaggedHash.TapTweak, Schnorr.PublicKeySize + Hash256.Size).WriteBytes(innerKey);
        return TaggedHash.End(root is { } hash ? writer.WriteHash(hash) : writer);
    }

    /// <summary>The key of the output; null where the inner key is none.</summary>
    public static byte[]? FindOutputKey(ReadOnlySpan<byte> innerKey, Hash256? root, out bool isOdd) =>
        Schnorr.TryTweakPublicKey(innerKey, Tweak(innerKey, root).ToByteArray(), out isOdd);

    /// <summary>The private key that signs for the output on the key path.</summary>
    public static PrivateKey OutputKey(PrivateKey innerKey, Hash256? root) =>
        innerKey.Tweak(Tweak(innerKey.PublicKey.XOnly, root));

    /// <summary>True where a control block can have this length.</summary>
    public static bool IsControlSize(int size) =>
        size >= ControlBaseSize && size <= ControlBaseSize + MaxDepth * Hash256.Size && (size - ControlBaseSize) % Hash256.Size == 0;

    /// <summary>True where the control block proves that the output's key commits to the leaf.</summary>
    public static bool IsCommitted(ReadOnlySpan<byte> controlBlock, ReadOnlySpan<byte> outputKey, Hash256 leaf)
    {
        var innerKey = controlBlock.Slice(1, Schnorr.PublicKeySize);
        Span<byte> node = stackalloc byte[Hash256.Size];
        leaf.CopyTo(node);
        for (var path = controlBlock[ControlBaseSize..]; !path.IsEmpty; path = path[Hash256.Size..])
            BranchHash(node, path[..Hash256.Size]).CopyTo(node);
        Span<byte> tweak = stackalloc byte[Hash256.Size];
        Tweak(innerKey, new Hash256(node)).CopyTo(tweak);
        return Schnorr.IsTweaked(outputKey, (controlBlock[0] & 1) != 0, innerKey, tweak);
    }
}
