using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>Methods that pay.</summary>
internal static class WalletSendMethods
{
    public static IEnumerable<RpcMethod> All =>
    [
        new("sendtoaddress",
            "address:string amount:amount comment?:string comment_to?:string subtractfeefromamount?:bool replaceable?:bool conf_target?:number estimate_mode?:string avoid_reuse?:bool fee_rate?:amount verbose?:bool",
            "pays an address", (c, p, _) => WalletCalls.On(c, (w, chain) => SendToAddress(w, chain, p))),
        new("sendmany",
            "dummy?:string amounts:object minconf?:number comment?:string subtractfeefrom?:array replaceable?:bool conf_target?:number estimate_mode?:string fee_rate?:amount verbose?:bool",
            "pays several addresses at once", (c, p, _) => WalletCalls.On(c, (w, chain) => SendMany(w, chain, p))),
        new("settxfee", "amount:amount", "sets the fee rate of the wallet's payments, in coins per 1,000 vbytes; 0 for none", (c, p, _) => WalletCalls.On(c, (w, chain) => SetTxFee(w, chain, p))),
    ];

    private static JsonNode? SendToAddress(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        var notes = Notes(p, comment: 2, to: 3);
        var avoidReuse = WalletCoinMethods.AvoidReuse(wallet, p, 8);
        var fee = WalletFees.Choose(wallet, chain, p.Node(6), p.Node(7), p.Node(9), overridesMinimum: false);
        WalletCalls.RequireUnlocked(wallet);
        var recipient = ReadRecipient(chain, p.Text(0), p.Node(1), p.Flag(4, false));
        var request = new SpendRequest
        {
            Recipients = [recipient],
            FeeRate = fee.Rate,
            FeeProblem = fee.Problem,
            IsReplaceable = p.Flag(5, wallet.Settings.IsReplaceable),
            Filter = new CoinFilter { AvoidReuse = avoidReuse },
        };
        return Send(wallet, chain, request, fee, notes, p.Flag(10, false));
    }

    private static JsonNode? SendMany(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        if (p.Has(0) && p.Text(0).Length > 0) throw new RpcException(RpcErrorCode.InvalidParameter, "Dummy value must be set to \"\"");
        var notes = Notes(p, comment: 3, to: null);
        var fee = WalletFees.Choose(wallet, chain, p.Node(6), p.Node(7), p.Node(8), overridesMinimum: false);
        var amounts = p.Members(1);
        var bearers = SubtractFee(p.Has(4) ? p.List(4) : [], [.. amounts.Select(pair => pair.Key)]);
        var recipients = amounts.Select((pair, i) => ReadRecipient(chain, pair.Key, pair.Value, bearers.Contains(i))).ToImmutableArray();
        RequireDifferent(recipients, [.. amounts.Select(pair => pair.Key)]);
        WalletCalls.RequireUnlocked(wallet);
        return Send(wallet, chain, new SpendRequest { Recipients = recipients, FeeRate = fee.Rate, FeeProblem = fee.Problem, IsReplaceable = p.Flag(5, wallet.Settings.IsReplaceable) }, fee, notes, p.Flag(9, false));
    }

    private static JsonValue SetTxFee(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        var rate = p.Amount(0).Satoshis;
        var relay = chain.Mempool.Policy.MinRelayFeeRate;
        if (rate != 0 && rate < relay) throw new RpcException(RpcErrorCode.InvalidParameter, $"txfee cannot be less than min relay tx fee ({PerKilo(relay)})");
        if (rate != 0 && rate < wallet.Settings.LeastFeeRate)
            throw new RpcException(RpcErrorCode.InvalidParameter, $"txfee cannot be less than wallet min fee ({PerKilo(wallet.Settings.LeastFeeRate)})");
        if (rate > wallet.Settings.MostFeeOfAll) throw new RpcException(RpcErrorCode.InvalidParameter, $"txfee cannot be more than wallet max tx fee ({PerKilo(wallet.Settings.MostFeeOfAll)})");
        wallet.PayTxFee = rate;
        return JsonValue.Create(true);
    }

    private static string PerKilo(long rate) => $"{Amount.FromSatoshis(rate).ToFixedString()} BTC/kvB";

    /// <summary>Reads an address and what it is to be paid.</summary>
    internal static Recipient ReadRecipient(LoadedChain chain, string address, JsonNode? amount, bool subtractFee)
    {
        var script = StandardScripts.PayTo(WalletCalls.ParseAddress(address, chain, $"Invalid Bitcoin address: {address}"));
        var satoshis = RpcParams.AmountOf(amount).Satoshis;
        return satoshis > 0 ? new Recipient(script, satoshis, subtractFee) : throw new RpcException(RpcErrorCode.TypeError, "Invalid amount for send");
    }

    /// <summary>The places of those who bear the fee, named by their address or by their number (Core: InterpretSubtractFeeFromOutputInstructions).</summary>
    internal static HashSet<int> SubtractFee(JsonArray list, List<string> names)
    {
        var places = new HashSet<int>();
        foreach (var item in list)
        {
            var place = item?.GetValueKind() switch
            {
                JsonValueKind.String => names.IndexOf(item.GetValue<string>()) is var found and >= 0
                    ? found
                    : throw Invalid($"Invalid parameter 'subtract fee from output', destination {item.GetValue<string>()} not found in tx outputs"),
                JsonValueKind.Number when item.AsValue().TryGetValue<int>(out var number) => number,
                _ => throw Invalid($"Invalid parameter 'subtract fee from output', invalid value type: {item?.GetValueKind().ToString().ToLowerInvariant() ?? "null"}"),
            };
            if (places.Contains(place)) throw Invalid($"Invalid parameter 'subtract fee from output', duplicated position: {place}");
            if (place < 0) throw Invalid($"Invalid parameter 'subtract fee from output', negative position: {place}");
            if (place >= names.Count) throw Invalid($"Invalid parameter 'subtract fee from output', position too large: {place}");
            places.Add(place);
        }

        return places;
    }

    private static RpcException Invalid(string message) => new(RpcErrorCode.InvalidParameter, message);

    private static void RequireDifferent(ImmutableArray<Recipient> recipients, List<string> names)
    {
        var seen = new HashSet<ScriptBytes>();
        for (var i = 0; i < recipients.Length; i++)
        {
            if (!seen.Add(new ScriptBytes(recipients[i].Script))) throw Invalid($"Invalid parameter, duplicated address: {names[i]}");
        }
    }

    private static (string Name, string Text)[] Notes(RpcParams p, int comment, int? to)
    {
        var notes = new List<(string, string)>();
        if (p.Has(comment) && p.Text(comment).Length > 0) notes.Add((WalletTransaction.Comment, p.Text(comment)));
        if (to is { } index && p.Has(index) && p.Text(index).Length > 0) notes.Add((WalletTransaction.To, p.Text(index)));
        return [.. notes];
    }

    private static JsonNode? Send(NodeWallet wallet, LoadedChain chain, SpendRequest request, FeeChoice fee, (string Name, string Text)[] notes, bool verbose)
    {
        WalletCalls.RequirePrivateKeys(wallet);
        try
        {
            var transaction = WalletSending.Sign(wallet, SpendBuilder.Build(wallet, chain, request));
            var id = WalletSending.Commit(wallet, chain, transaction, notes).Id.ToString();
            return verbose ? new JsonObject { ["txid"] = id, ["fee_reason"] = fee.Reason } : JsonValue.Create(id);
        }
        catch (SpendException e)
        {
            throw new RpcException(RpcErrorCode.InsufficientFunds, e.Message);
        }
    }
}
