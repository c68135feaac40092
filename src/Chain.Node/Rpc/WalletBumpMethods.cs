using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Core.Psbt;
using Chain.Core.Scripts;
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
        new("psbtbumpfee", "txid:string options?:object(conf_target,fee_rate,replaceable,estimate_mode,outputs,original_change_index)", "makes a PSBT that replaces a waiting payment by one with a higher fee",
            (c, p, _) => WalletCalls.On(c, (w, chain) => BumpAsPsbt(w, chain, p))),
    ];

    private static JsonObject Bump(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        if (!wallet.HasPrivateKeys) throw new RpcException(RpcErrorCode.WalletError, "bumpfee is not available with wallets that have private keys disabled. Use psbtbumpfee instead.");
        var bump = Draft(wallet, chain, p, needsKeys: true);
        try
        {
            var signed = WalletSending.Sign(wallet, bump.Draft);
            var notes = bump.Original.Notes.Where(note => note.Key is WalletTransaction.Comment or WalletTransaction.To).Select(note => (note.Key, note.Value))
                .Append((WalletTransaction.Replaces, bump.Original.Id.ToString())).ToArray();
            var replacement = WalletSending.Commit(wallet, chain, signed, notes);
            wallet.Ledger.Note(bump.Original, WalletTransaction.ReplacedBy, replacement.Id.ToString());
            wallet.Flush();
            return Answer("txid", replacement.Id.ToString(), bump.OldFee, bump.Draft.Fee);
        }
        catch (SpendException e)
        {
            throw new RpcException(RpcErrorCode.WalletError, e.Message);
        }
    }

    private static JsonObject BumpAsPsbt(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        var bump = Draft(wallet, chain, p, needsKeys: false);
        var psbt = new PartiallySignedTransaction(bump.Draft.Transaction);
        WalletPsbtMethods.Fill(wallet, chain, psbt, sign: false, SignatureHashType.None, withOrigins: true, finish: false);
        return Answer("psbt", psbt.ToString(), bump.OldFee, bump.Draft.Fee);
    }

    private static JsonObject Answer(string name, string value, long oldFee, long fee) =>
        new() { [name] = value, ["origfee"] = RpcJson.Money(oldFee), ["fee"] = RpcJson.Money(fee), ["errors"] = new JsonArray() };

    private static (WalletTransaction Original, long OldFee, SpendDraft Draft) Draft(NodeWallet wallet, LoadedChain chain, RpcParams p, bool needsKeys)
    {
        var id = p.TxId(0);
        var options = p.Has(1) ? p.Members(1) : [];
        CheckOptions(options);
        var fee = WalletFees.Choose(wallet, chain, options["conf_target"] ?? options["confTarget"], options["estimate_mode"], options["fee_rate"], overridesMinimum: true);
        if (needsKeys) WalletCalls.RequireUnlocked(wallet);
        var original = wallet.Ledger.Find(id) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Invalid or non-wallet transaction id");
        RequireReplaceable(wallet, chain, original);
        var oldFee = wallet.Coins.Debit(original.Transaction, withWatched: true) - original.Transaction.Outputs.Sum(output => output.Value);
        var request = Request(wallet, chain, original, options, Rate(chain, fee, oldFee, original.Transaction.VirtualSize));
        if (fee.IsExplicit) CheckFee(wallet, chain, fee.Rate, oldFee, SizeOf(wallet, original, options, request));
        try
        {
            return (original, oldFee, SpendBuilder.Build(wallet, chain, request));
        }
        catch (SpendException e)
        {
            throw new RpcException(RpcErrorCode.WalletError, $"Unable to create transaction. {e.Message}");
        }
    }

    private static void CheckOptions(JsonObject options)
    {
        foreach (var (name, _) in options)
        {
            if (!Options.Contains(name)) throw new RpcException(RpcErrorCode.TypeError, $"Unexpected key {name}");
        }

        if (options.ContainsKey("confTarget") && options.ContainsKey("conf_target")) throw Invalid("confTarget and conf_target options should not both be set. Use conf_target (confTarget is deprecated).");
        if (options["outputs"] is JsonArray { Count: 0 }) throw Invalid("Invalid parameter, output argument cannot be an empty array");
        if (options["outputs"] is not null && options["original_change_index"] is not null)
        {
            throw Invalid("The options 'outputs' and 'original_change_index' are incompatible. You can only either specify a new set of outputs, or designate a change output to be recycled.");
        }
    }

    private static RpcException Invalid(string message) => new(RpcErrorCode.InvalidParameter, message);

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
        if (original.Transaction.Inputs.Any(input => wallet.Ledger.FindOutput(input.PreviousOutput) is not { } spent || wallet.Book.Find(spent.ScriptPubKey) is not { } own || (own.Kind != OwnKind.Spendable && wallet.HasPrivateKeys)))
            throw new RpcException(RpcErrorCode.WalletError, "Transaction contains inputs that don't belong to this wallet");
    }

    /// <summary>What the request says; else the old rate, a little more, and what a replacement's own relay costs.</summary>
    private static long Rate(LoadedChain chain, FeeChoice fee, long oldFee, int size)
    {
        if (fee.IsExplicit) return fee.Rate;
        return Math.Max((oldFee * 1000 / size) + 1 + Increment(chain), fee.Rate);
    }

    private static long Increment(LoadedChain chain) => Math.Max(chain.Mempool.Policy.IncrementalRelayFeeRate, WalletIncrement);

    /// <summary>What wallets add at least, so that they need not add again if nodes ask for more (Core: WALLET_INCREMENTAL_RELAY_FEE).</summary>
    private const long WalletIncrement = 5_000;

    private static SpendRequest Request(NodeWallet wallet, LoadedChain chain, WalletTransaction original, JsonObject options, long rate)
    {
        var outputs = original.Transaction.Outputs;
        var change = ChangeIndex(wallet, original.Transaction, options);
        var recipients = options["outputs"] is JsonArray { Count: > 0 } given
            ? WalletPsbtMethods.OutputsOf(chain, given).Recipients
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
            IsReplaceable = options["replaceable"] is not { } replaceable || JsonValues.Flag(replaceable),
            Filter = new CoinFilter { MinDepth = 1, IncludeWatched = !wallet.HasPrivateKeys },
            Version = original.Transaction.Version,
        };
    }

    private static int? ChangeIndex(NodeWallet wallet, Transaction transaction, JsonObject options)
    {
        var outputs = transaction.Outputs;
        if (options["original_change_index"] is { } given)
        {
            var index = given.GetValue<int>();
            return index >= 0 && index < outputs.Length ? index : throw new RpcException(RpcErrorCode.InvalidParameter, "Change position is out of range");
        }

        for (var i = 0; i < outputs.Length; i++)
        {
            if (wallet.IsChange(outputs[i].ScriptPubKey)) return i;
        }

        // A payment from one address (chain send --from) gives back to that.
        var payers = wallet.PayersOf(transaction);
        if (payers.Count != 1) return null;
        for (var i = 0; i < outputs.Length; i++)
        {
            if (outputs.Length > 1 && payers.Contains(new ScriptBytes(outputs[i].ScriptPubKey))) return i;
        }

        return null;
    }

    /// <summary>The size of the payment as it is, or with the outputs that the request names.</summary>
    private static int SizeOf(NodeWallet wallet, WalletTransaction original, JsonObject options, SpendRequest request)
    {
        var spent = request.Inputs.Select(input => input.Output).ToList();
        var outputs = options["outputs"] is null ? original.Transaction.Outputs : [.. request.Recipients.Select(recipient => new TxOut(recipient.Amount, recipient.Script))];
        var unsigned = new Transaction(original.Transaction.Version, [.. request.Inputs.Select(input => new TxIn(input.OutPoint, default, SpendSequence.Replaceable))], outputs, 0);
        return ((InputWeight.OfTransaction(unsigned, spent, wallet.SigningSource) ?? original.Transaction.Weight) + Transaction.WitnessScaleFactor - 1) / Transaction.WitnessScaleFactor;
    }

    /// <summary>Whether the fee that the request names pays for what is replaced and for its own relay (Core: CheckFeeRate).</summary>
    private static void CheckFee(NodeWallet wallet, LoadedChain chain, long rate, long oldFee, int size)
    {
        var fee = MempoolPolicy.FeeFor(size, rate);
        var increment = MempoolPolicy.FeeFor(size, Increment(chain));
        if (fee < oldFee + increment)
            throw Invalid($"Insufficient total fee {Show(fee)}, must be at least {Show(oldFee + increment)} (oldFee {Show(oldFee)} + incrementalFee {Show(increment)})");
        var required = MempoolPolicy.FeeFor(size, WalletFees.Least(wallet, chain));
        if (fee < required) throw Invalid($"Insufficient total fee (cannot be less than required fee {Show(required)})");
        var most = wallet.Settings.MostFeeOfAll;
        if (fee > most) throw new RpcException(RpcErrorCode.WalletError, $"Specified or calculated fee {Show(fee)} is too high (cannot be higher than -maxtxfee {Show(most)})");
    }

    /// <summary>An amount with two decimals at least (Core: FormatMoney).</summary>
    private static string Show(long satoshis) => (satoshis / (decimal)Amount.Coin).ToString("0.00######", CultureInfo.InvariantCulture);
}
