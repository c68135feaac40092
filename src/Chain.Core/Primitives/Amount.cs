using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Chain.Core.Primitives;

/// <summary>
/// An amount of money in satoshis, from 0 to <see cref="MaxMoney"/>: one coin is 100,000,000 satoshis. A value out of that
/// range cannot exist, so a sum that leaves it throws <see cref="OverflowException"/>; sums of numbers from outside go
/// through <see cref="TryAdd"/>.
/// </summary>
public readonly record struct Amount : IComparable<Amount>
{
    /// <summary>Satoshis in one coin.</summary>
    public const long Coin = 100_000_000;

    /// <summary>The most that any value or sum may be, in satoshis: Bitcoin's 21 million coins (Core: MAX_MONEY).</summary>
    public const long MaxMoney = 21_000_000 * Coin;

    private const int Decimals = 8;

    private Amount(long satoshis) => Satoshis = satoshis;

    /// <summary>Nothing.</summary>
    public static Amount Zero => default;

    /// <summary>The value in satoshis.</summary>
    public long Satoshis { get; }

    /// <summary>True for an integer from 0 to <see cref="MaxMoney"/> (Core: MoneyRange).</summary>
    public static bool IsInRange(long satoshis) => satoshis is >= 0 and <= MaxMoney;

    /// <summary>Takes satoshis known to be in range; throws <see cref="OverflowException"/> otherwise.</summary>
    public static Amount FromSatoshis(long satoshis) =>
        IsInRange(satoshis) ? new Amount(satoshis) : throw new OverflowException($"{satoshis} satoshis are no amount of money.");

    /// <summary>Takes satoshis from outside; false where they are out of range.</summary>
    public static bool TryFromSatoshis(long satoshis, out Amount amount)
    {
        var ok = IsInRange(satoshis);
        amount = ok ? new Amount(satoshis) : default;
        return ok;
    }

    /// <summary>
    /// Reads decimal coins: digits, at most one point, at most 8 digits behind it, in the invariant culture. Signs,
    /// exponents, separators and values beyond <see cref="MaxMoney"/> are refused.
    /// </summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out Amount amount)
    {
        amount = default;
        return text is { Length: > 0 and <= 32 }
            && text.All(c => char.IsAsciiDigit(c) || c == '.')
            && char.IsAsciiDigit(text[0]) && char.IsAsciiDigit(text[^1]) && DecimalsIn(text) <= Decimals
            && decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var coins)
            && TryFromCoins(coins, out amount);
    }

    /// <summary>Takes decimal coins; false where they are negative, too many, or finer than a satoshi.</summary>
    public static bool TryFromCoins(decimal coins, out Amount amount)
    {
        amount = default;
        if (coins is < 0 or > MaxMoney / Coin) return false;
        var satoshis = coins * Coin;
        if (satoshis != decimal.Truncate(satoshis)) return false;
        amount = new Amount((long)satoshis);
        return true;
    }

    /// <summary>Adds; false where the sum leaves the range.</summary>
    public static bool TryAdd(Amount left, Amount right, out Amount sum) => TryFromSatoshis(left.Satoshis + right.Satoshis, out sum);

    /// <summary>The value in coins, exactly.</summary>
    public decimal ToCoins() => (decimal)Satoshis / Coin;

    /// <inheritdoc/>
    public int CompareTo(Amount other) => Satoshis.CompareTo(other.Satoshis);

    /// <summary>Decimal coins without trailing zeros: <c>1.5</c>.</summary>
    public override string ToString() => ToCoins().ToString("0.########", CultureInfo.InvariantCulture);

    /// <summary>Decimal coins with all 8 decimals, as Core's RPC writes them: <c>1.50000000</c>.</summary>
    public string ToFixedString() => ToCoins().ToString("F" + Decimals, CultureInfo.InvariantCulture);

    /// <summary>The sum; throws where it leaves the range.</summary>
    public static Amount operator +(Amount left, Amount right) => FromSatoshis(left.Satoshis + right.Satoshis);

    /// <summary>The difference; throws where it would be negative.</summary>
    public static Amount operator -(Amount left, Amount right) => FromSatoshis(left.Satoshis - right.Satoshis);

    /// <summary>Less.</summary>
    public static bool operator <(Amount left, Amount right) => left.Satoshis < right.Satoshis;

    /// <summary>Less or equal.</summary>
    public static bool operator <=(Amount left, Amount right) => left.Satoshis <= right.Satoshis;

    /// <summary>Greater.</summary>
    public static bool operator >(Amount left, Amount right) => left.Satoshis > right.Satoshis;

    /// <summary>Greater or equal.</summary>
    public static bool operator >=(Amount left, Amount right) => left.Satoshis >= right.Satoshis;

    // Counted in the text, since a decimal would round what has more digits than it can hold.
    private static int DecimalsIn(string text) => text.Contains('.') ? text.Length - 1 - text.LastIndexOf('.') : 0;
}
