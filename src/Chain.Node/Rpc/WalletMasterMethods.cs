using System.Text.Json.Nodes;
using Chain.Core.Cryptography;
using Chain.Core.Descriptors;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>Methods about the master key from which a wallet's keys follow (BIP32): Core's gethdkeys, and restorehdwallet, which is our own.</summary>
internal static class WalletMasterMethods
{
    public static IEnumerable<RpcMethod> All =>
    [
        new("gethdkeys", "options?:object(active_only,private)", "the master key of a wallet and the descriptors that follow from it", (c, p, _) => WalletCalls.On(c, (w, chain) => Get(w, chain, p))),
        new("restorehdwallet", "wallet_name:string xprv:string passphrase?:string load_on_startup?:bool",
            "makes a wallet of the master key of an earlier one, and finds its transactions", RestoreAsync),
    ];

    private static JsonArray Get(NodeWallet wallet, LoadedChain chain, RpcParams p)
    {
        var options = p.Has(0) ? p.Members(0) : [];
        var isPrivate = options["private"] is { } wanted && JsonValues.Flag(wanted);
        if (wallet.Contents.SeedId is null) return [];
        if (isPrivate && !wallet.HasPrivateKeys) throw new RpcException(RpcErrorCode.WalletError, "Error: Private keys are disabled for this wallet");
        if (isPrivate) WalletCalls.RequireUnlocked(wallet);
        var format = DescriptorFormat.Of(chain.Params.AddressFormat, chain.Params.WifVersion);
        var json = new JsonObject { ["has_private"] = wallet.HasPrivateKeys };

        // A locked wallet keeps the accounts' public keys; the master's own is not among them.
        if (wallet.Storage.Secrets?.Master() is { } master)
        {
            json["xpub"] = master.Neuter().ToText(format.PublicVersion);
            if (isPrivate) json["xprv"] = master.ToText(format.PrivateVersion);
        }

        var descriptors = new JsonArray();
        foreach (var account in wallet.Contents.Accounts)
        {
            descriptors.Add((JsonNode)Describe(wallet, chain, account, isChange: false));
            descriptors.Add((JsonNode)Describe(wallet, chain, account, isChange: true));
        }

        json["descriptors"] = descriptors;
        return [(JsonNode)json];
    }

    private static JsonObject Describe(NodeWallet wallet, LoadedChain chain, HdAccount account, bool isChange) =>
        new() { ["desc"] = WalletDescriptors.Text(wallet, chain.Params, account, isChange), ["active"] = true };

    private static async Task<JsonNode?> RestoreAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        var name = p.Text(0);
        var format = DescriptorFormat.Of(context.Chain.Params.AddressFormat, context.Chain.Params.WifVersion);
        var master = ExtendedKey.TryParse(p.Text(1), format.PrivateVersion, format.PublicVersion);
        if (master?.PrivateKey is null) throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Invalid extended private key: it is no extended private key of this chain");
        if (master.Depth != 0) throw new RpcException(RpcErrorCode.InvalidAddressOrKey, "Invalid extended private key: it is not a master key, from which all of a wallet's keys follow");
        var passphrase = p.Has(2) ? p.Text(2) : "";
        var options = await context.OnStateAsync(_ => WalletCalls.RequireSet(context).Options).ConfigureAwait(false);
        var cipher = passphrase.Length == 0 ? null : WalletPassphraseMethods.NewCipher(passphrase, options);
        var warnings = new List<string>();
        var wallet = await context.OnStateAsync(_ => WalletCalls.Guard(() =>
        {
            var set = WalletCalls.RequireSet(context);
            if (!WalletSet.IsValidName(name)) throw new RpcException(RpcErrorCode.WalletError, "Wallet file verification failed. The name is no name of a wallet.");
            if (set.Find(name) is not null || File.Exists(set.PathOf(name)))
                throw new RpcException(RpcErrorCode.WalletAlreadyExists, $"Failed to create database path '{set.PathOf(name)}'. Database already exists.");
            var made = set.Create(name, flags: 0, cipher, master);
            if (p.Has(3)) WalletCalls.SetAtStart(set, name, p.Flag(3), warnings);
            return made;
        })).ConfigureAwait(false);
        await WalletRescan.CatchUpAsync(context, wallet, cancellationToken).ConfigureAwait(false);
        var json = new JsonObject { ["name"] = wallet.Name };
        if (warnings.Count > 0) json["warning"] = string.Join('\n', warnings);
        return json;
    }
}
