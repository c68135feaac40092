using System.Text.Json.Nodes;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>Methods that make, load and describe wallets.</summary>
internal static class WalletMethods
{
    private const int WalletVersion = 169_900;

    public static IEnumerable<RpcMethod> All =>
    [
        new("createwallet", "wallet_name:string disable_private_keys?:bool blank?:bool passphrase?:string avoid_reuse?:bool descriptors?:bool load_on_startup?:bool external_signer?:bool",
            "makes a wallet and loads it", CreateAsync),
        new("loadwallet", "filename:string load_on_startup?:bool", "loads a wallet that lies in the data directory", (c, p, t) => LoadAsync(c, set => Load(set, p), p, 1, t)),
        new("unloadwallet", "wallet_name?:string load_on_startup?:bool", "unloads a wallet: the one that is named, or that of the request's path", (c, p, _) => WalletCalls.OnSet(c, (set, _) => Unload(c, set, p))),
        new("listwallets", "", "the names of the wallets that are loaded", (c, _, _) => WalletCalls.OnSet(c, (set, _) => new JsonArray([.. set.All.Select(wallet => JsonValue.Create(wallet.Name))]))),
        new("listwalletdir", "", "the wallets in the data directory", (c, _, _) => WalletCalls.OnSet(c, (set, _) => ListFolder(set))),
        new("getwalletinfo", "", "the state of a wallet", (c, _, _) => WalletCalls.On(c, GetInfo)),
        new("backupwallet", "destination:string", "copies a wallet's file to a folder or a file", (c, p, _) => WalletCalls.On(c, (wallet, _) => BackUp(wallet, p))),
        new("restorewallet", "wallet_name:string backup_file:string load_on_startup?:bool", "makes a wallet of a backup and loads it", (c, p, t) => LoadAsync(c, set => Restore(set, p), p, 2, t)),
        new("setwalletflag", "flag:string value?:bool", "changes what a wallet does: avoid_reuse", (c, p, _) => WalletCalls.On(c, (wallet, _) => SetFlag(wallet, p))),
        new("upgradewallet", "version?:number", "a wallet's file is of the newest form as soon as it must be: says so", (c, _, _) => WalletCalls.On(c, (wallet, _) => Upgrade(wallet))),
    ];

    private static async Task<JsonNode?> CreateAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        var name = p.Text(0);
        var flags = (p.Flag(1, false) ? WalletFlags.DisablePrivateKeys : 0) | (p.Flag(2, false) ? WalletFlags.Blank : 0) | (p.Flag(4, false) ? WalletFlags.AvoidReuse : 0);
        var passphrase = p.Has(3) ? p.Text(3) : "";
        var warnings = p.Has(3) && passphrase.Length == 0 ? new List<string> { "Empty string given as passphrase, wallet will not be encrypted." } : [];
        if (p.Flag(5, false)) flags |= WalletFlags.Descriptors;
        if (p.Flag(7, false)) throw new RpcException(RpcErrorCode.WalletError, "Compiled without external signing support (required for external signing)");
        if (passphrase.Length > 0 && (flags & WalletFlags.DisablePrivateKeys) != 0)
        {
            throw new RpcException(RpcErrorCode.WalletError,
                "Passphrase provided but private keys are disabled. A passphrase is only used to encrypt private keys, so cannot be used for wallets with private keys disabled.");
        }

