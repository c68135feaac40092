using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>Methods that pay any outputs, or with all coins, and hand out a PSBT where the wallet cannot sign alone (Core: send, sendall).</summary>
internal static class WalletSendAnyMethods
{
    private static readonly (string Old, string New)[] OldNames =
    [
        ("feeRate", "fee_rate (sat/vB)"), ("changeAddress", "change_address"), ("changePosition", "change_position"), ("includeWatching", "include_watching"),
        ("lockUnspents", "lock_unspents"), ("subtractFeeFromOutputs", "subtract_fee_from_outputs"),
    ];

    private const string FundOptions = "add_inputs,include_unsafe,add_to_wallet,change_address,change_position,change_type,include_watching,inputs,locktime,lock_unspents,psbt,"
        + "subtract_fee_from_outputs,replaceable,solving_data,minconf,maxconf,max_tx_weight,version";

    public static IEnumerable<RpcMethod> All =>
    [
        new("send", $"outputs:any conf_target?:number estimate_mode?:any fee_rate?:amount options?:object({FundOptions}) version?:number",
            "pays outputs; gives a PSBT where the wallet cannot sign alone", (c, p, _) => WalletCalls.On(c, (w, chain) => Send(w, chain, p))),
        new("sendall", "recipients:array conf_target?:number estimate_mode?:any fee_rate?:amount options?:object(add_to_wallet,include_watching,inputs,locktime,lock_unspents,psbt,send_max,minconf,maxconf,replaceable,solving_data,version)",
            "spends all coins, or those that are named", (c, p, _) => WalletCalls.On(c, (w, chain) => WalletSendAll.Run(w, chain, p.List(0), ReadOptions(p)))),
    ];

    private static JsonObject Send(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        var options = ReadOptions(p);
        if (wallet.HasPrivateKeys) WalletCalls.RequireUnlocked(wallet);
        var (recipients, names) = WalletPsbtMethods.OutputsOf(chain, p.Node(0));
        var bearers = WalletSendMethods.SubtractFee(options.Array("subtract_fee_from_outputs"), names);
        recipients = [.. recipients.Select((recipient, i) => recipient with { SubtractFee = bearers.Contains(i) })];
        var inputs = TransactionDraft.ReadInputs(options.Array("inputs"), options.LockTime, options.IsReplaceable(wallet));
        var drafted = new Transaction(Transaction.CurrentVersion, inputs, [], options.LockTime);
        return WalletFinish.Run(wallet, chain, options, WalletFundMethods.Build(wallet, chain, options, recipients, drafted, overridesMinimum: false).Transaction);
    }

    /// <summary>The options with what was given beside them (Core: InterpretFeeEstimationInstructions, PreventOutdatedOptions).</summary>
    private static WalletFundOptions ReadOptions(RpcParams p)
    {
        var options = p.Has(4) ? p.Members(4).DeepClone().AsObject() : [];
        if (options.ContainsKey("conf_target") || options.ContainsKey("estimate_mode"))
        {
            if (p.Has(1) || p.Has(2)) throw Invalid("Pass conf_target and estimate_mode either as arguments or in the options object, but not both");
        }
        else
        {
            if (p.Has(1)) options["conf_target"] = p.Node(1)!.DeepClone();
            if (p.Has(2)) options["estimate_mode"] = p.Node(2)!.DeepClone();
        }

        if (options.ContainsKey("fee_rate") && p.Has(3)) throw Invalid("Pass the fee_rate either as an argument, or in the options object, but not both");
        if (p.Has(3)) options["fee_rate"] = p.Node(3)!.DeepClone();
        if (options["conf_target"] is not null && (options["estimate_mode"] is not { } mode || (mode.GetValueKind() == JsonValueKind.String && mode.GetValue<string>() == "unset")))
            throw Invalid("Specify estimate_mode");
        foreach (var (old, name) in OldNames)
        {
            if (options.ContainsKey(old)) throw Invalid($"Use {name} instead of {old}");
        }

        return WalletFundOptions.Read(options, forSending: true);
    }

    private static RpcException Invalid(string message) => new(RpcErrorCode.InvalidParameter, message);
}
