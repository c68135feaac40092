using System.Text.Json.Nodes;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>Methods that bring keys and scripts into a wallet, or take a key out of it, and look for what the chain holds of them.</summary>
internal static class WalletImportMethods
{
    public static IEnumerable<RpcMethod> All =>
    [
        new("importprivkey", "privkey:string label?:string rescan?:bool", "adds a private key to the wallet", ImportPrivateKeyAsync),
        new("dumpprivkey", "address:string", "the private key of an address", (c, p, _) => WalletCalls.On(c, (w, chain) => Dump(w, chain, p))),
        new("importaddress", "address:string label?:string rescan?:bool p2sh?:bool", "watches an address, or a script in hexadecimal", ImportAddressAsync),
        new("importpubkey", "pubkey:string label?:string rescan?:bool", "watches the addresses of a public key", ImportPublicKeyAsync),
        new("addmultisigaddress", "nrequired:number keys:array label?:string address_type?:string", "adds an address that several keys share", (c, p, _) => WalletCalls.On(c, (w, chain) => AddMultiSig(w, chain, p))),
        new("rescanblockchain", "start_height?:number stop_height?:number", "looks through the chain for the wallet's transactions", RescanAsync),
        new("abortrescan", "", "ends a scan of the chain that runs", (c, _, _) => WalletCalls.On(c, (w, _) => Abort(w))),
    ];

