using System.Globalization;
using System.Text.Json.Nodes;

namespace Chain.Node.Commands;

/// <summary>What <c>chain getbalance</c> says of an address.</summary>
internal static class BalanceText
{
    /// <summary>The sentence with the balance.</summary>
    public static string OfAddress(string address, decimal coins) => $"Balance of '{address}': {Coins(coins)}";

    /// <summary>A wallet's three amounts as lines, for who is no terminal.</summary>
    public static string OfWallet(decimal confirmed, decimal unconfirmed, decimal immature) =>
        $"Confirmed    {Coins(confirmed)}{Environment.NewLine}Unconfirmed  {Coins(unconfirmed)}{Environment.NewLine}Immature     {Coins(immature)}";

    /// <summary>What is said beside it where rewards are too young.</summary>
    public static string Immature(decimal coins) => $"{Coins(coins)} cannot be spent yet";

    /// <summary>What is said beside it where the node still looks through the chain for the wallet, as getwalletinfo tells; else null.</summary>
    public static string? Scanning(JsonNode walletInfo) => walletInfo["scanning"] is JsonObject scan
        ? string.Create(CultureInfo.InvariantCulture, $"The node still looks through the chain for this wallet, {scan["progress"]!.GetValue<double>():P0} of it so far: there may be more. 'chain rpc getwalletinfo' tells how far it is.")
        : null;

    /// <summary>Coins with as many decimals as there are.</summary>
    public static string Coins(decimal coins) => coins.ToString("0.########", CultureInfo.InvariantCulture);
}
