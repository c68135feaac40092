using System.Text.Json.Nodes;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Signing;
using Chain.State;

namespace Chain.Node.Rpc;

/// <summary>Methods that build, show, find and sign transactions (Core: rpc/rawtransaction.cpp).</summary>
internal static class RawTransactionMethods
{
    /// <summary>How many outputs of a transaction are looked for among the coins.</summary>
    private const int OutputsTried = 1_000;

    private const string DraftHelp =
        "inputs: objects of txid, vout and, where wanted, sequence.\noutputs: an object, or a list of objects with one member each: an address with an amount, or data with bytes in hexadecimal.\n"
        + "replaceable: whether a later transaction may take its place (BIP125); true without it.";

    public static IEnumerable<RpcMethod> All =>
    [
        new("createrawtransaction", "inputs:array outputs locktime?:number replaceable?:bool", "builds a transaction without signatures", (c, p, _) => Answer(ScriptJson.Hex(Draft(c, p).Raw)))
        {
            Details = DraftHelp,
        },
        new("decoderawtransaction", "hexstring:hex iswitness?:bool", "what a transaction in hexadecimal says", (c, p, _) => Answer(Decode(c, p)))
        {
            Details = "iswitness: whether it is read in the form with witnesses; without it, in the form that makes sense.",
        },
        new("decodescript", "hexstring:hex", "what a locking script in hexadecimal says", (c, p, _) => Answer(ScriptJson.Describe(JsonValues.Hex(p.Text(0), "argument"), c.Chain.Params))),
        new("getrawtransaction", "txid:hex verbosity|verbose? blockhash?:hex", "a transaction that waits, is in the chain, or is in the block that is named", (c, p, _) => Read(c, chain => GetRaw(chain, p, IndexKeeper.MostBlocks(c))))
        {
            Details = "verbosity: 0 for the transaction in hexadecimal, 1 for what it says, 2 also for its fee and what it spends.\n"
                + "While the index of transactions is being built (getindexinfo), those are found that have outputs left to spend.",
        },
        new("combinerawtransaction", "txs:array", "puts together what several signers of one transaction signed", (c, p, _) => Read(c, chain => Combine(chain, p))),
        new("signrawtransactionwithkey", "hexstring:hex privkeys:array prevtxs?:array sighashtype?:string", "signs a transaction with the keys that are given", (c, p, _) => Read(c, chain => Sign(chain, p)))
        {
            Details = "prevtxs: objects of txid, vout, scriptPubKey and, where needed, redeemScript, witnessScript and amount, for outputs that this node does not know.",
        },
    ];

    /// <summary>The transaction that the parameters of createrawtransaction and createpsbt describe.</summary>
    public static Transaction Draft(RpcContext context, RpcParams p) =>
        TransactionDraft.Build(p.Node(0), p.Node(1), p.Long(2, fallback: 0), p.Has(3) ? p.Flag(3) : null, context.Chain.Params);

    private static Task<JsonNode?> Answer(JsonNode? node) => Task.FromResult(node);

    private static async Task<JsonNode?> Read(RpcContext context, Func<LoadedChain, JsonNode?> read) =>
        await context.OnStateAsync(read).ConfigureAwait(false);

    private static JsonObject Decode(RpcContext context, RpcParams p)
    {
        var isWitness = p.Has(1) ? p.Flag(1) : (bool?)null;
        var transaction = RawTransactionText.TryDecode(p.Text(0), withoutWitness: isWitness != true, withWitness: isWitness != false)
            ?? throw new RpcException(RpcErrorCode.Deserialization, "TX decode failed");
        var json = RpcJson.Transaction(transaction, context.Chain.Params);
        json.Remove("hex");
        return json;
    }

    private static JsonNode GetRaw(LoadedChain chain, RpcParams p, int mostToIndex)
    {
        var id = p.TxId(0, "parameter 1");
        if (id == chain.Params.Genesis.Transactions[0].Id && !chain.Params.GenesisSpendable)
            throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "The genesis block coinbase is not considered an ordinary transaction and cannot be retrieved");
        var verbosity = p.Verbosity(1, fallback: 0);
        BlockNode? named = null;
        if (p.Has(2))
        {
            named = chain.Chainstate.Tree.Find(p.BlockHash(2, "parameter 3")) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Block hash not found");
            if (chain.Chainstate.FindRawBlock(named) is null) throw new RpcException(RpcErrorCode.Misc, "Block not available");
        }

