using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Core.Scripts;

namespace Chain.Node.Rpc;

/// <summary>
/// Builds an unsigned transaction from what createrawtransaction and createpsbt are given (Core: ConstructTransaction). Errors
/// are Core's.
/// </summary>
public static class TransactionDraft
{
    /// <summary>The highest sequence number that says that the transaction may be replaced (BIP125).</summary>
    public const uint ReplaceableSequence = TxIn.FinalSequence - 2;

    private const string Data = "data";

    /// <summary>
    /// Builds it; <paramref name="replaceable"/> null means that it may be replaced unless a sequence number says otherwise.
    /// </summary>
    public static Transaction Build(JsonNode? inputs, JsonNode? outputs, long lockTime, bool? replaceable, ChainParams p)
    {
        if (lockTime is < 0 or > uint.MaxValue) throw Invalid("Invalid parameter, locktime out of range");
        var drafted = ReadInputs(inputs, (uint)lockTime, replaceable ?? true);
        var transaction = new Transaction(Transaction.CurrentVersion, drafted, ReadOutputs(outputs, p), (uint)lockTime);
        if (replaceable == true && drafted.Length > 0 && !drafted.Any(input => input.Sequence <= ReplaceableSequence))
            throw Invalid("Invalid parameter combination: Sequence number(s) contradict replaceable option");
        return transaction;
    }

    /// <summary>The inputs: objects of txid, vout and sequence.</summary>
    public static ImmutableArray<TxIn> ReadInputs(JsonNode? inputs, uint lockTime, bool replaceable)
    {
        var fallback = replaceable ? ReplaceableSequence : lockTime != 0 ? TxIn.FinalSequence - 1 : TxIn.FinalSequence;
        return inputs is null ? [] : [.. JsonValues.List(inputs).Select(input => ReadInput(JsonValues.Members(input), fallback))];
    }

    /// <summary>The outputs: an object, or a list of objects with one member each, of addresses with amounts, and data.</summary>
    public static ImmutableArray<TxOut> ReadOutputs(JsonNode? outputs, ChainParams p)
    {
        if (outputs is null) throw Invalid("Invalid parameter, output argument must be non-null");
        var result = ImmutableArray.CreateBuilder<TxOut>();
        var addresses = new HashSet<Address>();
        var hasData = false;
        foreach (var (name, value) in outputs is JsonObject members ? members.ToList() : Flatten(JsonValues.List(outputs)))
        {
            if (name == Data)
            {
                if (hasData) throw Invalid("Invalid parameter, duplicate key: data");
                hasData = true;
                result.Add(new TxOut(0, StandardScripts.DataCarrier(JsonValues.Hex(value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value?.ToJsonString() ?? "", "Data"))));
                continue;
            }

            var isAddress = Address.TryParse(name, p.AddressFormat, out var address) == AddressError.None;
            var amount = RpcParams.AmountOf(value);
            if (!isAddress) throw new RpcException(RpcErrorCode.InvalidAddressOrKey, $"Invalid Bitcoin address: {name}");
            if (!addresses.Add(address)) throw Invalid($"Invalid parameter, duplicated address: {name}");
            result.Add(new TxOut(amount, StandardScripts.PayTo(address)));
        }

        return result.ToImmutable();
    }

    private static List<KeyValuePair<string, JsonNode?>> Flatten(JsonArray outputs)
    {
        var members = new List<KeyValuePair<string, JsonNode?>>();
        foreach (var output in outputs)
        {
            if (output is not JsonObject pair) throw Invalid("Invalid parameter, key-value pair not an object as expected");
            if (pair.Count != 1) throw Invalid("Invalid parameter, key-value pair must contain exactly one key");
            members.AddRange(pair);
        }

        return members;
    }

    private static TxIn ReadInput(JsonObject input, uint fallback)
    {
        var id = JsonValues.Id(input["txid"], "txid");
        if (input["vout"]?.GetValueKind() != JsonValueKind.Number) throw Invalid("Invalid parameter, missing vout key");
        var index = JsonValues.Integer(input["vout"]);
        if (index < 0) throw Invalid("Invalid parameter, vout cannot be negative");
        if (input["sequence"]?.GetValueKind() != JsonValueKind.Number) return new TxIn(new OutPoint(id, (uint)index), default, fallback);
        var sequence = JsonValues.Long(input["sequence"]);
        return sequence is >= 0 and <= TxIn.FinalSequence
            ? new TxIn(new OutPoint(id, (uint)index), default, (uint)sequence)
            : throw Invalid("Invalid parameter, sequence number is out of range");
    }

    private static RpcException Invalid(string message) => new(RpcErrorCode.InvalidParameter, message);
}
