namespace Chain.Core.Primitives;

/// <summary>Why a text is no address of this chain.</summary>
public enum AddressError
{
    /// <summary>It is one.</summary>
    None,

    /// <summary>A character outside the alphabet, or a wrong checksum: mistyped or cut off.</summary>
    Checksum,

    /// <summary>Well formed, but not as long as what its version holds.</summary>
    Length,

    /// <summary>Well formed, but with another chain's version byte or prefix.</summary>
    Version,

    /// <summary>A bech32 text of this chain without a witness version from 0 to 16, or with bits left over.</summary>
    Program,
}
