using System.Text.Json.Nodes;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>What commands ask about a wallet's addresses and Core has no method for.</summary>
internal static class WalletNicknameMethods
{
    public static IEnumerable<RpcMethod> All =>
    [
        new("listaddresses", "", "the addresses that the wallet is paid at and has the keys of, newest last", (c, _, _) => WalletCalls.On(c, ListAddresses))
        {
            Details = "label: its name; may be empty.\nown: whether the wallet made the key itself; false for imported ones.",
        },
        new("resolvelabel", "label:string", "the one address that a label stands for", (c, p, _) => WalletCalls.On(c, (w, chain) => Resolve(w, chain, p)))
        {
            Details = "Where all addresses with the label are forms of one key, as after an import, it is the one of the usual type.",
        },
    ];

    private static JsonArray ListAddresses(NodeWallet wallet, LoadedChain chain)
    {
        var addresses = new JsonArray();
        foreach (var address in ReceiveAddresses.Of(wallet.Contents, wallet.Book))
        {
            if (WalletCalls.AddressText(address.Script, chain) is { } text)
                addresses.Add((JsonNode)new JsonObject { ["address"] = text, ["label"] = address.Label, ["own"] = address.IsOwn });
        }

        return addresses;
    }

    private static JsonValue Resolve(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        var label = WalletCalls.Label(p, 0);
        var addresses = Nickname.Find(wallet.Contents, wallet.Book, label, wallet.Addresses.DefaultType).Select(script => WalletCalls.AddressText(script, chain)).OfType<string>().ToList();
        return addresses switch
        {
            [] => throw new RpcException(RpcErrorCode.WalletInvalidLabelName, $"No addresses with label {label}"),
            [var only] => JsonValue.Create(only),
            _ => throw new RpcException(RpcErrorCode.InvalidAddressOrKey, Ambiguous(label, addresses)),
        };
    }

    /// <summary>What is told where a label stands for several addresses: a guess might pay the wrong one.</summary>
    internal static string Ambiguous(string label, IEnumerable<string> addresses) =>
        $"Several addresses have the label '{label}': {string.Join(", ", addresses)}. Name one of them.";
}
