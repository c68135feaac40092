using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.State;

namespace Chain.Node.Rpc;

/// <summary>Methods that hand transactions to the pool (Core: rpc/mempool.cpp).</summary>
internal static class PoolMethods
{
    private const int MaxPackage = 25;

    /// <summary>What a transaction may pay in satoshis per 1,000 vbytes where the caller says nothing: more is a mistake of his (Core: DEFAULT_MAX_RAW_TX_FEE_RATE).</summary>
    private const long DefaultMaxFeeRate = Amount.Coin / 10;

    private const string FeeHelp = "maxfeerate: the most fee in coins for 1,000 vbytes, 0.10 without it, at most 1; 0 allows any.";

    public static IEnumerable<RpcMethod> All =>
    [
        new("sendrawtransaction", "hexstring:hex maxfeerate?:amount maxburnamount?:amount", "takes a transaction into the pool and passes it on", (c, p, _) => Read(c, chain => Send(chain, p)))
        {
            Details = FeeHelp + "\nmaxburnamount: the most coins in an output that nobody can ever spend; 0 without it.",
        },
        new("testmempoolaccept", "rawtxs:array maxfeerate?:amount", "whether transactions would be taken, without taking them", (c, p, _) => Read(c, chain => Test(chain, p)))
        {
            Details = $"rawtxs: 1 to {MaxPackage} transactions in hexadecimal, parents before children.\n{FeeHelp}",
        },
    ];

    private static async Task<JsonNode?> Read(RpcContext context, Func<LoadedChain, JsonNode?> read) =>
        await context.OnStateAsync(read).ConfigureAwait(false);

    private static JsonValue Send(LoadedChain chain, RpcParams p)
    {
        var maxBurn = p.Has(2) ? p.Amount(2) : Amount.Zero;
        var transaction = RawTransactionText.Decode(p.Text(0));
        if (transaction.Outputs.Any(output => output.Value > maxBurn.Satoshis && IsBurnt(output.ScriptPubKey)))
            throw new RpcException(RpcErrorCode.VerifyError, "Unspendable output exceeds maximum configured by user (maxburnamount)");
        var maxFeeRate = MaxFeeRate(p);
        if (HasCoins(chain.Chainstate, transaction)) throw new RpcException(RpcErrorCode.VerifyAlreadyInChain, "Transaction outputs already in utxo set");
        var id = JsonValue.Create(transaction.Id.ToString());
        if (chain.Mempool.FindEntry(transaction.Id) is not null)
        {
            chain.Mempool.MarkUnbroadcast(transaction.Id);
            return id;
        }

        var test = chain.Mempool.TestAll([transaction])[0]!;
        if (test.Rejection is null && IsTooDear(test, maxFeeRate))
            throw new RpcException(RpcErrorCode.VerifyError, "Fee exceeds maximum configured by user (e.g. -maxtxfee, maxfeerate)");
        if ((test.Rejection ?? chain.Mempool.Accept(transaction)) is { } rejection)
            throw new RpcException(rejection.IsMissingInputs ? RpcErrorCode.VerifyError : RpcErrorCode.VerifyRejected, Describe(rejection));
        chain.Mempool.MarkUnbroadcast(transaction.Id);
        return id;
    }

    private static JsonArray Test(LoadedChain chain, RpcParams p)
    {
        var texts = p.List(0);
        if (texts.Count is < 1 or > MaxPackage) throw new RpcException(RpcErrorCode.InvalidParameter, $"Array must contain between 1 and {MaxPackage} transactions.");
        var maxFeeRate = MaxFeeRate(p);
        var transactions = texts.Select((text, i) => RawTransactionText.TryDecode(JsonValues.Text(text))
            ?? throw new RpcException(RpcErrorCode.Deserialization, $"TX decode failed for tx {i}. {RawTransactionText.Hint}")).ToList();
        var packageError = FindPackageError(transactions);
        var tests = packageError is null ? chain.Mempool.TestAll(transactions) : new MempoolTest?[transactions.Count];
        var isOver = false;
        return new JsonArray([.. transactions.Select((transaction, i) =>
        {
            var json = new JsonObject { ["txid"] = transaction.Id.ToString(), ["wtxid"] = transaction.WitnessHash.ToString() };
            if (packageError is not null) json["package-error"] = packageError;
            if (tests[i] is { } test && !isOver) isOver = !AddResult(json, transaction, test, maxFeeRate);
            return (JsonNode)json;
        })]);
    }