    private static async Task<JsonNode?> ImportPrivateKeyAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        var rescan = p.Flag(2, true);
        var label = WalletCalls.Label(p, 1);
        await WalletCalls.On(context, (wallet, chain) =>
        {
            WalletCalls.RequireLegacy(wallet);
            if (!wallet.HasPrivateKeys) throw new RpcException(RpcErrorCode.WalletError, "Cannot import private keys to a wallet with private keys disabled");
            RequireNoScan(wallet, rescan);
            WalletCalls.RequireUnlocked(wallet);
            var key = PrivateKey.TryParseWif(p.Text(0), chain.Params.WifVersion) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Invalid private key encoding");
            WalletImports.AddKey(wallet, key, DateTimeOffset.FromUnixTimeSeconds(1), label);
            return null;
        }).ConfigureAwait(false);
        if (rescan) await WalletRescan.RunAsync(context, 0, null, wasWhole: false, cancellationToken).ConfigureAwait(false);
        return null;
    }

    private static JsonValue Dump(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        WalletCalls.RequireLegacy(wallet);
        WalletCalls.RequireUnlocked(wallet);
        var address = WalletCalls.ParseAddress(p.Text(0), chain, "Invalid Bitcoin address");
        var script = StandardScripts.PayTo(address);
        if (ScriptTemplates.Recognize(script) is ScriptTemplate.WitnessV0ScriptHash or ScriptTemplate.Anchor or ScriptTemplate.WitnessUnknown
            || (wallet.Book.Find(script) is { Owner: null } or null && ScriptTemplates.Recognize(script) is ScriptTemplate.ScriptHash))
            throw new RpcException(RpcErrorCode.TypeError, "Address does not refer to a key");
        var key = wallet.Book.Find(script)?.Key is { } found ? wallet.Book.FindPrivateKey(found.Hash, wallet.Storage.Secrets!) : null;
        return key is null
            ? throw new RpcException(RpcErrorCode.WalletError, $"Private key for address {p.Text(0)} is not known")
            : JsonValue.Create(key.ToWif(chain.Params.WifVersion));
    }

    private static async Task<JsonNode?> ImportAddressAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        var (rescan, p2sh) = (p.Flag(2, true), p.Flag(3, false));
        var label = WalletCalls.Label(p, 1);
        await WalletCalls.On(context, (wallet, chain) =>
        {
            WalletCalls.RequireLegacy(wallet);
            RequireNoScan(wallet, rescan);
            if (Address.TryParse(p.Text(0), chain.Params.AddressFormat, out var address) == AddressError.None)
            {
                if (p2sh) throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Cannot use the p2sh flag with an address - use a script instead");
                WalletImports.Watch(wallet, [StandardScripts.PayTo(address)], [], label);
            }
            else if (p.Hex(0) is { } script)
            {
                var scripts = new List<byte[]> { script };
                if (p2sh) scripts.Add(StandardScripts.PayToScriptHash(Hash160.Of(script)));
                WalletImports.Watch(wallet, scripts, p2sh ? [script] : [], label);
            }
            else
            {
                throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Invalid Bitcoin address or script");
            }

            return null;
        }).ConfigureAwait(false);
        if (rescan) await WalletRescan.RunAsync(context, 0, null, wasWhole: false, cancellationToken).ConfigureAwait(false);
        return null;
    }

    private static async Task<JsonNode?> ImportPublicKeyAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        var rescan = p.Flag(2, true);
        var label = WalletCalls.Label(p, 1);
        await WalletCalls.On(context, (wallet, chain) =>
        {
            WalletCalls.RequireLegacy(wallet);
            RequireNoScan(wallet, rescan);
            var bytes = p.Hex(0) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Pubkey must be a hex string");
            var key = PublicKey.TryCreate(bytes) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Pubkey is not a valid public key");
            WalletImports.WatchKey(wallet, key, label);
            return null;
        }).ConfigureAwait(false);
        if (rescan) await WalletRescan.RunAsync(context, 0, null, wasWhole: false, cancellationToken).ConfigureAwait(false);
        return null;
    }

    private static JsonObject AddMultiSig(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        WalletCalls.RequireLegacy(wallet);
        var label = WalletCalls.Label(p, 2);
        var keys = p.List(1).Select(key => ReadKey(wallet, chain, key)).ToList();
        var required = p.Integer(0);
        if (required < 1) throw new RpcException(RpcErrorCode.InvalidParameter, "a multisignature address must require at least one key to redeem");
        if (keys.Count < required) throw new RpcException(RpcErrorCode.InvalidParameter, $"not enough keys supplied (got {keys.Count} keys, but need at least {required} to redeem)");
        if (keys.Count > 16) throw new RpcException(RpcErrorCode.InvalidParameter, $"Number of keys involved in the multisignature address creation > 16{'\n'}Reduce the number");
        var type = p.Has(3) ? AddressTypes.Find(p.Text(3)) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, $"Unknown address type '{p.Text(3)}'") : wallet.Addresses.DefaultType;
        if (type == AddressType.Bech32m) throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Bech32m multisig addresses cannot be created with legacy wallets");
        if (keys.Exists(key => key.Bytes.Length != Secp256k1.CompressedSize)) type = AddressType.Legacy;
        var inner = MultiSig.Script(required, keys);
        if (type == AddressType.Legacy && inner.Length > 520) throw new RpcException(RpcErrorCode.InvalidParameter, $"redeemScript exceeds size limit: {inner.Length} > 520");
        var witness = StandardScripts.PayToWitnessScriptHash(inner);
        var script = type switch
        {
            AddressType.Legacy => StandardScripts.PayToScriptHash(Hash160.Of(inner)),
            AddressType.P2shSegwit => StandardScripts.PayToScriptHash(Hash160.Of(witness)),
            _ => witness,
        };
        wallet.Update(contents =>
        {
            WalletImports.AddScript(contents, inner);
            if (type != AddressType.Legacy) WalletImports.AddScript(contents, witness);
            contents.Book[new ScriptBytes(script)] = new BookEntry(label, IsReceive: false);
        });
        return new JsonObject
        {
            ["address"] = WalletCalls.AddressText(script, chain),
            ["redeemScript"] = Convert.ToHexStringLower(inner),
            ["descriptor"] = WalletDescriptors.Find(wallet, chain, script),
        };
    }

    private static PublicKey ReadKey(NodeWallet wallet, LoadedChain chain, JsonNode? value)
    {
        var text = value?.GetValueKind() == System.Text.Json.JsonValueKind.String ? value.GetValue<string>() : throw new RpcException(RpcErrorCode.TypeError, "JSON value is not a string as expected");
        if (text.Length is 66 or 130 && text.All(char.IsAsciiHexDigit))
            return PublicKey.TryCreate(Convert.FromHexString(text)) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, $"Invalid public key: {text}");
        var address = WalletCalls.ParseAddress(text, chain, $"Invalid address: {text}");
        var script = StandardScripts.PayTo(address);
        if (ScriptTemplates.Recognize(script) is not (ScriptTemplate.PublicKeyHash or ScriptTemplate.WitnessV0KeyHash or ScriptTemplate.ScriptHash))
            throw new RpcException(RpcErrorCode.InvalidAddressOrKey, $"'{text}' does not refer to a key");
        return wallet.Book.Find(script)?.Key ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, $"no full public key for address {text}");
    }

    private static async Task<JsonNode?> RescanAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        var (start, stop, wasWhole) = await WalletCalls.Get(context, wallet =>
        {
            RequireNoScan(wallet, isWanted: true);
            WalletCalls.RequireUnlocked(wallet);
            var tip = wallet.LastBlock.Height;
            var first = p.Integer(0, 0);
            if (first < 0 || first > tip) throw new RpcException(RpcErrorCode.InvalidParameter, "Invalid start_height");
            int? last = p.Has(1) ? p.Integer(1) : null;
            if (last < 0 || last > tip) throw new RpcException(RpcErrorCode.InvalidParameter, "Invalid stop_height");
            if (last < first) throw new RpcException(RpcErrorCode.InvalidParameter, "stop_height must be greater than start_height");
            return (first, last, wallet.IsWhole);
        }).ConfigureAwait(false);
        var scanned = await WalletRescan.RunAsync(context, start, stop, wasWhole, cancellationToken).ConfigureAwait(false);
        return new JsonObject { ["start_height"] = start, ["stop_height"] = scanned };
    }

    private static JsonValue Abort(NodeWallet wallet)
    {
        if (wallet.Scan is not { IsAborted: false } scan) return JsonValue.Create(false);
        scan.IsAborted = true;
        return JsonValue.Create(true);
    }

    private static void RequireNoScan(NodeWallet wallet, bool isWanted)
    {
        if (isWanted && wallet.Scan is not null) throw new RpcException(RpcErrorCode.WalletError, WalletRescan.Busy);
    }
}
