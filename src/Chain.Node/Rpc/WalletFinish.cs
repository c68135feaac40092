using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Core.Psbt;
using Chain.Core.Scripts;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>The end of send and sendall: signs, and sends or hands out what was made (Core: FinishTransaction).</summary>
internal static class WalletFinish
{
    /// <summary>Signs a transaction as far as the wallet can, sends it unless the options say otherwise, and tells what came of it.</summary>
    internal static JsonObject Run(NodeWallet wallet, LoadedChain chain, WalletFundOptions options, Transaction transaction)
    {
        var psbt = new PartiallySignedTransaction(transaction);
        WalletPsbtMethods.Fill(wallet, chain, psbt, sign: false, SignatureHashType.None, withOrigins: true, finish: false);
        var isComplete = wallet.HasPrivateKeys && WalletPsbtMethods.Fill(wallet, chain, psbt, sign: true, SignatureHashType.None, withOrigins: true, finish: false);
        var wantsPsbt = options.Flag("psbt", "psbt", false);
        var isSent = options.Flag("add_to_wallet", "add_to_wallet", true);
        var json = new JsonObject();
        if (wantsPsbt || !isComplete || !isSent) json["psbt"] = psbt.ToString();
        if (isComplete)
        {
            WalletPsbtMethods.Fill(wallet, chain, psbt, sign: true, SignatureHashType.None, withOrigins: true, finish: true);
            var signed = psbt.Extract();
            json["txid"] = signed.Id.ToString();
            if (isSent && !wantsPsbt) Commit(wallet, chain, signed);
            else json["hex"] = Convert.ToHexStringLower(signed.Raw.Span);
        }

        json["complete"] = isComplete;
        return json;
    }

    private static void Commit(NodeWallet wallet, LoadedChain chain, Transaction signed)
    {
        try
        {
            WalletSending.Commit(wallet, chain, signed);
        }
        catch (SpendException e)
        {
            throw new RpcException(RpcErrorCode.WalletError, e.Message);
        }
    }
}
