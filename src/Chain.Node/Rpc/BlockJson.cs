using System.Globalization;
using System.Text.Json.Nodes;
using Chain.Core.Coins;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.State;

namespace Chain.Node.Rpc;

/// <summary>Headers and blocks as Core's RPC writes them.</summary>
internal static class BlockJson
{
    /// <summary>A block's header with its place in the chain (getblockheader).</summary>
    public static JsonObject Header(Chainstate chainstate, BlockNode node)
    {
        var header = node.Header;
        var isActive = chainstate.Tree.IsActive(node);
        var json = new JsonObject
        {
            ["hash"] = node.Hash.ToString(),
            ["confirmations"] = isActive ? chainstate.Tip.Height - node.Height + 1 : -1,
            ["height"] = node.Height,
            ["version"] = header.Version,
            ["versionHex"] = header.Version.ToString("x8", CultureInfo.InvariantCulture),
            ["merkleroot"] = header.MerkleRoot.ToString(),
            ["time"] = header.Time,
            ["mediantime"] = HeaderRules.MedianTimePast(node),
            ["nonce"] = header.Nonce,
            ["bits"] = Bits(header),
            ["target"] = TargetOf(header),
            ["difficulty"] = RpcJson.Difficulty(header.Bits),
            ["chainwork"] = RpcJson.Work(node.TotalWork),
            ["nTx"] = chainstate.CountTransactionsOf(node),
        };
        if (node.Parent is { } parent) json["previousblockhash"] = parent.Hash.ToString();
        if (isActive && chainstate.Tree.FindActive(node.Height + 1) is { } next) json["nextblockhash"] = next.Hash.ToString();
        return json;
    }

    /// <summary>The compact target in hexadecimal.</summary>
    public static string Bits(BlockHeader header) => header.Bits.ToString("x8", CultureInfo.InvariantCulture);

    /// <summary>The target as 64 hexadecimal digits.</summary>
    public static string TargetOf(BlockHeader header) => RpcJson.Work(Target.FromCompact(header.Bits).Value);

    /// <summary>
    /// A block with the ids of its transactions (<paramref name="verbosity"/> 1), the transactions and their fees (2), or also
    /// the outputs that they spend (3, getblock). Fees and outputs are known only of blocks that were on the chain once.
    /// </summary>
    public static JsonObject Block(Chainstate chainstate, BlockNode node, int verbosity)
    {
        var block = chainstate.GetBlock(node);
        var json = Header(chainstate, node);
        json["strippedsize"] = block.StrippedSize;
        json["size"] = block.Size;
        json["weight"] = block.Weight;
        var spent = verbosity >= 2 ? SpentCoins.TryFind(chainstate, node, block) : null;
        json["tx"] = new JsonArray([.. block.Transactions.Select((transaction, i) => verbosity >= 2
            ? (JsonNode)Transaction(transaction, i == 0 ? null : spent?.Of(transaction), verbosity >= 3, chainstate.Params)
            : JsonValue.Create(transaction.Id.ToString()))]);
        return json;
    }

    /// <summary>A transaction with its fee, and what it spends, where that is known.</summary>
    public static JsonObject Transaction(Transaction transaction, IReadOnlyList<Coin>? spent, bool withSpent, ChainParams p)
    {
        var json = RpcJson.Transaction(transaction, p);
        if (spent is null) return json;
        json["fee"] = RpcJson.Money(spent.Sum(coin => coin.Output.Value) - transaction.Outputs.Sum(output => output.Value));
        for (var i = 0; withSpent && i < spent.Count; i++)
        {
            json["vin"]![i]!["prevout"] = new JsonObject
            {
                ["generated"] = spent[i].IsCoinbase,
                ["height"] = spent[i].Height,
                ["value"] = RpcJson.Money(spent[i].Amount),
                ["scriptPubKey"] = RpcJson.ScriptPubKey(spent[i].Output.ScriptPubKey, p),
            };
        }

        return json;
    }
}
