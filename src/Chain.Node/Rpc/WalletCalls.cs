using System.Collections.Frozen;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>What the methods of wallets share: which wallet a request means, and how its failures are told.</summary>
internal static class WalletCalls
{
    internal const string NotUnlocked = "Error: Please enter the wallet passphrase with walletpassphrase first.";

    /// <summary>What gives out addresses and spends coins: not before it is known which were used and what is there.</summary>
    private static readonly FrozenSet<string> NeedsWhole = new[]
    {
        "getnewaddress", "getrawchangeaddress", "sendtoaddress", "sendmany", "send", "sendall", "pay", "fundrawtransaction", "walletcreatefundedpsbt", "bumpfee", "psbtbumpfee",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Runs work on the wallets where they may be touched.</summary>
    internal static async Task<JsonNode?> OnSet(RpcContext context, Func<WalletSet, LoadedChain, JsonNode?> work) =>
        await context.OnStateAsync(chain => Guard(() => work(RequireSet(context), chain))).ConfigureAwait(false);

    /// <summary>Runs work on the wallet that the request means.</summary>
    internal static Task<JsonNode?> On(RpcContext context, Func<NodeWallet, LoadedChain, JsonNode?> work) => OnSet(context, (_, chain) => work(Require(context), chain));

    /// <summary>Runs work on the wallet that the request means and gives what it gives.</summary>
    internal static Task<T> Get<T>(RpcContext context, Func<NodeWallet, T> work) => context.OnStateAsync(_ => Guard(() => work(Require(context))));

    /// <summary>The wallet that the path names, or the only one that is loaded.</summary>
    internal static NodeWallet Require(RpcContext context)
    {
        var set = RequireSet(context);
        var wallet = context.WalletName is { } name
            ? set.Find(name) ?? set.FindNewDefault(name) ?? FindUnloaded(context, set, name) ?? throw new RpcException(RpcErrorCode.WalletNotFound, "Requested wallet does not exist or is not loaded")
            : set.All.Count switch
            {
                1 => set.All[0],
                0 when set.FindNewDefault("") is { } made => made,
                0 => throw new RpcException(RpcErrorCode.WalletNotFound,
                    "No wallet is loaded. Load a wallet using loadwallet or create a new one with createwallet. (Note: A default wallet is no longer automatically created)"),
                _ => throw new RpcException(RpcErrorCode.WalletNotSpecified, "Wallet file not specified (must request wallet RPC through /wallet/<filename> uri-path)."),
            };
        set.Refresh(wallet);
        if (wallet.Scan is { IsCatchUp: true } && NeedsWhole.Contains(context.Method)) throw new RpcException(RpcErrorCode.WalletError, WalletRescan.Busy);
        return wallet;
    }

    /// <summary>A command that works on the files itself means a wallet that lies there, whether or not it is loaded at a node's start.</summary>
    private static NodeWallet? FindUnloaded(RpcContext context, WalletSet set, string name) =>
        context.Node is null && name.Length > 0 && WalletSet.IsValidName(name) && File.Exists(set.PathOf(name)) ? set.Load(name) : null;

    internal static WalletSet RequireSet(RpcContext context)
    {
        var set = context.Wallets ?? throw new RpcException(RpcErrorCode.MethodNotFound, "Method not found: disablewallet=1 in the configuration switches the node's wallets off. Take it out to have them");
        set.LoadAtStart();
        return set;
    }

    /// <summary>Says whether a wallet is loaded at every start; where that cannot be kept, adds Core's warning: the call itself is done.</summary>
    internal static void SetAtStart(WalletSet set, string name, bool isLoaded, List<string> warnings)
    {
        if (set.TrySetAtStart(name, isLoaded)) return;
        warnings.Add(isLoaded
            ? "Wallet load on startup setting could not be updated, so wallet may not be loaded on next node startup."
            : "Wallet load on startup setting could not be updated, so wallet may still be loaded next node startup.");
    }

    internal static void RequireUnlocked(NodeWallet wallet)
    {
        if (wallet.IsLocked) throw new RpcException(RpcErrorCode.WalletUnlockNeeded, NotUnlocked);
    }

    internal static void RequirePrivateKeys(NodeWallet wallet)
    {
        if (!wallet.HasPrivateKeys) throw new RpcException(RpcErrorCode.WalletError, "Error: Private keys are disabled for this wallet");
    }

    /// <summary>Requires a wallet that takes keys and scripts one by one, as those do that are of no descriptors.</summary>
    internal static void RequireLegacy(NodeWallet wallet)
    {
        if (wallet.IsOfDescriptors) throw new RpcException(RpcErrorCode.WalletError, "Only legacy wallets are supported by this command");
    }

    /// <summary>Whether what is only watched counts: where the request says nothing, in wallets that can do nothing else.</summary>
    internal static bool WithWatched(NodeWallet wallet, RpcParams p, int index) => p.Has(index) ? p.Flag(index) : !wallet.HasPrivateKeys;

    /// <summary>A label, which may not be the sign for all.</summary>
    internal static string Label(JsonNode? value)
    {
        var label = value?.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : throw new RpcException(RpcErrorCode.TypeError, "JSON value is not a string as expected");
        return label != "*" ? label : throw new RpcException(RpcErrorCode.WalletInvalidLabelName, "Invalid label name");
    }

    /// <summary>A label parameter; the empty one where none was given.</summary>
    internal static string Label(RpcParams p, int index) => p.Has(index) ? Label(p.Node(index)) : "";

    /// <summary>Reads an address, or fails with the given words.</summary>
    internal static Address ParseAddress(string text, LoadedChain chain, string message) =>
        Address.TryParse(text, chain.Params.AddressFormat, out var address) == AddressError.None ? address : throw new RpcException(RpcErrorCode.InvalidAddressOrKey, message);

    /// <summary>The address of a locking script as text; null where it has none, as a bare key has not.</summary>
    internal static string? AddressText(ReadOnlyMemory<byte> script, LoadedChain chain) =>
        StandardScripts.FindPublicKey(script) is null ? StandardScripts.FindAddress(script, chain.Params.AddressFormat)?.ToString() : null;

    /// <summary>The block that the wallet has taken in last.</summary>
    internal static JsonObject LastBlock(NodeWallet wallet) => new() { ["hash"] = wallet.LastBlock.Hash.ToString(), ["height"] = wallet.LastBlock.Height };

    /// <summary>Tells a wallet's failures by Core's codes.</summary>
    internal static T Guard<T>(Func<T> work)
    {
        try
        {
            return work();
        }
        catch (WalletException e)
        {
            throw new RpcException(e.Error switch
            {
                WalletError.NotFound => RpcErrorCode.WalletNotFound,
                WalletError.PassphraseRequired => RpcErrorCode.WalletUnlockNeeded,
                WalletError.WrongPassphrase => RpcErrorCode.WalletPassphraseIncorrect,
                _ => RpcErrorCode.WalletError,
            }, e.Error == WalletError.PassphraseRequired ? NotUnlocked : e.Message);
        }
    }
}
