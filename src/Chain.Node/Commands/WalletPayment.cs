using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Node.Rpc;

namespace Chain.Node.Commands;

/// <summary>A payment that the wallet made, as its method <c>pay</c> tells it.</summary>
internal sealed record WalletPayment(JsonObject Told)
{
    /// <summary>The transaction's id.</summary>
    public string Id => Text("txid");

    /// <summary>The whole transaction in hexadecimal.</summary>
    public string Hex => Text("hex");

    /// <summary>What the miner gets.</summary>
    public Amount Fee => RpcParams.AmountOf(Told["fee"]);

    /// <summary>What comes back to the wallet.</summary>
    public Amount Change => RpcParams.AmountOf(Told["change"]);

    /// <summary>Pays, or only makes and signs the payment. The wallet must be unlocked.</summary>
    public static async Task<WalletPayment> MakeAsync(INodeClient client, Address to, Amount amount, JsonObject options, CancellationToken cancellationToken) =>
        new((await client.GetAsync("pay", cancellationToken, to.ToString(), RpcJson.Money(amount), options.DeepClone()).ConfigureAwait(false)).AsObject());

    /// <summary>What its answer says under some names.</summary>
    public JsonObject Pick(params ReadOnlySpan<string> names)
    {
        var json = new JsonObject();
        foreach (var name in names) json[name] = Told[name]?.DeepClone();
        return json;
    }

    private string Text(string name) => Told[name]!.GetValue<string>();
}
