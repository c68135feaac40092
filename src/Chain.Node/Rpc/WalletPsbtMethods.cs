using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Core.Psbt;
using Chain.Core.Scripts;
using Chain.Core.Signing;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>Methods that make and sign PSBTs with a wallet (BIP174).</summary>
internal static class WalletPsbtMethods
{
    public static IEnumerable<RpcMethod> All =>
    [
        new("walletprocesspsbt", "psbt:string sign?:bool sighashtype?:string bip32derivs?:bool finalize?:bool", "adds to a PSBT what the wallet knows, and signs it", (c, p, _) => WalletCalls.On(c, (w, chain) => Process(w, chain, p))),
        new("walletcreatefundedpsbt", $"inputs?:array outputs:any locktime?:number options?:any({WalletFundOptions.Names}) bip32derivs?:bool", "makes a PSBT that pays, with coins of the wallet", (c, p, _) => WalletCalls.On(c, (w, chain) => Create(w, chain, p))),
    ];

    private static JsonObject Process(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        if (!PartiallySignedTransaction.TryParse(p.Text(0), out var psbt, out var error)) throw new RpcException(RpcErrorCode.Deserialization, $"TX decode failed {error}");
        var type = p.Has(2) ? WalletFundMethods.SignatureTypeOf(p.Text(2)) : SignatureHashType.None;
        var sign = p.Flag(1, true);
        if (sign) WalletCalls.RequireUnlocked(wallet);
        var isComplete = Fill(wallet, chain, psbt, sign, type, p.Flag(3, true), p.Flag(4, true));
        var json = new JsonObject { ["psbt"] = psbt.ToString(), ["complete"] = isComplete };
        if (isComplete && psbt.Inputs.All(input => input.IsFinal)) json["hex"] = Convert.ToHexStringLower(psbt.Extract().Raw.Span);
        return json;
    }

    /// <summary>Adds the outputs that are spent, scripts, keys and, where asked for, signatures; true where all inputs are complete.</summary>
    internal static bool Fill(NodeWallet wallet, LoadedChain chain, PartiallySignedTransaction psbt, bool sign, SignatureHashType type, bool withOrigins, bool finish)
    {
        var source = new HidingSource(wallet.SigningSource, hidesKeys: !sign, hidesOrigins: !withOrigins);
        for (var i = 0; i < psbt.Inputs.Length; i++)
        {
            var outPoint = psbt.Transaction.Inputs[i].PreviousOutput;
            if (psbt.Inputs[i].IsFinal || psbt.Inputs[i].NonWitnessUtxo is not null) continue;
            if (wallet.Ledger.Find(outPoint.TxId) is { } own) psbt.Inputs[i].NonWitnessUtxo = own.Transaction;
            else if (chain.Mempool.FindEntry(outPoint.TxId) is { } waiting) psbt.Inputs[i].NonWitnessUtxo = waiting.Transaction;
        }

        var isComplete = true;
        for (var i = 0; i < psbt.Inputs.Length; i++) isComplete &= PsbtSigner.SignInput(psbt, i, source, type, finish);
        for (var i = 0; i < psbt.Outputs.Length; i++)
        {
            if (wallet.Book.Find(psbt.Transaction.Outputs[i].ScriptPubKey) is not null) PsbtSigner.UpdateOutput(psbt, i, source);
        }

        return isComplete;
    }

    private static JsonObject Create(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        var options = WalletFundOptions.Read(p.Node(3));
        var inputs = ReadInputs(p.Has(0) ? p.List(0) : [], options.Flag("replaceable", "replaceable", true));
        var (recipients, names) = OutputsOf(chain, p.Node(1));
        var bearers = WalletSendMethods.SubtractFee(options.Node("subtract_fee_from_outputs") as JsonArray ?? options.Array("subtractFeeFromOutputs"), names);
        recipients = [.. recipients.Select((recipient, i) => recipient with { SubtractFee = bearers.Contains(i) })];
        var lockTime = p.Has(2) ? LockTime(p.Node(2)!) : 0;
        var draft = new Transaction(Transaction.CurrentVersion, inputs, [], lockTime);
        var funded = WalletFundMethods.Build(wallet, chain, options, recipients, draft, overridesMinimum: true);
        var psbt = new PartiallySignedTransaction(funded.Transaction);
        Fill(wallet, chain, psbt, sign: false, SignatureHashType.None, p.Flag(4, true), finish: false);
        return new JsonObject { ["psbt"] = psbt.ToString(), ["fee"] = RpcJson.Money(funded.Fee), ["changepos"] = funded.ChangePosition ?? -1 };
    }

    private static ImmutableArray<TxIn> ReadInputs(JsonArray list, bool isReplaceable) =>
    [
        .. list.Select(item =>
        {
            var outPoint = WalletInputs.ReadOutPoint(item);
            var fallback = isReplaceable ? SpendSequence.Replaceable : TxIn.FinalSequence;
            if (item!["sequence"] is not { } given) return new TxIn(outPoint, default, fallback);
            return given.GetValueKind() == JsonValueKind.Number && given.AsValue().TryGetValue<long>(out var sequence) && sequence is >= 0 and <= uint.MaxValue
                ? new TxIn(outPoint, default, (uint)sequence)
                : throw new RpcException(RpcErrorCode.InvalidParameter, "Invalid parameter, sequence number is out of range");
        }),
    ];

    /// <summary>Reads outputs to addresses and of data.</summary>
    internal static (ImmutableArray<Recipient> Recipients, List<string> Names) OutputsOf(LoadedChain chain, JsonNode? outputs)
    {
        var pairs = outputs switch
        {
            JsonObject single => single.ToList(),
            JsonArray list => [.. list.SelectMany(item => item is JsonObject { Count: 1 } one
                ? one.ToList()
                : throw new RpcException(RpcErrorCode.InvalidParameter, "Invalid parameter, key-value pair must contain exactly one key"))],
            _ => throw new RpcException(RpcErrorCode.InvalidParameter, "Invalid parameter, output argument must be non-null"),
        };
        var seen = new HashSet<string>();
        foreach (var (name, _) in pairs)
        {
            if (!seen.Add(name)) throw new RpcException(RpcErrorCode.InvalidParameter, name == "data" ? "Invalid parameter, duplicate key: data" : $"Invalid parameter, duplicated address: {name}");
        }

        return ([.. pairs.Select(pair => pair.Key == "data" ? Data(pair.Value) : WalletSendMethods.ReadRecipient(chain, pair.Key, pair.Value, subtractFee: false))], [.. pairs.Select(pair => pair.Key)]);
    }

    private static Recipient Data(JsonNode? value)
    {
        var text = value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : "";
        return text.Length > 0 && text.Length % 2 == 0 && text.All(char.IsAsciiHexDigit)
            ? new Recipient(StandardScripts.DataCarrier(Convert.FromHexString(text)), 0, SubtractFee: false)
            : throw new RpcException(RpcErrorCode.InvalidParameter, $"Data must be hexadecimal string (not '{text}')");
    }

    private static uint LockTime(JsonNode value) =>
        value.AsValue().TryGetValue<long>(out var time) && time is >= 0 and <= uint.MaxValue
            ? (uint)time
            : throw new RpcException(RpcErrorCode.InvalidParameter, "Invalid parameter, locktime out of range");
}