        var options = await context.OnStateAsync(_ => WalletCalls.RequireSet(context).Options).ConfigureAwait(false);
        var cipher = passphrase.Length == 0 ? null : WalletPassphraseMethods.NewCipher(passphrase, options);
        return await WalletCalls.OnSet(context, (set, _) =>
        {
            RequireName(name);
            if (set.Find(name) is not null || File.Exists(set.PathOf(name)))
                throw new RpcException(RpcErrorCode.WalletError, $"Wallet file verification failed. Failed to create database path '{set.PathOf(name)}'. Database already exists.");
            var wallet = set.Create(name, flags, cipher);
            if (p.Has(6)) WalletCalls.SetAtStart(set, name, p.Flag(6), warnings);
            return Answer(wallet.Name, warnings);
        }).ConfigureAwait(false);
    }

    /// <summary>Loads a wallet, and looks through what it has missed of the chain while the node goes on.</summary>
    private static async Task<JsonNode?> LoadAsync(RpcContext context, Func<WalletSet, NodeWallet> load, RpcParams p, int startIndex, CancellationToken cancellationToken)
    {
        var warnings = new List<string>();
        var wallet = await context.OnStateAsync(_ => WalletCalls.Guard(() =>
        {
            var set = WalletCalls.RequireSet(context);
            var loaded = load(set);
            if (p.Has(startIndex)) WalletCalls.SetAtStart(set, loaded.Name, p.Flag(startIndex), warnings);
            return loaded;
        })).ConfigureAwait(false);
        await WalletRescan.CatchUpAsync(context, wallet, cancellationToken).ConfigureAwait(false);
        return Answer(wallet.Name, warnings);
    }

    private static NodeWallet Load(WalletSet set, RpcParams p)
    {
        var name = p.Text(0);
        if (set.Find(name) is not null) throw new RpcException(RpcErrorCode.WalletAlreadyLoaded, $"Wallet \"{name}\" is already loaded.");
        if (!WalletSet.IsValidName(name) || !File.Exists(set.PathOf(name)))
            throw new RpcException(RpcErrorCode.WalletNotFound, $"Wallet file verification failed. Failed to load database path '{(WalletSet.IsValidName(name) ? set.PathOf(name) : name)}'. Path does not exist.");
        return set.LoadToScan(name);
    }

    private static JsonObject Unload(RpcContext context, WalletSet set, RpcParams p)
    {
        var name = p.Has(0) ? p.Text(0) : null;
        if (context.WalletName is { } path)
        {
            if (name is not null && name != path)
                throw new RpcException(RpcErrorCode.InvalidParameter, "RPC endpoint wallet and wallet_name parameter specify different wallets");
            name = path;
        }

        if (name is null) throw new RpcException(RpcErrorCode.InvalidParameter, "Either the RPC endpoint wallet or the wallet name parameter must be provided");
        var wallet = set.Find(name) ?? throw new RpcException(RpcErrorCode.WalletNotFound, "Requested wallet does not exist or is not loaded");
        if (wallet.Scan is not null) throw new RpcException(RpcErrorCode.WalletError, WalletRescan.Busy);
        set.Unload(wallet);
        var warnings = new List<string>();
        if (p.Has(1)) WalletCalls.SetAtStart(set, name, p.Flag(1), warnings);
        return new JsonObject { ["warning"] = string.Join('\n', warnings) };
    }

    private static JsonObject ListFolder(WalletSet set) =>
        new() { ["wallets"] = new JsonArray([.. set.NamesInFolder().Select(name => new JsonObject { ["name"] = name })]) };

    private static JsonObject GetInfo(NodeWallet wallet, LoadedChain chain)
    {
        var balance = wallet.Coins.Balance(0, avoidReuse: false, OwnKind.Spendable);
        var json = new JsonObject
        {
            ["walletname"] = wallet.Name,
            ["walletversion"] = WalletVersion,
            ["format"] = "chain",
            ["balance"] = RpcJson.Money(balance.Trusted),
            ["unconfirmed_balance"] = RpcJson.Money(balance.Pending),
            ["immature_balance"] = RpcJson.Money(balance.Immature),
            ["txcount"] = wallet.Ledger.Count,
        };
        if (wallet.Contents.SeedId is not null) json["keypoololdest"] = wallet.Contents.CreatedAt.ToUnixTimeSeconds();
        json["keypoolsize"] = Ahead(wallet);
        if (wallet.Contents.SeedId is { } seed && !wallet.IsOfDescriptors) json["hdseedid"] = seed.ToString();
        json["keypoolsize_hd_internal"] = Ahead(wallet);
        if (wallet.Storage.IsEncrypted) json["unlocked_until"] = wallet.Unlocks.OwnerUntil;
        json["paytxfee"] = RpcJson.Money(wallet.PayTxFee);
        json["private_keys_enabled"] = wallet.HasPrivateKeys;
        json["avoid_reuse"] = wallet.AvoidsReuse;
        json["scanning"] = wallet.Scan is { } scan
            ? new JsonObject { ["duration"] = Math.Max(0, wallet.Now - scan.StartedAt), ["progress"] = scan.Progress }
            : JsonValue.Create(false);
        json["descriptors"] = wallet.IsOfDescriptors;
        json["external_signer"] = false;
        json["blank"] = (wallet.Contents.Flags & WalletFlags.Blank) != 0 && wallet.Contents is { SeedId: null, Keys.Count: 0, Watched.Count: 0, Descriptors.Count: 0 };
        json["birthtime"] = wallet.Contents.CreatedAt.ToUnixTimeSeconds();
        json["lastprocessedblock"] = WalletCalls.LastBlock(wallet);
        return json;
    }

    /// <summary>How many keys are watched ahead; Core's wallets of descriptors count those of all address types.</summary>
    private static long Ahead(NodeWallet wallet) => wallet.Book.Gap * (wallet.IsOfDescriptors ? wallet.Contents.Accounts.Count : wallet.Contents.SeedId is null ? 0 : 1);

    private static JsonNode? BackUp(NodeWallet wallet, RpcParams p)
    {
        var path = p.Text(0);
        try
        {
            if (Directory.Exists(path)) path = Path.Combine(path, Path.GetFileName(wallet.Storage.Path));
            path = Path.GetFullPath(path);
            if (path == wallet.Storage.Path) throw new RpcException(RpcErrorCode.WalletError, "Error: Wallet backup failed!");
            wallet.Storage.BackUp(path);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new RpcException(RpcErrorCode.WalletError, "Error: Wallet backup failed!");
        }
    }

    private static NodeWallet Restore(WalletSet set, RpcParams p)
    {
        var (name, backup) = (p.Text(0), p.Text(1));
        RequireName(name);
        if (!File.Exists(backup)) throw new RpcException(RpcErrorCode.InvalidParameter, "Backup file does not exist");
        var path = set.PathOf(name);
        if (set.Find(name) is not null || File.Exists(path)) throw new RpcException(RpcErrorCode.WalletAlreadyExists, $"Failed to create database path '{path}'. Database already exists.");
        try
        {
            var data = File.ReadAllBytes(backup);
            _ = WalletFile.Decode(data, backup);
            AtomicFile.Write(path, data);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or WalletException)
        {
            throw new RpcException(RpcErrorCode.WalletError, $"Wallet file verification failed. {e.Message}");
        }

        return set.LoadToScan(name);
    }

    private static JsonObject SetFlag(NodeWallet wallet, RpcParams p)
    {
        var (name, value) = (p.Text(0), p.Flag(1, true));
        if (name is "blank" or "key_origin_metadata" or "last_hardened_xpub_cached" or "disable_private_keys" or "descriptor_wallet" or "external_signer")
            throw new RpcException(RpcErrorCode.InvalidParameter, $"Wallet flag is immutable: {name}");
        if (name != "avoid_reuse") throw new RpcException(RpcErrorCode.InvalidParameter, $"Unknown wallet flag: {name}");
        if (wallet.AvoidsReuse == value) throw new RpcException(RpcErrorCode.InvalidParameter, $"Wallet flag is already set to {(value ? "true" : "false")}: {name}");
        wallet.Update(contents => contents.Flags = value ? contents.Flags | WalletFlags.AvoidReuse : contents.Flags & ~WalletFlags.AvoidReuse);
        var json = new JsonObject { ["flag_name"] = name, ["flag_state"] = value };
        if (value)
        {
            json["warnings"] = "You need to rescan the blockchain in order to correctly mark used destinations in the past. "
                + "Until this is done, some destinations may be considered unused, even if the opposite is the case.";
        }

        return json;
    }

    private static JsonObject Upgrade(NodeWallet wallet) => new()
    {
        ["wallet_name"] = wallet.Name,
        ["previous_version"] = WalletVersion,
        ["current_version"] = WalletVersion,
        ["result"] = "Already at latest version. Wallet version unchanged.",
    };

    private static void RequireName(string name)
    {
        if (!WalletSet.IsValidName(name))
            throw new RpcException(RpcErrorCode.WalletError, $"Wallet name \"{name}\" cannot be used: at most 100 letters, digits, spaces and the signs - _ . and no path");
    }

    private static JsonObject Answer(string name, List<string> warnings)
    {
        var json = new JsonObject { ["name"] = name, ["warning"] = string.Join('\n', warnings) };
        if (warnings.Count > 0) json["warnings"] = new JsonArray([.. warnings.Select(warning => JsonValue.Create(warning))]);
        return json;
    }
}