        var waiting = named is null ? chain.Mempool.FindEntry(id)?.Transaction : null;
        var node = waiting is null ? named ?? FindBlock(chain, id, mostToIndex) : null;
        var block = node is null ? null : chain.Chainstate.GetBlock(node);
        var transaction = waiting ?? block?.Transactions.FirstOrDefault(t => t.Id == id) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey,
            (named is null
                ? chain.Index.IsSynced
                    ? "No such mempool or blockchain transaction"
                    : "No such mempool transaction. Blockchain transactions are still in the process of being indexed"
                : "No such transaction found in the provided block") + ". Use gettransaction for wallet transactions.");
        if (verbosity <= 0) return JsonValue.Create(ScriptJson.Hex(transaction.Raw));

        var json = new JsonObject();
        if (named is not null) json["in_active_chain"] = chain.Chainstate.Tree.IsActive(named);
        var spent = verbosity >= 2 && node is not null && !transaction.IsCoinbase ? SpentCoins.TryFind(chain.Chainstate, node, block!)?.Of(transaction) : null;
        foreach (var (name, value) in BlockJson.Transaction(transaction, spent, withSpent: true, chain.Params)) json[name] = value?.DeepClone();
        if (node is not null) AddPlace(json, chain.Chainstate, node);
        return json;
    }

    private static void AddPlace(JsonObject json, Chainstate chainstate, BlockNode node)
    {
        json["blockhash"] = node.Hash.ToString();
        if (!chainstate.Tree.IsActive(node))
        {
            json["confirmations"] = 0;
            return;
        }

        json["confirmations"] = chainstate.Tip.Height - node.Height + 1;
        json["time"] = node.Header.Time;
        json["blocktime"] = node.Header.Time;
    }

    /// <summary>The block of the chain that holds a transaction: by the index, which first goes on where that is not far, or by its outputs.</summary>
    public static BlockNode? FindBlock(LoadedChain chain, TxId id, int mostToIndex)
    {
        var isWhole = chain.Index.TryCatchUp(mostToIndex);
        if (chain.Index.Find(id) is { } place) return chain.Index.FindBlock(place);
        return isWhole ? null : FindBlockByCoins(chain, id);
    }

    /// <summary>The block of a transaction that has outputs which are not spent; null where it has none.</summary>
    public static BlockNode? FindBlockByCoins(LoadedChain chain, TxId id)
    {
        for (var i = 0u; i < OutputsTried; i++)
        {
            if (chain.Chainstate.Coins.Find(new OutPoint(id, i)) is { } coin) return chain.Chainstate.Tree.FindActive(coin.Height);
        }

        return null;
    }

    private static JsonValue Combine(LoadedChain chain, RpcParams p)
    {
        var variants = p.List(0).Select((text, i) => RawTransactionText.TryDecode(JsonValues.Text(text))
            ?? throw new RpcException(RpcErrorCode.Deserialization, $"TX decode failed for tx {i}. {RawTransactionText.Hint}")).ToList();
        if (variants.Count == 0) throw new RpcException(RpcErrorCode.Deserialization, "Missing transactions");
        for (var i = 1; i < variants.Count; i++)
        {
            if (Unsigned(variants[i]) != Unsigned(variants[0])) throw new RpcException(RpcErrorCode.InvalidParameter, $"Transaction number {i + 1} not compatible with first transaction");
        }

        var coins = new CoinSources(chain, variants);
        return TransactionSigner.Combine(variants, coins.Find) is { } combined
            ? JsonValue.Create(ScriptJson.Hex(combined.Raw))
            : throw new RpcException(RpcErrorCode.VerifyError, TransactionSigner.InputNotFound);
    }

    private static JsonObject Sign(LoadedChain chain, RpcParams p)
    {
        var transaction = RawTransactionText.Decode(p.Text(0));
        var keys = new SigningKeys();
        foreach (var text in p.List(1))
        {
            keys.Add(PrivateKey.TryParseWif(JsonValues.Text(text), chain.Params.WifVersion)
                ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Invalid private key"));
        }

        var coins = new CoinSources(chain, [transaction]);
        coins.AddDescribed(p.Has(2) ? p.List(2) : null, keys);
        return SigningJson.Result(TransactionSigner.Sign(transaction, coins.Find, keys, SigningJson.HashType(p.Node(3))), coins.Find);
    }

    private static TxId Unsigned(Transaction transaction) => new Transaction(transaction.Version,
        [.. transaction.Inputs.Select(input => new TxIn(input.PreviousOutput, default, input.Sequence))], transaction.Outputs, transaction.LockTime).Id;
}
