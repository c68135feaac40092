using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Core.Signing;
using Chain.Node.Wallet;
using Chain.State;

namespace Chain.Node.Rpc;

/// <summary>A transaction without change: all that its coins are worth goes to the recipients, less the fee (Core: sendall).</summary>
internal sealed class WalletSendAll
{
    private readonly NodeWallet _wallet;
    private readonly LoadedChain _chain;
    private readonly WalletFundOptions _options;
    private readonly ImmutableArray<TxOut> _outputs;
    private readonly HashSet<int> _open = [];
    private readonly List<string> _names = [];
    private readonly long _rate;
    private readonly ISigningSource _source;

    private WalletSendAll(NodeWallet wallet, LoadedChain chain, JsonArray recipients, WalletFundOptions options)
    {
        (_wallet, _chain, _options) = (wallet, chain, options);
        var outputs = new JsonArray();
        foreach (var recipient in recipients)
        {
            if (recipient?.GetValueKind() == JsonValueKind.String) _open.Add(outputs.Count);
            outputs.Add(recipient?.GetValueKind() == JsonValueKind.String ? new JsonObject { [recipient.GetValue<string>()] = 0 } : recipient?.DeepClone());
            _names.Add((outputs[^1] as JsonObject)?.FirstOrDefault().Key ?? "");
        }

        if (_open.Count == 0) throw Invalid("Must provide at least one address without a specified amount");
        _rate = ReadRate();
        _source = new JoinedSigningSource(wallet.SigningSource, options.SolvingData(chain.Params));
        _ = options.Depths();
        _outputs = TransactionDraft.ReadOutputs(outputs, chain.Params);
    }

    /// <summary>Makes it, signs it and sends it as the options say.</summary>
    internal static JsonObject Run(NodeWallet wallet, LoadedChain chain, JsonArray recipients, WalletFundOptions options)
    {
        if (wallet.HasPrivateKeys) WalletCalls.RequireUnlocked(wallet);
        var transaction = new WalletSendAll(wallet, chain, recipients, options).Build();
        if (options.Flag("lock_unspents", "lock_unspents", false)) wallet.LockedHere.UnionWith(transaction.Inputs.Select(input => input.PreviousOutput));
        return WalletFinish.Run(wallet, chain, options, transaction);
    }

    private long ReadRate()
    {
        var fee = _options.Fee(_wallet, _chain, overridesMinimum: true);
        if (fee.Problem is { } problem) throw new RpcException(RpcErrorCode.WalletError, problem);
        var least = WalletFees.Least(_wallet, _chain);
        return fee.IsExplicit && fee.Rate < least
            ? throw Invalid($"Fee rate ({WalletFees.Show(fee.Rate)}) is lower than the minimum fee rate setting ({WalletFees.Show(least)})")
            : fee.Rate;
    }

    private Transaction Build()
    {
        var coins = FindCoins();
        var total = coins.Sum(coin => coin.Output.Value);
        var lockTime = _options.HasOwnLockTime ? _options.LockTime : SpendBuilder.OwnLockTime(_wallet, _chain);
        var unsigned = new Transaction(_options.Version, [.. coins.Select(coin => coin.Input)], _outputs, lockTime);
        var weight = InputWeight.OfTransaction(unsigned, [.. coins.Select(coin => coin.Output)], _source)
            ?? throw new RpcException(RpcErrorCode.WalletError, "Unable to determine the size of the transaction, the wallet contains unsolvable descriptors");
        var fee = MempoolPolicy.FeeFor((weight + Transaction.WitnessScaleFactor - 1) / Transaction.WitnessScaleFactor, _rate);
        if (fee > _wallet.Settings.MostFeeOfAll) throw new RpcException(RpcErrorCode.WalletError, SpendBuilder.FeeTooHigh);
        if (total <= fee)
        {
            throw new RpcException(RpcErrorCode.InsufficientFunds, _options.Flag("send_max", "send_max", false)
                ? "Total value of UTXO pool too low to pay for transaction, try using lower feerate."
                : "Total value of UTXO pool too low to pay for transaction. Try using lower feerate or excluding uneconomic UTXOs with 'send_max' option.");
        }

        if (weight > SpendBuilder.MaxWeight) throw new RpcException(RpcErrorCode.WalletError, "Transaction too large.");
        return new Transaction(unsigned.Version, unsigned.Inputs, Share(total, total - fee), unsigned.LockTime);
    }

