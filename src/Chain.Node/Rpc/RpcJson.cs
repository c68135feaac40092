using System.Globalization;
using System.Numerics;
using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Primitives;

namespace Chain.Node.Rpc;

/// <summary>Transactions and numbers as Core's RPC writes them.</summary>
public static class RpcJson
{
    /// <summary>Money as a number with 8 decimals, which no floating point rounds.</summary>
    public static JsonNode Money(Amount amount) => Money(amount.Satoshis);

    /// <summary>Satoshis as a number of coins, also where they are more than one amount can be: a sum over a long chain.</summary>
    public static JsonNode Money(long satoshis) => JsonNode.Parse(((decimal)satoshis / Amount.Coin).ToString("F8", CultureInfo.InvariantCulture))!;

    /// <summary>A transaction decoded.</summary>
    public static JsonObject Transaction(Transaction transaction, ChainParams p) => new()
    {
        ["txid"] = transaction.Id.ToString(),
        ["hash"] = transaction.WitnessHash.ToString(),
        ["version"] = unchecked((uint)transaction.Version),
        ["size"] = transaction.Size,
        ["vsize"] = transaction.VirtualSize,
        ["weight"] = transaction.Weight,
        ["locktime"] = transaction.LockTime,
        ["vin"] = new JsonArray([.. transaction.Inputs.Select(input => Input(input))]),
        ["vout"] = new JsonArray([.. transaction.Outputs.Select((output, i) => Output(output, i, p))]),
        ["hex"] = Convert.ToHexStringLower(transaction.Raw.Span),
    };

    /// <summary>A locking script with its address, where it has one.</summary>
    public static JsonObject ScriptPubKey(ReadOnlyMemory<byte> script, ChainParams p) => ScriptJson.Locking(script, p);

    /// <summary>How many times harder a target is than the easiest one of Bitcoin's main network, to 16 digits as Core writes it.</summary>
    public static double Difficulty(uint bits)
    {
        var shift = (int)(bits >> 24) - 29;
        var difficulty = 0xffff / (double)(bits & 0x007fffff) * Math.Pow(256, -shift);
        return double.Parse(difficulty.ToString("G16", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
    }

    /// <summary>Total work as 64 hexadecimal digits.</summary>
    public static string Work(BigInteger work) => work.ToString("x64", CultureInfo.InvariantCulture)[^64..];

    private static JsonObject Input(TxIn input)
    {
        var json = input.PreviousOutput.IsNull
            ? new JsonObject { ["coinbase"] = Convert.ToHexStringLower(input.ScriptSig.Span) }
            : new JsonObject
            {
                ["txid"] = input.PreviousOutput.TxId.ToString(),
                ["vout"] = input.PreviousOutput.Index,
                ["scriptSig"] = ScriptJson.Unlocking(input.ScriptSig),
            };
        if (!input.Witness.IsEmpty) json["txinwitness"] = new JsonArray([.. input.Witness.Select(item => JsonValue.Create(Convert.ToHexStringLower(item.Span)))]);
        json["sequence"] = input.Sequence;
        return json;
    }

    private static JsonObject Output(TxOut output, int index, ChainParams p) => new()
    {
        ["value"] = Money(output.Value),
        ["n"] = index,
        ["scriptPubKey"] = ScriptPubKey(output.ScriptPubKey, p),
    };
}
