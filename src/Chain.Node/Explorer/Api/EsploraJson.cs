using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Node.Explorer.Data;
using Chain.Node.Rpc;
using Chain.State;

namespace Chain.Node.Explorer.Api;

/// <summary>Blocks and transactions as Esplora writes them: amounts are whole numbers of satoshis.</summary>
internal static class EsploraJson
{
    /// <summary>A block's header with its sizes.</summary>
    public static JsonObject Block(BlockNode node, BlockFacts facts) => new()
    {
        ["id"] = node.Hash.ToString(),
        ["height"] = node.Height,
        ["version"] = unchecked((uint)node.Header.Version),
        ["timestamp"] = node.Header.Time,
        ["tx_count"] = facts.Transactions,
        ["size"] = facts.Size,
        ["weight"] = facts.Weight,
        ["merkle_root"] = node.Header.MerkleRoot.ToString(),
        ["previousblockhash"] = node.Parent?.Hash.ToString(),
        ["mediantime"] = HeaderRules.MedianTimePast(node),
        ["nonce"] = node.Header.Nonce,
        ["bits"] = node.Header.Bits,
        ["difficulty"] = RpcJson.Difficulty(node.Header.Bits),
    };

    /// <summary>A transaction with what it spends, its fee, and whether it is in the chain.</summary>
    public static JsonObject Transaction(FoundTransaction found, ChainParams p)
    {
        var t = found.Transaction;
        return new JsonObject
        {
            ["txid"] = t.Id.ToString(),
            ["version"] = unchecked((uint)t.Version),
            ["locktime"] = t.LockTime,
            ["vin"] = new JsonArray([.. t.Inputs.Select((input, i) => Input(input, t.IsCoinbase, found.Spent?[i]?.Output, p))]),
            ["vout"] = new JsonArray([.. t.Outputs.Select(output => Output(output, p))]),
            ["size"] = t.Size,
            ["weight"] = t.Weight,
            ["fee"] = found.Fee ?? 0,
            ["status"] = Status(found.IsConfirmed ? found.Block!.Node : null),
        };
    }

    /// <summary>Whether something is in a block of the chain, and in which.</summary>
    public static JsonObject Status(BlockNode? node) => node is null
        ? new JsonObject { ["confirmed"] = false }
        : new JsonObject
        {
            ["confirmed"] = true,
            ["block_height"] = node.Height,
            ["block_hash"] = node.Hash.ToString(),
            ["block_time"] = node.Header.Time,
        };

    /// <summary>Sums over the history of a script.</summary>
    public static JsonObject Stats(ScriptTotals totals) => new()
    {
        ["tx_count"] = totals.Transactions,
        ["funded_txo_count"] = totals.Funded,
        ["funded_txo_sum"] = totals.FundedSum,
        ["spent_txo_count"] = totals.Spent,
        ["spent_txo_sum"] = totals.SpentSum,
    };

    /// <summary>What spends an output, if anything does.</summary>
    public static JsonObject Outspend(OutputState state) => state.Spender is not { } spender
        ? new JsonObject { ["spent"] = false }
        : new JsonObject
        {
            ["spent"] = true,
            ["txid"] = spender.Id.ToString(),
            ["vin"] = spender.Input,
            ["status"] = Status(spender.Block),
        };

    private static JsonObject Input(TxIn input, bool isCoinbase, TxOut? spent, ChainParams p)
    {
        var json = new JsonObject
        {
            ["txid"] = input.PreviousOutput.TxId.ToString(),
            ["vout"] = input.PreviousOutput.Index,
            ["prevout"] = spent is { } output ? Output(output, p) : null,
            ["scriptsig"] = ScriptJson.Hex(input.ScriptSig),
            ["scriptsig_asm"] = EsploraAssembly.ToText(input.ScriptSig),
        };
        if (!input.Witness.IsEmpty) json["witness"] = new JsonArray([.. input.Witness.Select(item => JsonValue.Create(ScriptJson.Hex(item)))]);
        json["is_coinbase"] = isCoinbase;
        json["sequence"] = input.Sequence;
        var (redeem, witness) = InnerScripts.Find(input, spent);
        if (redeem is { } script) json["inner_redeemscript_asm"] = EsploraAssembly.ToText(script);
        if (witness is { } inner) json["inner_witnessscript_asm"] = EsploraAssembly.ToText(inner);
        return json;
    }

    private static JsonObject Output(TxOut output, ChainParams p)
    {
        var script = output.ScriptPubKey;
        var json = new JsonObject
        {
            ["scriptpubkey"] = ScriptJson.Hex(script),
            ["scriptpubkey_asm"] = EsploraAssembly.ToText(script),
            ["scriptpubkey_type"] = TypeOf(script),
        };
        if (ScriptJson.FindAddress(script, p) is { } address) json["scriptpubkey_address"] = address.ToString();
        json["value"] = output.Value;
        return json;
    }

    private static string TypeOf(ReadOnlyMemory<byte> script) => ScriptTemplates.Recognize(script) switch
    {
        _ when script.IsEmpty => "empty",
        _ when script.Span[0] == (byte)Opcode.Return => "op_return",
        ScriptTemplate.PublicKey => "p2pk",
        ScriptTemplate.PublicKeyHash => "p2pkh",
        ScriptTemplate.ScriptHash => "p2sh",
        ScriptTemplate.WitnessV0KeyHash => "v0_p2wpkh",
        ScriptTemplate.WitnessV0ScriptHash => "v0_p2wsh",
        ScriptTemplate.WitnessV1Taproot => "v1_p2tr",
        ScriptTemplate.MultiSig => "multisig",
        _ => "unknown",
    };
}
