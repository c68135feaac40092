using System.Globalization;
using Chain.Core.Primitives;

namespace Chain.Node;

/// <summary>Values of a configuration, read by type. What makes no sense is a <see cref="CommandException"/> that names the file and the option.</summary>
internal static class ConfigurationValues
{
    /// <summary>1 or nothing for true, 0 for false.</summary>
    internal static bool Flag(this ConfigurationFile configuration, string name, bool fallback) => configuration.Find(name) switch
    {
        null => fallback,
        "" or "1" => true,
        "0" => false,
        var text => throw configuration.Wrong(name, text, "0 or 1"),
    };

    /// <summary>An amount of coins, in satoshis.</summary>
    internal static long Money(this ConfigurationFile configuration, string name, long fallback)
    {
        if (configuration.Find(name) is not { } text) return fallback;
        return decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var coins) && Amount.TryFromCoins(coins, out var amount)
            ? amount.Satoshis
            : throw configuration.Wrong(name, text, "an amount of coins, such as 0.0002");
    }

    /// <summary>A whole number in a range.</summary>
    internal static long Number(this ConfigurationFile configuration, string name, long fallback, long least, long most)
    {
        if (configuration.Find(name) is not { } text) return fallback;
        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw configuration.Wrong(name, text, $"a number from {least} to {most}");
    }

    /// <summary>What is wrong with a value, and what it must be.</summary>
    internal static CommandException Wrong(this ConfigurationFile configuration, string name, string text, string expected) =>
        new($"{configuration.Path}: {name} is '{text}', and must be {expected}.");
}
