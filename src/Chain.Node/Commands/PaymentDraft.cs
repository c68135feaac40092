using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Node.Rpc;
using Chain.Node.Wallet;
using Chain.State;

namespace Chain.Node.Commands;

/// <summary>Puts a payment of a command together: of the coins that an address has here, signed with the wallet's keys.</summary>
internal static class PaymentDraft
{
    /// <summary>Chooses coins and signs; throws why there is no payment.</summary>
    public static async Task<Payment> BuildAsync(INodeClient client, KeyStore wallet, Address from, Address to, Amount amount, MempoolPolicy policy, FeePolicy fee, CancellationToken cancellationToken)
    {
        var utxos = await client.GetAsync("getaddressutxos", cancellationToken, from.ToString()).ConfigureAwait(false);
        var coins = utxos.AsArray().Select(utxo => (Json: utxo!, Coin: ReadCoin(utxo!))).ToList();
        var spendable = coins.Where(c => IsMature(c.Json) && (c.Coin.Confirmations > 0 || IsChange(c.Json))).Select(c => c.Coin).ToList();
        var (recipient, change) = (StandardScripts.PayTo(to), StandardScripts.PayTo(from));
        if (amount.Satoshis < policy.LeastOutput(recipient))
            throw CommandException.FromRpc(RpcErrorCode.VerifyRejected, $"{amount} is too little (dust): the least that nodes pass on to such an address is {Amount.FromSatoshis(policy.LeastOutput(recipient))}.");
        var request = new PaymentRequest(spendable, amount, recipient, change, fee) { LeastChange = Amount.FromSatoshis(policy.LeastOutput(change)) };
        switch (PaymentBuilder.Build(request, wallet.FindPrivateKey))
        {
            case Payment payment:
                return payment;
            case PaymentFailure { Error: PaymentError.InsufficientFunds } failure:
                throw CommandException.FromRpc(RpcErrorCode.InsufficientFunds, $"{failure.Message} {Advice(coins)}");
            case PaymentFailure failure:
                throw new CommandException(failure.Message);
            default:
                throw new InvalidOperationException("A payment has one of two results.");
        }
    }

    /// <summary>What else there is and when it can be spent, or how one gets more.</summary>
    private static string Advice(List<(JsonNode Json, SpendableCoin Coin)> coins)
    {
        var immature = coins.Where(c => !IsMature(c.Json)).Sum(c => c.Coin.Output.Value);
        var waiting = coins.Where(c => IsMature(c.Json) && c.Coin.Confirmations == 0 && !IsChange(c.Json)).Sum(c => c.Coin.Output.Value);
        if (immature > 0) return $"Another {Coins(immature)} are newly mined and still immature: they can be spent when enough blocks follow, which 'chain mine N' mines.";
        return waiting > 0
            ? $"Another {Coins(waiting)} wait for a block: 'chain mine' mines one, or wait until a miner does."
            : "Send less, or get more coins first: 'chain mine' earns some.";
    }

    private static string Coins(long satoshis) => ((decimal)satoshis / Amount.Coin).ToString("0.########", System.Globalization.CultureInfo.InvariantCulture);

    private static SpendableCoin ReadCoin(JsonNode utxo)
    {
        if (!TxId.TryParse(utxo["txid"]!.GetValue<string>(), out var id)) throw new CommandException("The node's answer to getaddressutxos cannot be read.");
        var output = new TxOut(utxo["satoshis"]!.GetValue<long>(), Convert.FromHexString(utxo["scriptPubKey"]!.GetValue<string>()));
        return new SpendableCoin(new OutPoint(id, utxo["vout"]!.GetValue<uint>()), output, utxo["confirmations"]!.GetValue<int>());
    }

    private static bool IsMature(JsonNode utxo) => utxo["mature"]!.GetValue<bool>();

    private static bool IsChange(JsonNode utxo) => utxo["change"]!.GetValue<bool>();
}
