using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>Methods about a wallet's passphrase. The seconds of work that it costs are done beside the chain, not where it waits.</summary>
internal static class WalletPassphraseMethods
{
    /// <summary>The longest time for which a wallet can be unlocked, in seconds.</summary>
    private const long LongestUnlock = 100_000_000;

    private const string Incorrect = "Error: The wallet passphrase entered was incorrect.";

    public static IEnumerable<RpcMethod> All =>
    [
        new("encryptwallet", "passphrase:string", "encrypts a wallet's private keys from now on", EncryptAsync),
        new("walletpassphrase", "passphrase:string timeout:number", "unlocks a wallet for some seconds", UnlockAsync),
        new("beginunlock", "passphrase:string timeout:number", "unlocks a wallet for one piece of work, and gives the number to end that by", BeginAsync)
        {
            Details = "timeout: after so many seconds it ends by itself.\nOther work and walletpassphrase keep the wallet unlocked for themselves; walletlock ends all.",
        },
        new("endunlock", "number:number", "ends the unlocking for a piece of work; a wallet that nothing else keeps unlocked is locked", (c, p, _) => WalletCalls.On(c, (wallet, _) => End(wallet, p))),
        new("walletlock", "", "locks a wallet and erases its keys from memory", (c, _, _) => WalletCalls.On(c, (wallet, _) => Lock(wallet))),
        new("walletpassphrasechange", "oldpassphrase:string newpassphrase:string", "encrypts a wallet under another passphrase", ChangeAsync),
    ];

    /// <summary>A cipher with a salt of its own.</summary>
    internal static WalletCipher NewCipher(string passphrase, WalletOptions options)
    {
        using var secret = Read(passphrase);
        return new WalletCipher(secret, options.Iterations, RandomNumberGenerator.GetBytes(WalletCipher.SaltSize));
    }

    private static async Task<JsonNode?> EncryptAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        var options = await WalletCalls.Get(context, wallet =>
        {
            if (!wallet.HasPrivateKeys) throw new RpcException(RpcErrorCode.WalletEncryptionFailed, "Error: wallet does not contain private keys, nothing to encrypt.");
            if (wallet.Storage.IsEncrypted) throw new RpcException(RpcErrorCode.WalletWrongEncState, "Error: running with an encrypted wallet, but encryptwallet was called.");
            RequireNoScan(wallet, "encrypting the wallet");
            return context.Wallets!.Options;
        }).ConfigureAwait(false);
        var cipher = NewCipher(p.Text(0), options);
        return await WalletCalls.On(context, (wallet, _) =>
        {
            if (wallet.Storage.IsEncrypted) throw new RpcException(RpcErrorCode.WalletWrongEncState, "Error: running with an encrypted wallet, but encryptwallet was called.");
            wallet.Storage.Reseal(cipher);
            wallet.Storage.Lock();
            return JsonValue.Create("wallet encrypted; copies of its file that were made before are not: make a new backup and destroy them.");
        }).ConfigureAwait(false);
    }

    private static Task<JsonNode?> UnlockAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken) => OpenAsync(context, p, "walletpassphrase", (wallet, set, seconds) =>
    {
        wallet.Unlocks.BeginForOwner(set, TimeSpan.FromSeconds(seconds), wallet.Now + seconds);
        return null;
    });

    private static Task<JsonNode?> BeginAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken) =>
        OpenAsync(context, p, "beginunlock", (wallet, set, seconds) => JsonValue.Create(wallet.Unlocks.Begin(set, TimeSpan.FromSeconds(seconds))));

    private static JsonNode? End(NodeWallet wallet, RpcParams p)
    {
        _ = wallet.Unlocks.End(JsonValues.Long(p.Node(0)!));
        return null;
    }

    private static async Task<JsonNode?> OpenAsync(RpcContext context, RpcParams p, string method, Func<NodeWallet, WalletSet, long, JsonNode?> begin)
    {
        var seal = await WalletCalls.Get(context, wallet => RequireSeal(wallet, method)).ConfigureAwait(false);
        var seconds = p.Node(1) is JsonValue value && value.TryGetValue<long>(out var given) ? given : throw new RpcException(RpcErrorCode.Misc, "JSON integer out of range");
        if (seconds < 0) throw new RpcException(RpcErrorCode.InvalidParameter, "Timeout cannot be negative.");
        seconds = Math.Min(seconds, LongestUnlock);
        using var secret = Read(p.Text(0));
        var cipher = WalletStorage.CipherFor(seal, secret);
        return await WalletCalls.On(context, (wallet, _) =>
        {
            var wasLocked = wallet.IsLocked;
            var isRight = wasLocked ? wallet.Storage.TryUnlock(cipher) : wallet.Storage.Fits(cipher);
            if (!wasLocked) cipher.Dispose();
            if (!isRight) throw new RpcException(RpcErrorCode.WalletPassphraseIncorrect, Incorrect);
            wallet.Addresses.EnsureTree();
            return begin(wallet, context.Wallets!, seconds);
        }).ConfigureAwait(false);
    }

    private static async Task<JsonNode?> ChangeAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        var (seal, options) = await WalletCalls.Get(context, wallet => (RequireSeal(wallet, "walletpassphrasechange"), context.Wallets!.Options)).ConfigureAwait(false);
        using var old = Read(p.Text(0));
        var oldCipher = WalletStorage.CipherFor(seal, old);
        var newCipher = NewCipher(p.Text(1), options);
        return await WalletCalls.On(context, (wallet, _) =>
        {
            RequireNoScan(wallet, "changing the passphrase");
            var wasLocked = wallet.IsLocked;
            if (!wallet.Storage.Fits(oldCipher)) throw new RpcException(RpcErrorCode.WalletPassphraseIncorrect, Incorrect);
            if (wasLocked) wallet.Storage.TryUnlock(oldCipher);
            else oldCipher.Dispose();
            wallet.Storage.Reseal(newCipher);
            if (wasLocked) wallet.Storage.Lock();
            return null;
        }).ConfigureAwait(false);
    }

    private static JsonNode? Lock(NodeWallet wallet)
    {
        _ = RequireSeal(wallet, "walletlock");
        RequireNoScan(wallet, "locking the wallet");
        wallet.Unlocks.EndAll();
        return null;
    }

    private static WalletSeal RequireSeal(NodeWallet wallet, string method) =>
        wallet.Storage.Seal ?? throw new RpcException(RpcErrorCode.WalletWrongEncState, $"Error: running with an unencrypted wallet, but {method} was called.");

    private static void RequireNoScan(NodeWallet wallet, string before)
    {
        if (wallet.Scan is not null)
        {
            throw new RpcException(RpcErrorCode.WalletError,
                $"Error: the wallet is currently being used to rescan the blockchain for related transactions. Please call `abortrescan` before {before}.");
        }
    }

    private static Passphrase Read(string text) =>
        text.Length == 0 ? throw new RpcException(RpcErrorCode.InvalidParameter, "passphrase cannot be empty")
        : Passphrase.TryCreate(text) ?? throw new RpcException(RpcErrorCode.InvalidParameter, "passphrase is no text");
}
