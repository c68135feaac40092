using System.Globalization;
using System.Text.Json.Nodes;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>Methods about a wallet's addresses and their names.</summary>
internal static class WalletAddressMethods
{
    public static IEnumerable<RpcMethod> All =>
    [
        new("getnewaddress", "label?:string address_type?:string", "a new address to be paid at", (c, p, _) => WalletCalls.On(c, (w, chain) => GetNew(w, chain, p))),
        new("getrawchangeaddress", "address_type?:string", "a new address for change, for transactions that are made by hand", (c, p, _) => WalletCalls.On(c, (w, chain) => GetChange(w, chain, p))),
        new("getaddressinfo", "address:string", "what the wallet knows of an address", (c, p, _) => WalletCalls.On(c, (w, chain) => GetInfo(w, chain, p))),
        new("setlabel", "address:string label:string", "names an address", (c, p, _) => WalletCalls.On(c, (w, chain) => SetLabel(w, chain, p))),
        new("getaddressesbylabel", "label:string", "the addresses of a name", (c, p, _) => WalletCalls.On(c, (w, chain) => GetByLabel(w, chain, p))),
        new("listlabels", "purpose?:string", "all names, or those of addresses to receive or to send", (c, p, _) => WalletCalls.On(c, (w, _) => ListLabels(w, p))),
        new("keypoolrefill", "newsize?:number", "how many addresses are watched ahead of those that were given out", (c, p, _) => WalletCalls.On(c, (w, _) => Refill(w, p))),
    ];

    private const string NoKeys = "Error: This wallet has no available keys";
    private const string RanOut = "Error: Keypool ran out, please call keypoolrefill first";
    private const uint LargestGap = 10_000;

    private static JsonValue GetNew(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        if (!wallet.Addresses.CanMake) throw new RpcException(RpcErrorCode.WalletError, NoKeys);
        var label = WalletCalls.Label(p, 0);
        var script = wallet.Addresses.New(TypeOf(wallet, p, 1), isChange: false, label) ?? throw new RpcException(RpcErrorCode.WalletKeypoolRanOut, RanOut);
        return JsonValue.Create(WalletCalls.AddressText(script, chain)!);
    }

    private static JsonValue GetChange(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        if (!wallet.Addresses.CanMake) throw new RpcException(RpcErrorCode.WalletError, NoKeys);
        var script = wallet.Addresses.New(TypeOf(wallet, p, 0), isChange: true, label: null) ?? throw new RpcException(RpcErrorCode.WalletKeypoolRanOut, RanOut);
        return JsonValue.Create(WalletCalls.AddressText(script, chain)!);
    }