    private ImmutableArray<TxOut> Share(long total, long left)
    {
        var claimed = _outputs.Sum(output => output.Value);
        if (claimed > total) throw new RpcException(RpcErrorCode.InsufficientFunds, "Assigned more value to outputs than available funds.");
        if (claimed > left) throw new RpcException(RpcErrorCode.InsufficientFunds, "Insufficient funds for fees after creating specified outputs.");
        var rest = left - claimed;
        var odd = rest % _open.Count;
        var result = ImmutableArray.CreateBuilder<TxOut>();
        for (var i = 0; i < _outputs.Length; i++)
        {
            var least = _chain.Mempool.Policy.LeastOutput(_outputs[i].ScriptPubKey);
            if (!_open.Contains(i))
            {
                if (_outputs[i].Value < least) throw Invalid($"Specified output amount to {_names[i]} is below dust threshold.");
                result.Add(_outputs[i]);
                continue;
            }

            var value = (rest / _open.Count) + odd;
            odd = 0;
            if (value < least) throw new RpcException(RpcErrorCode.InsufficientFunds, "Dynamically assigned remainder results in dust output.");
            result.Add(new TxOut(value, _outputs[i].ScriptPubKey));
        }

        return result.ToImmutable();
    }

    private List<(TxIn Input, TxOut Output)> FindCoins()
    {
        var sendMax = _options.Flag("send_max", "send_max", false);
        if (_options.Node("inputs") is null) return FindOwn(sendMax);
        if (sendMax) throw Invalid("Cannot combine send_max with specific inputs.");
        if (_options.Node("minconf") is not null || _options.Node("maxconf") is not null) throw Invalid("Cannot combine minconf or maxconf with specific inputs.");
        var inputs = TransactionDraft.ReadInputs(_options.Array("inputs"), _options.LockTime, _options.IsReplaceable(_wallet));
        return [.. inputs.Select(input => (input, Require(input.PreviousOutput)))];
    }

    private List<(TxIn Input, TxOut Output)> FindOwn(bool sendMax)
    {
        var (least, most) = _options.Depths();
        var filter = new CoinFilter { MinDepth = least, MaxDepth = most, IncludeWatched = !_wallet.HasPrivateKeys };
        var sequence = _options.IsReplaceable(_wallet) ? SpendSequence.Replaceable : SpendSequence.NonFinal;
        return
        [
            .. _wallet.Coins.Available(filter)
                .Where(coin => !sendMax || InputWeight.Of(coin.Output.ScriptPubKey, _source) is not { } size
                    || coin.Output.Value >= MempoolPolicy.FeeFor((size.Weight + Transaction.WitnessScaleFactor - 1) / Transaction.WitnessScaleFactor, _rate))
                .Select(coin => (new TxIn(coin.OutPoint, default, sequence), coin.Output)),
        ];
    }

    private TxOut Require(OutPoint coin)
    {
        if (_wallet.Ledger.IsSpent(coin)) throw Invalid($"Input not available. UTXO ({coin.TxId}:{coin.Index}) was already spent.");
        return _wallet.Ledger.FindOutput(coin) is { } output && _wallet.Book.Find(output.ScriptPubKey) is { } own && (own.Kind == OwnKind.Spendable || !_wallet.HasPrivateKeys)
            ? output
            : throw Invalid($"Input not found. UTXO ({coin.TxId}:{coin.Index}) is not part of wallet.");
    }

    private static RpcException Invalid(string message) => new(RpcErrorCode.InvalidParameter, message);
}
