using Chain.Core.Primitives;
using Chain.Core.Signing;

namespace Chain.Core.Psbt;

/// <summary>What is known of a PSBT as a whole: the transaction without signatures, and extended keys of those who sign.</summary>
public sealed class PsbtGlobal : PsbtMap
{
    /// <summary>The transaction without signatures.</summary>
    public const ulong UnsignedTransactionType = 0x00;

    /// <summary>An extended public key, with where it comes from.</summary>
    public const ulong ExtendedKeyType = 0x01;

    /// <summary>The version of the format.</summary>
    public const ulong VersionType = 0xfb;

    private static readonly PsbtFields Fields = new(
        key => key.Data,
        new(UnsignedTransactionType, "unsigned tx", "Global unsigned tx", PsbtChecks.IsUnsigned),
        new(ExtendedKeyType, "global xpub", "", PsbtChecks.IsExtendedKey) { HasKeyData = true },
        new(VersionType, "version", "Global version", PsbtChecks.IsVersion));

    internal PsbtGlobal() : base(Fields)
    {
    }

    /// <summary>The extended public keys, each in its encoding without checksum.</summary>
    public IEnumerable<(ReadOnlyMemory<byte> ExtendedKey, KeyOrigin Origin)> ExtendedKeys =>
        All(ExtendedKeyType).Select(entry => (entry.Data, PsbtValues.ReadOrigin(entry.Value)));

    internal Transaction? ReadTransaction() => Find(UnsignedTransactionType) is { } value ? PsbtValues.ReadUnsigned(value) : null;
}
