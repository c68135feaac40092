using System.Globalization;
using System.Text.Json.Nodes;

namespace Chain.Node.Commands;

/// <summary>Blocks and transactions as text, from what getblock 2 and getrawtransaction 1 answer.</summary>
internal static class BlockText
{
    /// <summary>A block with its transactions.</summary>
    public static void Write(Screen screen, JsonNode block)
    {
        var time = DateTimeOffset.FromUnixTimeSeconds(block["time"]!.GetValue<long>()).ToString("u", CultureInfo.InvariantCulture);
        screen.Line($"============ Block {block["hash"]} ============");
        screen.Line($"Height:      {block["height"]}");
        screen.Line($"Prev. block: {block["previousblockhash"]?.GetValue<string>() ?? "none, this is the genesis block"}");
        screen.Line($"Merkle root: {block["merkleroot"]}");
        screen.Line($"Time:        {time}");
        screen.Line($"Bits, nonce: {block["bits"]}, {block["nonce"]}");
        foreach (var transaction in block["tx"]!.AsArray()) WriteTransaction(screen, transaction!);
    }

    /// <summary>A transaction with its inputs and outputs.</summary>
    public static void WriteTransaction(Screen screen, JsonNode transaction)
    {
        screen.Line($"--- Transaction {transaction["txid"]}");
        foreach (var input in transaction["vin"]!.AsArray())
        {
            screen.Line(input!["coinbase"] is { } coinbase
                ? $"    Input   new coins (coinbase {coinbase})"
                : $"    Input   {input["txid"]}:{input["vout"]}");
        }

        foreach (var item in transaction["vout"]!.AsArray())
        {
            var script = item!["scriptPubKey"]!;
            screen.Line($"    Output  {Coins(item["value"])} to {script["address"] ?? script["hex"]}");
        }
    }

    /// <summary>A number of coins without needless zeros.</summary>
    public static string Coins(JsonNode? value) => value?.GetValue<decimal>().ToString("0.########", CultureInfo.InvariantCulture) ?? "";
}
