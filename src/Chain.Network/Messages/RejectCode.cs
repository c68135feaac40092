namespace Chain.Network.Messages;

/// <summary>The kind of reason in a <see cref="RejectMessage"/> (BIP61).</summary>
public enum RejectCode : byte
{
    /// <summary>No reason given.</summary>
    None = 0,

    /// <summary>The message could not be decoded.</summary>
    Malformed = 0x01,

    /// <summary>A rule of consensus is broken.</summary>
    Invalid = 0x10,

    /// <summary>The version is no longer accepted.</summary>
    Obsolete = 0x11,

    /// <summary>It is known already, or spends what another spends.</summary>
    Duplicate = 0x12,

    /// <summary>Policy: not of a form that is relayed.</summary>
    Nonstandard = 0x40,

    /// <summary>Policy: an output is too small.</summary>
    Dust = 0x41,

    /// <summary>Policy: the fee is too low.</summary>
    InsufficientFee = 0x42,

    /// <summary>A block contradicts a checkpoint.</summary>
    Checkpoint = 0x43,
}
