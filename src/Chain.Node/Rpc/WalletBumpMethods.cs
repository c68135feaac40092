using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Node.Wallet;
using Chain.State;

namespace Chain.Node.Rpc;

/// <summary>The method that replaces a payment that waits too long by one that pays a higher fee (BIP125; Core: feebumper).</summary>
internal static class WalletBumpMethods
{
    private static readonly string[] Options = ["confTarget", "conf_target", "fee_rate", "replaceable", "estimate_mode", "outputs", "original_change_index"];

    public static IEnumerable<RpcMethod> All =>
    [
        new("bumpfee", "txid:string options?:object(conf_target,fee_rate,replaceable,estimate_mode,outputs,original_change_index)", "replaces a waiting payment by one with a higher fee",
            (c, p, _) => WalletCalls.On(c, (w, chain) => Bump(w, chain, p))),
    ];

    private static JsonObject Bump(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        if (!wallet.HasPrivateKeys) throw new RpcException(RpcErrorCode.WalletError, "bumpfee is not available with wallets that have private keys disabled. Use psbtbumpfee instead.");
        var id = p.TxId(0);
        var options = p.Has(1) ? p.Members(1) : [];
        foreach (var (name, _) in options)
        {
            if (!Options.Contains(name)) throw new RpcException(RpcErrorCode.TypeError, $"Unexpected key {name}");
        }

        if (options.ContainsKey("confTarget") && options.ContainsKey("conf_target"))
            throw new RpcException(RpcErrorCode.InvalidParameter, "confTarget and conf_target options should not both be set. Use conf_target (confTarget is deprecated).");
        var fee = WalletFees.Choose(wallet, chain, options["conf_target"] ?? options["confTarget"], options["estimate_mode"], options["fee_rate"], overridesMinimum: true);
        WalletCalls.RequireUnlocked(wallet);
        var original = wallet.Ledger.Find(id) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Invalid or non-wallet transaction id");
        RequireReplaceable(wallet, chain, original);
        var oldFee = wallet.Coins.Debit(original.Transaction, withWatched: false) - original.Transaction.Outputs.Sum(output => output.Value);
        var size = original.Transaction.VirtualSize;
        var rate = Rate(chain, fee, oldFee, size);
        try
        {
            var draft = SpendBuilder.Build(wallet, chain, Request(wallet, chain, original, options, rate));
            CheckFee(chain, fee, rate, oldFee, draft);
            var signed = WalletSending.Sign(wallet, draft);
            var notes = original.Notes.Where(note => note.Key is WalletTransaction.Comment or WalletTransaction.To).Select(note => (note.Key, note.Value))
                .Append((WalletTransaction.Replaces, original.Id.ToString())).ToArray();
            var replacement = WalletSending.Commit(wallet, chain, signed, notes);
            wallet.Ledger.Note(original, WalletTransaction.ReplacedBy, replacement.Id.ToString());
            wallet.Flush();
            return new JsonObject
            {
                ["txid"] = replacement.Id.ToString(),
                ["origfee"] = RpcJson.Money(oldFee),
                ["fee"] = RpcJson.Money(draft.Fee),
                ["errors"] = new JsonArray(),
            };
        }
        catch (SpendException e)
        {
            throw new RpcException(RpcErrorCode.WalletError, e.Message == "Insufficient funds" ? "Unable to create transaction. Insufficient funds" : $"Unable to create transaction. {e.Message}");
        }
    }

    private static void RequireReplaceable(NodeWallet wallet, LoadedChain chain, WalletTransaction original)
    {
        if (wallet.Ledger.InOrder.Any(other => other != original && !other.IsAbandoned && other.State == WalletTransactionState.Unconfirmed
            && other.Transaction.Inputs.Any(input => input.PreviousOutput.TxId == original.Id)))
            throw new RpcException(RpcErrorCode.InvalidParameter, "Transaction has descendants in the wallet");
        if (chain.Mempool.FindEntry(original.Id) is { Children.Count: > 0 }) throw new RpcException(RpcErrorCode.InvalidParameter, "Transaction has descendants in the mempool");
        if (wallet.Coins.DepthOf(original) != 0) throw new RpcException(RpcErrorCode.WalletError, "Transaction has been mined, or is conflicted with a mined transaction");
        if (!WalletCoins.Signals(original.Transaction)) throw new RpcException(RpcErrorCode.WalletError, "Transaction is not BIP 125 replaceable");
        if (original.Notes.TryGetValue(WalletTransaction.ReplacedBy, out var by))
            throw new RpcException(RpcErrorCode.WalletError, $"Cannot bump transaction {original.Id} which was already bumped by transaction {by}");
        if (original.Transaction.Inputs.Any(input => wallet.Ledger.FindOutput(input.PreviousOutput) is not { } spent || wallet.Book.Find(spent.ScriptPubKey) is not { Kind: OwnKind.Spendable }))
            throw new RpcException(RpcErrorCode.WalletError, "Transaction contains inputs that don't belong to this wallet");
    }

