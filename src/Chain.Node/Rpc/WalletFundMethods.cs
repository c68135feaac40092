using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Core.Signing;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>Methods for transactions that are made by hand: the wallet adds coins, or signs.</summary>
internal static class WalletFundMethods
{
    private static readonly string[] SignatureTypes = ["DEFAULT", "ALL", "ALL|ANYONECANPAY", "NONE", "NONE|ANYONECANPAY", "SINGLE", "SINGLE|ANYONECANPAY"];

    public static IEnumerable<RpcMethod> All =>
    [
        new("fundrawtransaction", $"hexstring:hex options?:any({WalletFundOptions.Names}) iswitness?:bool", "adds coins of the wallet to a transaction until they suffice, and change", (c, p, _) => WalletCalls.On(c, (w, chain) => Fund(w, chain, p))),
        new("signrawtransactionwithwallet", "hexstring:hex prevtxs?:array sighashtype?:string", "signs a transaction's inputs with the wallet's keys", (c, p, _) => WalletCalls.On(c, (w, chain) => Sign(w, chain, p))),
        new("signmessage", "address:string message:string", "signs a message with the key of an address", (c, p, _) => WalletCalls.On(c, (w, chain) => SignMessage(w, chain, p))),
    ];

    private static JsonObject Fund(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        var transaction = Decode(p);
        var options = WalletFundOptions.Read(p.Node(1));
        var bearers = WalletSendMethods.SubtractFee(options.Array("subtractFeeFromOutputs"), [.. transaction.Outputs.Select(_ => "dummy")]);
        var recipients = transaction.Outputs.Select((output, i) => new Recipient(output.ScriptPubKey, output.Value, bearers.Contains(i))).ToImmutableArray();
        var draft = Build(wallet, chain, options, recipients, transaction, overridesMinimum: true);
        return new JsonObject
        {
            ["hex"] = Convert.ToHexStringLower(draft.Transaction.Raw.Span),
            ["fee"] = RpcJson.Money(draft.Fee),
            ["changepos"] = draft.ChangePosition ?? -1,
        };
    }

    /// <summary>Adds coins to what a transaction spends already, as the options say.</summary>
    internal static SpendDraft Build(NodeWallet wallet, LoadedChain chain, WalletFundOptions options, ImmutableArray<Recipient> recipients, Transaction transaction, bool overridesMinimum)
    {
        var request = options.ToRequest(wallet, chain, recipients, overridesMinimum) with
        {
            Inputs = [.. transaction.Inputs.Select(input => Preset(wallet, chain, input, options))],
            Version = transaction.Version,
            LockTime = options.HasOwnLockTime ? transaction.LockTime : null,
            ReservesChange = true,
        };
        if (recipients.IsEmpty) throw new RpcException(RpcErrorCode.InvalidParameter, "TX must have at least one output");
        try
        {
            var draft = SpendBuilder.Build(wallet, chain, request);
            if (options.Flag("lockUnspents", "lock_unspents", false)) wallet.LockedHere.UnionWith(draft.Transaction.Inputs.Select(input => input.PreviousOutput));
            return draft;
        }
        catch (SpendException e)
        {
            throw new RpcException(RpcErrorCode.WalletError, e.Message);
        }
    }

    private static PresetInput Preset(NodeWallet wallet, LoadedChain chain, TxIn input, WalletFundOptions options)
    {
        var output = WalletSending.FindOutput(wallet, chain, input.PreviousOutput) ?? throw new RpcException(RpcErrorCode.WalletError, "Unable to find UTXO for external input");
        return new PresetInput(input.PreviousOutput, input.Sequence, output, options.WeightOf(input.PreviousOutput), input);
    }

    private static Transaction Decode(RpcParams p)
    {
        var isWitness = p.Has(2) ? p.Flag(2) : (bool?)null;
        return RawTransactionText.TryDecode(p.Text(0), withoutWitness: isWitness != true, withWitness: isWitness != false)
            ?? throw new RpcException(RpcErrorCode.Deserialization, "TX decode failed");
    }

    private static JsonObject Sign(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        var transaction = RawTransactionText.Decode(p.Text(0));
        var type = p.Has(2) ? SignatureTypeOf(p.Text(2)) : SignatureHashType.None;
        WalletCalls.RequireUnlocked(wallet);
        var scripts = new SigningKeys();
        var given = WalletPrevTxs.Read(p.Has(1) ? p.List(1) : [], chain, wallet, scripts);
        var result = TransactionSigner.Sign(transaction, outPoint => given.TryGetValue(outPoint, out var output) ? output : WalletSending.FindOutput(wallet, chain, outPoint),
            new JoinedSigningSource(wallet.SigningSource, scripts), type);
        var json = new JsonObject { ["hex"] = Convert.ToHexStringLower(result.Transaction.Raw.Span), ["complete"] = result.IsComplete };
        if (!result.IsComplete) json["errors"] = new JsonArray([.. result.Errors.Select(pair => Error(result.Transaction.Inputs[pair.Key], pair.Value))]);
        return json;
    }

    private static JsonObject Error(TxIn input, string error) => new()
    {
        ["txid"] = input.PreviousOutput.TxId.ToString(),
        ["vout"] = input.PreviousOutput.Index,
        ["witness"] = new JsonArray([.. input.Witness.Select(item => JsonValue.Create(Convert.ToHexStringLower(item.Span)))]),
        ["scriptSig"] = Convert.ToHexStringLower(input.ScriptSig.Span),
        ["sequence"] = input.Sequence,
        ["error"] = error,
    };

    /// <summary>The hash type of a name (Core: ParseSighashString).</summary>
    internal static SignatureHashType SignatureTypeOf(string name) => Array.IndexOf(SignatureTypes, name) switch
    {
        0 => SignatureHashType.None,
        1 => SignatureHashType.All,
        2 => SignatureHashType.All | SignatureHashType.AnyoneCanPay,
        3 => SignatureHashType.NoOutputs,
        4 => SignatureHashType.NoOutputs | SignatureHashType.AnyoneCanPay,
        5 => SignatureHashType.Single,
        6 => SignatureHashType.Single | SignatureHashType.AnyoneCanPay,
        _ => throw new RpcException(RpcErrorCode.InvalidParameter, $"'{name}' is not a valid sighash parameter."),
    };

    private static JsonValue SignMessage(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        WalletCalls.RequireUnlocked(wallet);
        var address = WalletCalls.ParseAddress(p.Text(0), chain, "Invalid address");
        if (address.KeyHash is not { } hash) throw new RpcException(RpcErrorCode.TypeError, "Address does not refer to key");
        var key = wallet.Book.FindPrivateKey(hash, wallet.Storage.Secrets!) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Private key not available");
        return JsonValue.Create(Core.Cryptography.SignedMessage.Sign(key, p.Text(1)));
    }
}
