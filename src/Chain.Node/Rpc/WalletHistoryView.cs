using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>Writes a wallet's transactions as its history shows them: an entry for each output that was paid, or came in (Core: ListTransactions).</summary>
internal sealed class WalletHistoryView(NodeWallet wallet, LoadedChain chain, bool withWatched, string? label)
{
    /// <summary>Whether change has an entry too.</summary>
    internal bool WithChange { get; init; }

    /// <summary>Whether what went back to an address that paid has no entry: change of a payment by hand, which Core shows as sent and received.</summary>
    internal bool HidesReturned { get; init; }

    /// <summary>The entries of a transaction; of what came in only from a depth on.</summary>
    internal List<JsonObject> Entries(WalletTransaction transaction, int minDepth, bool isLong)
    {
        var entries = new List<JsonObject>();
        var debit = wallet.Coins.Debit(transaction.Transaction, withWatched);
        var fee = debit > 0 ? debit - transaction.Transaction.Outputs.Sum(output => output.Value) : 0;
        var outputs = transaction.Transaction.Outputs;
        var returned = HidesReturned && debit > 0 ? Returned(transaction.Transaction, debit) : [];
        if (debit > 0 && label is null)
        {
            for (var i = 0; i < outputs.Length; i++)
            {
                if (IsShown(outputs[i], debit) && !returned.Contains(i)) entries.Add(Sent(transaction, outputs[i], i, fee, isLong));
            }
        }

        if (wallet.Coins.DepthOf(transaction) < minDepth) return entries;
        for (var i = 0; i < outputs.Length; i++)
        {
            if (!IsShown(outputs[i], debit) || returned.Contains(i) || wallet.Book.Find(outputs[i].ScriptPubKey) is not { } own || (own.Kind == OwnKind.Watched && !withWatched)) continue;
            if (label is null || (WalletAddressMethods.LabelOf(wallet, outputs[i].ScriptPubKey) ?? "") == label) entries.Add(Received(transaction, outputs[i], i, own, isLong));
        }

        return entries;
    }

    /// <summary>What is known of the transaction as a whole.</summary>
    internal void Describe(WalletTransaction transaction, JsonObject json)
    {
        var depth = wallet.Coins.DepthOf(transaction);
        json["confirmations"] = depth;
        if (transaction.Transaction.IsCoinbase) json["generated"] = true;
        if (transaction.IsConfirmed)
        {
            json["blockhash"] = transaction.Block.ToString();
            json["blockheight"] = transaction.Height;
            json["blockindex"] = transaction.Position;
            if (chain.Chainstate.Tree.Find(transaction.Block) is { } block) json["blocktime"] = block.Header.Time;
        }
        else
        {
            json["trusted"] = wallet.Coins.IsTrusted(transaction);
        }

        json["txid"] = transaction.Id.ToString();
        json["wtxid"] = transaction.Transaction.WitnessHash.ToString();
        json["walletconflicts"] = new JsonArray([.. wallet.Ledger.ConflictsOf(transaction).Select(other => JsonValue.Create(other.Id.ToString()))]);
        json["mempoolconflicts"] = new JsonArray([.. PoolConflicts(transaction).Select(id => JsonValue.Create(id.ToString()))]);
        json["time"] = transaction.Time;
        json["timereceived"] = transaction.TimeReceived;
        json["bip125-replaceable"] = depth > 0 ? "no" : wallet.Coins.IsReplaceable(transaction) switch
        {
            true => "yes",
            false => "no",
            null => "unknown",
        };
        foreach (var (name, text) in transaction.Notes) json[name] = text;
    }

    private IEnumerable<TxId> PoolConflicts(WalletTransaction transaction) =>
        transaction.IsConfirmed ? [] : transaction.Transaction.Inputs.Select(input => chain.Mempool.FindSpender(input.PreviousOutput)?.Transaction.Id)
            .OfType<TxId>().Where(id => id != transaction.Id).Distinct();

    /// <summary>Change of the wallet's own payments is not of interest; nor is, in what others sent, what is theirs.</summary>
    private bool IsShown(TxOut output, long debit)
    {
        var own = wallet.Book.Find(output.ScriptPubKey);
        return debit > 0 ? WithChange || !wallet.IsChange(output.ScriptPubKey) : own is not null;
    }

    /// <summary>The outputs that pay what was spent from; none where nothing else would be shown, as where one pays oneself.</summary>
    private HashSet<int> Returned(Transaction transaction, long debit)
    {
        var payers = wallet.PayersOf(transaction);
        var shown = Enumerable.Range(0, transaction.Outputs.Length).Where(i => IsShown(transaction.Outputs[i], debit)).ToList();
        var returned = shown.Where(i => payers.Contains(new ScriptBytes(transaction.Outputs[i].ScriptPubKey))).ToHashSet();
        return returned.Count < shown.Count ? returned : [];
    }

    private JsonObject Sent(WalletTransaction transaction, TxOut output, int index, long fee, bool isLong)
    {
        var json = new JsonObject();
        AddWatchOnly(json, output, onlyWhere: OwnKind.Watched);
        AddAddress(json, output.ScriptPubKey);
        json["category"] = "send";
        json["amount"] = RpcJson.Money(-output.Value);
        if (WalletAddressMethods.LabelOf(wallet, output.ScriptPubKey) is { } name) json["label"] = name;
        json["vout"] = index;
        json["fee"] = RpcJson.Money(-fee);
        if (isLong) Describe(transaction, json);
        json["abandoned"] = transaction.IsAbandoned;
        return json;
    }

    private JsonObject Received(WalletTransaction transaction, TxOut output, int index, OwnScript own, bool isLong)
    {
        var json = new JsonObject();
        AddWatchOnly(json, output, own.Kind);
        AddAddress(json, output.ScriptPubKey);
        json["parent_descs"] = WalletDescriptors.FindParent(wallet, chain.Params, own) is { } parent ? new JsonArray(parent) : [];
        json["category"] = !transaction.Transaction.IsCoinbase ? "receive"
            : wallet.Coins.DepthOf(transaction) < 1 ? "orphan"
            : wallet.Coins.IsImmature(transaction) ? "immature"
            : "generate";
        json["amount"] = RpcJson.Money(output.Value);
        if (WalletAddressMethods.LabelOf(wallet, output.ScriptPubKey) is { } name) json["label"] = name;
        json["vout"] = index;
        json["abandoned"] = transaction.IsAbandoned;
        if (isLong) Describe(transaction, json);
        return json;
    }

    private void AddWatchOnly(JsonObject json, TxOut output, OwnKind onlyWhere)
    {
        if (onlyWhere == OwnKind.Watched && wallet.HasPrivateKeys && wallet.Book.Find(output.ScriptPubKey) is { Kind: OwnKind.Watched }) json["involvesWatchonly"] = true;
    }

    private void AddAddress(JsonObject json, ReadOnlyMemory<byte> script)
    {
        if (StandardScripts.FindAddress(script, chain.Params.AddressFormat) is { } address) json["address"] = address.ToString();
    }
}
