using Chain.Core.Cryptography;
using Chain.Core.Scripts;
using Chain.Core.Signing;

namespace Chain.Core.Descriptors;

/// <summary>A taproot output (BIP386): an inner key, and a tree of scripts where there is one.</summary>
internal sealed class TaprootDescriptor(KeyExpression innerKey, TaprootTree? tree) : Descriptor
{
    public override bool IsRange => innerKey.IsRange || tree?.Leaves.Any(leaf => leaf.IsRange) == true;

    public override bool HasPrivateKeys => innerKey.HasPrivateKey || tree?.Leaves.Any(leaf => leaf.HasPrivateKeys) == true;

    internal override string Text => tree is null ? $"tr({innerKey})" : $"tr({innerKey},{tree.Text})";

    public override IReadOnlyList<byte[]>? Expand(uint position, SigningKeys keys)
    {
        if (innerKey.Derive(position) is not { } key) return null;
        Hash256? root = null;
        if (tree is not null)
        {
            root = tree.FindRoot(position, keys);
            if (root is null) return null;
        }

        key.AddTo(keys);
        keys.AddTaproot(new TaprootOutput(key.XOnly, root));
        return Taproot.FindOutputKey(key.XOnly.Span, root, out _) is { } outputKey ? [StandardScripts.PayToTaproot(outputKey)] : null;
    }
}

/// <summary>A tree of scripts: a leaf, or two trees.</summary>
internal sealed class TaprootTree
{
    private readonly Descriptor? _leaf;
    private readonly TaprootTree? _left, _right;

    public TaprootTree(Descriptor leaf) => _leaf = leaf;

    public TaprootTree(TaprootTree left, TaprootTree right) => (_left, _right) = (left, right);

    public IEnumerable<Descriptor> Leaves => _leaf is not null ? [_leaf] : _left!.Leaves.Concat(_right!.Leaves);

    public string Text => _leaf is not null ? _leaf.Text : $"{{{_left!.Text},{_right!.Text}}}";

    /// <summary>The root at a position; null where a private key is needed.</summary>
    public Hash256? FindRoot(uint position, SigningKeys keys)
    {
        if (_leaf is not null) return _leaf.Expand(position, keys) is [var script] ? Taproot.LeafHash(script) : null;
        return _left!.FindRoot(position, keys) is { } left && _right!.FindRoot(position, keys) is { } right
            ? Taproot.BranchHash(left.ToByteArray(), right.ToByteArray())
            : null;
    }
}