    /// <summary>False where the fee is too high: what depends on the transaction would not be sent either.</summary>
    private static bool AddResult(JsonObject json, Transaction transaction, MempoolTest test, long maxFeeRate)
    {
        if (test.Rejection is { } rejection)
        {
            json["allowed"] = false;
            json["reject-reason"] = rejection.IsMissingInputs ? "missing-inputs" : rejection.RejectReason;
            return true;
        }

        if (IsTooDear(test, maxFeeRate))
        {
            json["allowed"] = false;
            json["reject-reason"] = "max-fee-exceeded";
            return false;
        }

        json["allowed"] = true;
        json["vsize"] = test.VirtualSize;
        json["fees"] = new JsonObject
        {
            ["base"] = RpcJson.Money(test.Fee),
            ["effective-feerate"] = RpcJson.Money(test.Fee.Satoshis * 1000 / test.VirtualSize),
            ["effective-includes"] = new JsonArray(transaction.WitnessHash.ToString()),
        };
        return true;
    }

    /// <summary>What is wrong with several transactions as a whole (Core: IsWellFormedPackage); null where nothing is.</summary>
    private static string? FindPackageError(List<Transaction> transactions)
    {
        const int MaxWeight = 404_000;
        if (transactions.Count == 1) return null;
        if (transactions.Sum(transaction => (long)transaction.Weight) > MaxWeight) return "package-too-large";
        var later = transactions.Select(transaction => transaction.Id).ToHashSet();
        if (later.Count < transactions.Count) return "package-contains-duplicates";
        foreach (var transaction in transactions)
        {
            if (transaction.Inputs.Any(input => later.Contains(input.PreviousOutput.TxId))) return "package-not-sorted";
            later.Remove(transaction.Id);
        }

        var spent = transactions.SelectMany(transaction => transaction.Inputs.Select(input => input.PreviousOutput).Distinct()).ToList();
        return spent.Distinct().Count() < spent.Count ? "conflict-in-package" : null;
    }

    /// <summary>In satoshis per 1,000 vbytes; 0 for any (Core: ParseFeeRate).</summary>
    private static long MaxFeeRate(RpcParams p)
    {
        if (!p.Has(1)) return DefaultMaxFeeRate;
        var rate = p.Amount(1).Satoshis;
        return rate < Amount.Coin ? rate : throw new RpcException(RpcErrorCode.InvalidParameter, "Fee rates larger than or equal to 1BTC/kvB are not accepted");
    }

    private static bool IsTooDear(MempoolTest test, long maxFeeRate)
    {
        var most = MempoolPolicy.FeeFor(test.VirtualSize, maxFeeRate);
        return most > 0 && test.Fee.Satoshis > most;
    }

    private static bool IsBurnt(ReadOnlyMemory<byte> script) => StandardScripts.IsUnspendable(script.Span) || !RawTransactionText.HasValidOperations(script);

    private static bool HasCoins(Chainstate chainstate, Transaction transaction) =>
        Enumerable.Range(0, transaction.Outputs.Length).Any(i => chainstate.Coins.Find(new OutPoint(transaction.Id, (uint)i)) is not null);

    /// <summary>Core says the numbers where a fee is too low.</summary>
    internal static string Describe(TransactionRejection rejection) =>
        rejection is { Policy: not null, Suffix: null } ? rejection.ToString() : rejection.RejectReason;
}
