using Chain.Core.Signing;

namespace Chain.Core.Descriptors;

/// <summary>
/// A text that describes a locking script, or one for each position of a wildcard, with all that is needed to spend what it
/// locks (BIP380 to BIP386).
/// </summary>
public abstract class Descriptor
{
    /// <summary>Whether it describes a script for each position.</summary>
    public abstract bool IsRange { get; }

    /// <summary>Whether it says what a spender must show.</summary>
    public virtual bool IsSolvable => true;

    /// <summary>Whether a private key stands in it.</summary>
    public abstract bool HasPrivateKeys { get; }

    /// <summary>
    /// The locking scripts at a position, which a descriptor without wildcard does not look at; null where a private key is
    /// needed that does not stand in it. What its spender must know goes into <paramref name="keys"/>.
    /// </summary>
    public abstract IReadOnlyList<byte[]>? Expand(uint position, SigningKeys keys);

    /// <summary>The text in its canonical form, without private keys, with its checksum.</summary>
    public override string ToString() => DescriptorChecksum.Append(Text);

    /// <summary>The text without its checksum.</summary>
    internal abstract string Text { get; }
}
