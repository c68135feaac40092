using System.Diagnostics.CodeAnalysis;
using Chain.Core.Cryptography;

namespace Chain.Core.Primitives;

/// <summary>
/// The id of a transaction: double SHA-256 of its encoding without witness (BIP141). Signatures inside scriptSig change
/// it, witnesses do not. Printed with its bytes reversed.
/// </summary>
public readonly record struct TxId(Hash256 Hash) : IComparable<TxId>
{
    /// <summary>The id that a coinbase's input names: all zeros.</summary>
    public static TxId Zero => default;

    /// <summary>Parses 64 hexadecimal digits as people write an id.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out TxId id)
    {
        var ok = Hash256.TryParse(text, out var hash);
        id = new TxId(hash);
        return ok;
    }

    /// <inheritdoc/>
    public int CompareTo(TxId other) => Hash.CompareTo(other.Hash);

    /// <summary>64 hexadecimal digits, bytes reversed.</summary>
    public override string ToString() => Hash.ToString();

    /// <summary>Less, as a number.</summary>
    public static bool operator <(TxId left, TxId right) => left.CompareTo(right) < 0;

    /// <summary>Less or equal, as a number.</summary>
    public static bool operator <=(TxId left, TxId right) => left.CompareTo(right) <= 0;

    /// <summary>Greater, as a number.</summary>
    public static bool operator >(TxId left, TxId right) => left.CompareTo(right) > 0;

    /// <summary>Greater or equal, as a number.</summary>
    public static bool operator >=(TxId left, TxId right) => left.CompareTo(right) >= 0;
}
