using System.Globalization;

namespace Chain.Node.Commands;

/// <summary>What <c>chain getbalance</c> says of an address.</summary>
internal static class BalanceText
{
    /// <summary>The sentence with the balance.</summary>
    public static string OfAddress(string address, decimal coins) => $"Balance of '{address}': {Coins(coins)}";

    /// <summary>What is said beside it where rewards are too young.</summary>
    public static string Immature(decimal coins) => $"{Coins(coins)} cannot be spent yet";

    /// <summary>Coins with as many decimals as there are.</summary>
    public static string Coins(decimal coins) => coins.ToString("0.########", CultureInfo.InvariantCulture);
}
