using System.Globalization;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Core.Signing;

namespace Chain.Node.Rpc;

/// <summary>What methods that sign take and give (Core: ParseSighashString, SignTransactionResultToJSON).</summary>
public static class SigningJson
{
    private const int ShownDigits = 30;

    /// <summary>A hash type by its name; the default where none is given.</summary>
    public static SignatureHashType HashType(JsonNode? value) => value is null ? SignatureHashType.None : JsonValues.Text(value) switch
    {
        "DEFAULT" => SignatureHashType.None,
        "ALL" => SignatureHashType.All,
        "NONE" => SignatureHashType.NoOutputs,
        "SINGLE" => SignatureHashType.Single,
        "ALL|ANYONECANPAY" => SignatureHashType.All | SignatureHashType.AnyoneCanPay,
        "NONE|ANYONECANPAY" => SignatureHashType.NoOutputs | SignatureHashType.AnyoneCanPay,
        "SINGLE|ANYONECANPAY" => SignatureHashType.Single | SignatureHashType.AnyoneCanPay,
        var name => throw new RpcException(RpcErrorCode.InvalidParameter, $"'{name}' is not a valid sighash parameter."),
    };

    /// <summary>The transaction, whether it is complete, and what is wrong with each input that is not.</summary>
    public static JsonObject Result(SigningResult result, Func<OutPoint, TxOut?> findOutput)
    {
        var errors = new JsonArray();
        foreach (var (index, error) in result.Errors)
        {
            var input = result.Transaction.Inputs[index];
            if (error == TransactionSigner.MissingAmount) throw new RpcException(RpcErrorCode.TypeError, $"Missing amount for {Describe(findOutput(input.PreviousOutput)!.Value)}");
            errors.Add((JsonNode)new JsonObject
            {
                ["txid"] = input.PreviousOutput.TxId.ToString(),
                ["vout"] = input.PreviousOutput.Index,
                ["witness"] = new JsonArray([.. input.Witness.Select(item => JsonValue.Create(ScriptJson.Hex(item)))]),
                ["scriptSig"] = ScriptJson.Hex(input.ScriptSig),
                ["sequence"] = input.Sequence,
                ["error"] = error,
            });
        }

        var json = new JsonObject { ["hex"] = ScriptJson.Hex(result.Transaction.Raw), ["complete"] = result.IsComplete };
        if (errors.Count > 0) json["errors"] = errors;
        return json;
    }

    private static string Describe(TxOut output)
    {
        var script = ScriptJson.Hex(output.ScriptPubKey);
        return string.Create(CultureInfo.InvariantCulture,
            $"CTxOut(nValue={output.Value / Amount.Coin}.{output.Value % Amount.Coin:D8}, scriptPubKey={script[..Math.Min(ShownDigits, script.Length)]})");
    }
}
