using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>The method by which commands pay, which Core has not: with the coins of some addresses alone, and words for people where that cannot be.</summary>
internal static class WalletPayMethods
{
    public static IEnumerable<RpcMethod> All =>
    [
        new("pay", "address:string amount:amount options?:object(from,fee,fee_rate,max_fee,locktime,add_to_wallet)", "pays an address, on request with the coins of some addresses alone",
            (c, p, _) => WalletCalls.On(c, (w, chain) => Pay(w, chain, p)))
        {
            Details = "from: addresses of the wallet; their coins alone are spent, and change goes back to the first. Without it the whole wallet pays, and change goes to a new address;"
                + " a wallet with avoid_reuse leaves out what addresses hold that have paid before."
                + "\nfee: what the miner gets, in coins.\nfee_rate: the same in satoshis per vbyte; without both what settxfee or paytxfee says, or else the least that the node asks."
                + "\nmax_fee: the most that the fee may be, in coins.\nlocktime: the height from which a block may hold it; without it the wallet's own choice.\nadd_to_wallet: false to have it made and signed, and not sent."
                + "\nThe answer's from is null where several addresses pay.",
        },
    ];

    private static JsonObject Pay(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        var to = WalletCalls.ParseAddress(p.Text(0), chain, $"Invalid Bitcoin address: {p.Text(0)}");
        var options = p.Has(2) ? p.Members(2) : [];
        var from = ReadFrom(wallet, chain, options["from"]);
        WalletCalls.RequirePrivateKeys(wallet);
        WalletCalls.RequireUnlocked(wallet);
        var request = Request(wallet, chain, new Recipient(StandardScripts.PayTo(to), p.Amount(1).Satoshis, SubtractFee: false), from, options);
        var (draft, transaction) = Build(wallet, chain, request);
        var most = options["max_fee"] is { } given ? RpcParams.AmountOf(given) : Amount.FromSatoshis(wallet.Settings.MostFeeOfAll);
        if (draft.Fee > most.Satoshis)
            throw new RpcException(RpcErrorCode.InvalidParameter, $"The fee would be {Amount.FromSatoshis(draft.Fee)}, more than {most}, which is likely a slip: nothing was sent.");
        if (options["add_to_wallet"] is not { } adds || JsonValues.Flag(adds)) Send(wallet, chain, transaction);
        return Describe(chain, draft, transaction, p);
    }

    /// <summary>The addresses that shall pay, which must be the wallet's own; none for the whole wallet.</summary>
    private static List<Address> ReadFrom(NodeWallet wallet, LoadedChain chain, JsonNode? value)
    {
        if (value is null) return [];
        var addresses = JsonValues.List(value).Select(text => WalletCalls.ParseAddress(JsonValues.Text(text), chain, $"Invalid Bitcoin address: {text}")).ToList();
        foreach (var address in addresses)
        {
            if (wallet.Book.Find(StandardScripts.PayTo(address)) is not { Kind: OwnKind.Spendable })
                throw new RpcException(RpcErrorCode.InvalidAddressOrKey, $"The wallet {wallet.Storage.Path} has no key for {address}. 'chain listaddresses' shows what it has.");
        }

        return addresses;
    }

    private static SpendRequest Request(NodeWallet wallet, LoadedChain chain, Recipient recipient, List<Address> from, JsonObject options)
    {
        if (options["fee"] is not null && options["fee_rate"] is not null) throw new RpcException(RpcErrorCode.InvalidParameter, "Cannot specify both fee and fee_rate");
        if (recipient.Amount == 0) throw new RpcException(RpcErrorCode.TypeError, "The amount must be more than 0.");
        var least = chain.Mempool.Policy.LeastOutput(recipient.Script);
        if (recipient.Amount < least)
        {
            throw new RpcException(RpcErrorCode.VerifyRejected,
                $"{Amount.FromSatoshis(recipient.Amount)} is too little (dust): the least that nodes pass on to such an address is {Amount.FromSatoshis(least)}.");
        }

        return new SpendRequest
        {
            Recipients = [recipient],
            FeeRate = options["fee_rate"] is { } rate ? WalletFees.ReadRate(rate) : Math.Max(wallet.PayTxFee, WalletFees.Least(wallet, chain)),
            FixedFee = options["fee"] is { } fee ? RpcParams.AmountOf(fee).Satoshis : null,
            MostFee = Amount.MaxMoney,
            LockTime = options["locktime"] is not { } locktime ? null
                : JsonValues.Long(locktime) is >= 0 and <= uint.MaxValue and var height ? (uint)height
                : throw new RpcException(RpcErrorCode.InvalidParameter, "Invalid parameter, locktime out of range"),
            IsReplaceable = wallet.Settings.IsReplaceable,
            ChangeScript = from.Count > 0 ? StandardScripts.PayTo(from[0]) : null,
            Filter = from.Count > 0
                ? new CoinFilter { Scripts = from.SelectMany(address => ScriptsOf(wallet, address)).ToHashSet() }
                : new CoinFilter { AvoidReuse = wallet.AvoidsReuse },
        };
    }