    /// <summary>What the request says; else the old rate, rounded up, and what a replacement's own relay costs.</summary>
    private static long Rate(LoadedChain chain, FeeChoice fee, long oldFee, int size)
    {
        if (fee.IsExplicit) return fee.Rate;
        var increment = Math.Max(chain.Mempool.Policy.IncrementalRelayFeeRate, WalletIncrement);
        return Math.Max(((oldFee * 1000) + size - 1) / size + 1 + increment, fee.Rate);
    }

    /// <summary>What wallets add at least, so that they need not add again if nodes ask for more (Core: WALLET_INCREMENTAL_RELAY_FEE).</summary>
    private const long WalletIncrement = 5_000;

    private static SpendRequest Request(NodeWallet wallet, LoadedChain chain, WalletTransaction original, JsonObject options, long rate)
    {
        var outputs = original.Transaction.Outputs;
        var change = ChangeIndex(wallet, outputs, options);
        var recipients = options["outputs"] is JsonArray { Count: > 0 } given
            ? [.. given.SelectMany(item => item?.AsObject() ?? []).Select(pair => WalletSendMethods.ReadRecipient(chain, pair.Key, pair.Value, subtractFee: false))]
            : outputs.Where((_, i) => i != change).Select(output => new Recipient(output.ScriptPubKey, output.Value, SubtractFee: false)).ToImmutableArray();

        // A payment without anything but change, to oneself: the change becomes what is paid, and bears the fee.
        if (recipients.IsEmpty && change is { } only)
        {
            recipients = [new Recipient(outputs[only].ScriptPubKey, outputs[only].Value, SubtractFee: true)];
            change = null;
        }

        return new SpendRequest
        {
            Recipients = recipients,
            FeeRate = rate,
            Inputs = [.. original.Transaction.Inputs.Select(input => new PresetInput(input.PreviousOutput, null, wallet.Ledger.FindOutput(input.PreviousOutput)!.Value, null))],
            ChangeScript = change is { } index ? outputs[index].ScriptPubKey.ToArray() : null,
            IsReplaceable = options["replaceable"]?.GetValue<bool>() ?? true,
            Filter = new CoinFilter { MinDepth = 1 },
            Version = original.Transaction.Version,
        };
    }

    private static int? ChangeIndex(NodeWallet wallet, ImmutableArray<TxOut> outputs, JsonObject options)
    {
        if (options["original_change_index"] is { } given)
        {
            var index = given.GetValue<int>();
            return index >= 0 && index < outputs.Length ? index : throw new RpcException(RpcErrorCode.InvalidParameter, "Change position is out of range");
        }

        for (var i = 0; i < outputs.Length; i++)
        {
            if (wallet.IsChange(outputs[i].ScriptPubKey)) return i;
        }

        return null;
    }

    private static void CheckFee(LoadedChain chain, FeeChoice choice, long rate, long oldFee, SpendDraft draft)
    {
        if (!choice.IsExplicit) return;
        var least = oldFee + MempoolPolicy.FeeFor(draft.Transaction.VirtualSize, chain.Mempool.Policy.IncrementalRelayFeeRate);
        var fee = MempoolPolicy.FeeFor(draft.Transaction.VirtualSize, rate);
        if (draft.Fee < least && fee < least)
        {
            throw new RpcException(RpcErrorCode.InvalidParameter, string.Create(CultureInfo.InvariantCulture,
                $"Insufficient total fee {fee / (decimal)Amount.Coin:F8}, must be at least {least / (decimal)Amount.Coin:F8} (oldFee {oldFee / (decimal)Amount.Coin:F8} + incrementalFee {(least - oldFee) / (decimal)Amount.Coin:F8})"));
        }
    }
}