    private static AddressType TypeOf(NodeWallet wallet, RpcParams p, int index) =>
        !p.Has(index) ? wallet.Addresses.DefaultType
        : AddressTypes.Find(p.Text(index)) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, $"Unknown address type '{p.Text(index)}'");

    private static JsonObject GetInfo(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        var error = Address.TryParse(p.Text(0), chain.Params.AddressFormat, out var address);
        if (error != AddressError.None) throw new RpcException(RpcErrorCode.InvalidAddressOrKey, InvalidText(error));
        ReadOnlyMemory<byte> script = StandardScripts.PayTo(address);
        var own = wallet.Book.Find(script);
        var json = new JsonObject
        {
            ["address"] = address.ToString(),
            ["scriptPubKey"] = Convert.ToHexStringLower(script.Span),
            ["ismine"] = own is { Kind: OwnKind.Spendable },
            ["solvable"] = WalletDescriptors.Find(wallet, chain, script) is not null,
        };
        if (WalletDescriptors.Find(wallet, chain, script) is { } descriptor) json["desc"] = descriptor;
        if (WalletDescriptors.FindParent(wallet, chain.Params, own) is { } parent) json["parent_desc"] = parent;
        json["iswatchonly"] = own is { Kind: OwnKind.Watched };
        Describe(json, wallet, chain, address, script);
        json["ischange"] = wallet.IsChange(script);
        if (own?.Owner is { } key)
        {
            json["timestamp"] = key.CreatedAt.ToUnixTimeSeconds();
            if (key.Place is { } place)
            {
                json["hdkeypath"] = place.ToString();
                if (!wallet.IsOfDescriptors) json["hdseedid"] = wallet.Contents.SeedId!.Value.ToString();
                json["hdmasterfingerprint"] = wallet.MasterFingerprint.ToString("x8", CultureInfo.InvariantCulture);
            }
        }
        else if (own is not null && wallet.Contents.Watched.Find(w => w.Script.Span.SequenceEqual(script.Span)) is { } watched)
        {
            json["timestamp"] = Math.Max(1, watched.Since.ToUnixTimeSeconds());
        }

        json["labels"] = new JsonArray([.. LabelOf(wallet, script) is { } label ? [JsonValue.Create(label)] : Array.Empty<JsonNode>()]);
        return json;
    }

    internal static string? LabelOf(NodeWallet wallet, ReadOnlyMemory<byte> script) => wallet.Contents.Book.TryGetValue(new ScriptBytes(script), out var entry) ? entry.Label : null;

    /// <summary>What the address itself says (Core: DescribeAddress), and what the wallet knows of the script or key in it.</summary>
    private static void Describe(JsonObject json, NodeWallet wallet, LoadedChain chain, Address address, ReadOnlyMemory<byte> script)
    {
        var template = ScriptTemplates.Recognize(script);
        json["isscript"] = template is ScriptTemplate.ScriptHash or ScriptTemplate.WitnessV0ScriptHash or ScriptTemplate.WitnessV1Taproot;
        json["iswitness"] = address.Kind == AddressKind.WitnessProgram;
        if (address.Kind == AddressKind.WitnessProgram)
        {
            json["witness_version"] = address.WitnessVersion;
            json["witness_program"] = Convert.ToHexStringLower(address.Payload.Span);
        }

        switch (template)
        {
            case ScriptTemplate.PublicKeyHash or ScriptTemplate.WitnessV0KeyHash when wallet.Book.FindKey(new Hash160(address.Payload.Span)) is { } key:
                json["pubkey"] = key.Key.ToString();
                if (template == ScriptTemplate.PublicKeyHash) json["iscompressed"] = key.Key.Bytes.Length == Secp256k1.CompressedSize;
                break;
            case ScriptTemplate.ScriptHash when wallet.Book.FindRedeemScript(new Hash160(address.Payload.Span)) is { } redeem:
                DescribeInner(json, wallet, chain, redeem);
                break;
            case ScriptTemplate.WitnessV0ScriptHash when WalletDescriptors.FindWitnessScript(wallet, address.Payload) is { } witness:
                DescribeInner(json, wallet, chain, witness);
                break;
        }
    }

    private static void DescribeInner(JsonObject json, NodeWallet wallet, LoadedChain chain, ReadOnlyMemory<byte> inner)
    {
        json["script"] = ScriptTemplates.Recognize(inner).Name();
        json["hex"] = Convert.ToHexStringLower(inner.Span);
        if (MultiSig.Find(inner) is { } multiSig)
        {
            json["sigsrequired"] = multiSig.Required;
            json["pubkeys"] = new JsonArray([.. multiSig.PublicKeys.Select(key => JsonValue.Create(Convert.ToHexStringLower(key.Span)))]);
        }
        else if (StandardScripts.FindAddress(inner, chain.Params.AddressFormat) is { } address)
        {
            var embedded = new JsonObject();
            Describe(embedded, wallet, chain, address, inner);
            embedded["address"] = address.ToString();
            embedded["scriptPubKey"] = Convert.ToHexStringLower(inner.Span);
            if (embedded["pubkey"] is { } key) json["pubkey"] = key.DeepClone();
            json["embedded"] = embedded;
        }
    }

    /// <summary>Core's words for what is wrong with an address, as far as the parts are alike.</summary>
    internal static string InvalidText(AddressError error) => error switch
    {
        AddressError.Program => "Invalid Bech32 address program size",
        _ => "Invalid or unsupported Segwit (Bech32) or Base58 encoding.",
    };

    private static JsonNode? SetLabel(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        var address = WalletCalls.ParseAddress(p.Text(0), chain, "Invalid Bitcoin address");
        var label = WalletCalls.Label(p, 1);
        var script = new ScriptBytes(StandardScripts.PayTo(address));
        wallet.UpdateNames(contents => contents.Book[script] = new BookEntry(label, IsReceive: wallet.Book.Find(script.Bytes) is not null));
        return null;
    }

    private static JsonObject GetByLabel(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        var label = WalletCalls.Label(p, 0);
        var json = new JsonObject();
        foreach (var (script, entry) in wallet.Contents.Book.Where(pair => pair.Value.Label == label))
        {
            if (WalletCalls.AddressText(script.Bytes, chain) is { } address) json[address] = new JsonObject { ["purpose"] = Purpose(entry) };
        }

        return json.Count > 0 ? json : throw new RpcException(RpcErrorCode.WalletInvalidLabelName, $"No addresses with label {label}");
    }

    private static string Purpose(BookEntry entry) => entry.IsReceive ? "receive" : "send";

    private static JsonArray ListLabels(NodeWallet wallet, RpcParams p)
    {
        var purpose = p.Has(0) ? p.Text(0) : "";
        if (purpose is not ("" or "receive" or "send"))
            throw new RpcException(RpcErrorCode.InvalidParameter, "Invalid 'purpose' argument, must be a known purpose string, typically 'send', or 'receive'.");
        var labels = wallet.Contents.Book.Values.Where(entry => purpose.Length == 0 || Purpose(entry) == purpose).Select(entry => entry.Label);
        return new JsonArray([.. labels.Distinct().Order(StringComparer.Ordinal).Select(label => JsonValue.Create(label))]);
    }

    private static JsonNode? Refill(NodeWallet wallet, RpcParams p)
    {
        WalletCalls.RequirePrivateKeys(wallet);
        var size = p.Integer(0, 0);
        if (size < 0) throw new RpcException(RpcErrorCode.InvalidParameter, "Invalid parameter, expected valid size.");
        WalletCalls.RequireUnlocked(wallet);
        if (!wallet.Addresses.EnsureTree() || size > LargestGap) throw new RpcException(RpcErrorCode.WalletError, "Error refreshing keypool.");
        if (size > wallet.Book.Gap) wallet.UpdateNames(contents => contents.Gap = (uint)size);
        return null;
    }
}