    /// <summary>What pays an address: its script and, of a key's hash, the script of the bare key, as the earliest miners have it.</summary>
    private static IEnumerable<ScriptBytes> ScriptsOf(NodeWallet wallet, Address address)
    {
        yield return new ScriptBytes(StandardScripts.PayTo(address));
        if (address.KeyHash is { } hash && wallet.Book.FindKey(hash) is { } key) yield return new ScriptBytes(StandardScripts.PayToPublicKey(key.Key));
    }

    private static (SpendDraft Draft, Transaction Signed) Build(NodeWallet wallet, LoadedChain chain, SpendRequest request)
    {
        try
        {
            var draft = SpendBuilder.Build(wallet, chain, request);
            return (draft, WalletSending.Sign(wallet, draft));
        }
        catch (SpendException e) when (e.Shortfall is var (needed, available))
        {
            if (needed > Amount.MaxMoney) throw new RpcException(RpcErrorCode.Misc, $"Amount and fee are more than the {Amount.FromSatoshis(Amount.MaxMoney)} coins that can exist.");
            throw new RpcException(RpcErrorCode.InsufficientFunds,
                $"Not enough money: {Amount.FromSatoshis(needed)} needed with the fee, {Amount.FromSatoshis(available)} available. {Advice(wallet, request.Filter, needed - available)}");
        }
        catch (SpendException e)
        {
            throw new RpcException(RpcErrorCode.WalletError, e.Message == SpendBuilder.TooLarge ? "The coins are so small that the transaction would be too large: send less at once." : e.Message);
        }
    }

    /// <summary>What else there is and when it can be spent, or how one gets more.</summary>
    private static string Advice(NodeWallet wallet, CoinFilter filter, long missing)
    {
        var immature = wallet.Coins.Available(filter with { IncludeImmature = true }).Where(coin => wallet.Coins.IsImmature(coin.Transaction))
            .Select(coin => (coin.Output.Value, Blocks: wallet.Coins.BlocksToMaturity(coin.Transaction))).OrderBy(coin => coin.Blocks).ToList();
        if (immature.Count > 0) return AdviceToMature(immature, missing);
        var waiting = wallet.Coins.Available(filter with { IncludeUnsafe = true }).Where(coin => !coin.IsSafe).Sum(coin => coin.Output.Value);
        return waiting > 0
            ? $"Another {Amount.FromSatoshis(waiting)} wait for a block: 'chain mine' mines one, or wait until a miner does."
            : "Send less, or get more coins first: 'chain mine' earns some.";
    }

    /// <summary>How many blocks until enough can be spent; where all that is there is not enough, until all of it can.</summary>
    private static string AdviceToMature(List<(long Value, int Blocks)> immature, long missing)
    {
        var (sum, blocks) = (0L, 0);
        foreach (var coin in immature.TakeWhile(_ => sum < missing)) (sum, blocks) = (sum + coin.Value, coin.Blocks);
        var count = blocks == 1 ? "1 more block" : $"{blocks} more blocks";
        var all = $"Another {Amount.FromSatoshis(immature.Sum(coin => coin.Value))} are newly mined and still immature";
        return sum >= missing
            ? $"{all}: enough of them can be spent after {count}, which 'chain mine {blocks}' mines."
            : $"{all}: all of them can be spent after {count}, which 'chain mine {blocks}' mines, and that is not enough either. Send less, or mine more than that.";
    }

    /// <summary>To the pool, whatever the configuration says of the wallet's payments by other methods: who pays by this one means it to go out.</summary>
    private static void Send(NodeWallet wallet, LoadedChain chain, Transaction transaction)
    {
        if (chain.Mempool.Test(transaction) is { } rejection) throw new RpcException(RpcErrorCode.VerifyRejected, PoolMethods.Describe(rejection));
        WalletSending.Give(wallet, chain, transaction);
    }

    private static JsonObject Describe(LoadedChain chain, SpendDraft draft, Transaction transaction, RpcParams p)
    {
        var payers = draft.Spent.Select(output => StandardScripts.FindAddress(output.ScriptPubKey, chain.Params.AddressFormat)?.ToString()).Distinct().ToList();
        var change = draft.ChangePosition is { } position ? transaction.Outputs[position] : default;
        return new JsonObject
        {
            ["txid"] = transaction.Id.ToString(),
            ["from"] = payers is [{ } only] ? only : null,
            ["to"] = p.Text(0),
            ["amount"] = RpcJson.Money(p.Amount(1)),
            ["fee"] = RpcJson.Money(draft.Fee),
            ["change"] = RpcJson.Money(change.Value),
            ["changeaddress"] = draft.ChangePosition is null ? null : WalletCalls.AddressText(change.ScriptPubKey, chain),
            ["vsize"] = transaction.VirtualSize,
            ["inputs"] = new JsonArray([.. transaction.Inputs.Select(input => (JsonNode)JsonValue.Create(input.PreviousOutput.ToString()))]),
            ["hex"] = Convert.ToHexStringLower(transaction.Raw.Span),
        };
    }
}
