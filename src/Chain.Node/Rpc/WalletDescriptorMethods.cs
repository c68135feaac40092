using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>Methods about the descriptors that a wallet knows its scripts by (Core: importdescriptors, listdescriptors).</summary>
internal static class WalletDescriptorMethods
{
    public static IEnumerable<RpcMethod> All =>
    [
        new("importdescriptors", "requests:array", "adds descriptors to a wallet of descriptors", ImportAsync),
        new("listdescriptors", "private?:bool", "the descriptors of a wallet of descriptors", (c, p, _) => WalletCalls.On(c, (w, chain) => List(w, chain.Params, p.Flag(0, false)))),
    ];

    private static async Task<JsonNode?> ImportAsync(RpcContext context, RpcParams p, CancellationToken cancellationToken)
    {
        var (results, from, wasWhole) = await WalletCalls.Get(context, wallet =>
        {
            if (!wallet.IsOfDescriptors) throw new RpcException(RpcErrorCode.WalletError, "importdescriptors is not available for non-descriptor wallets");
            if (wallet.Scan is not null) throw new RpcException(RpcErrorCode.WalletError, WalletRescan.Busy);
            WalletCalls.RequireUnlocked(wallet);
            var requests = p.List(0).Select(JsonValues.Members).ToList();
            var times = requests.Select(request => WalletImportTimes.TimeOf(request, context.Chain)).ToList();
            var isWhole = wallet.IsWhole;
            var answers = requests.Select((request, i) => Import(wallet, context.Chain.Params, request, times[i])).ToList();
            long? earliest = times.Zip(answers).Where(pair => pair.Second["success"]!.GetValue<bool>()).Select(pair => (long?)pair.First).Min();
            return (new JsonArray([.. answers]), WalletImportTimes.FirstHeight(context.Chain, earliest), isWhole);
        }).ConfigureAwait(false);
        if (from is { } height) await WalletRescan.RunAsync(context, height, null, wasWhole, cancellationToken).ConfigureAwait(false);
        return results;
    }

    private static JsonObject Import(NodeWallet wallet, ChainParams p, JsonObject request, long time)
    {
        try
        {
            var warnings = new List<string>();
            WalletDescriptorImport.Run(wallet, p, request, time, warnings);
            var json = new JsonObject { ["success"] = true };
            if (warnings.Count > 0) json["warnings"] = new JsonArray([.. warnings.Select(warning => JsonValue.Create(warning))]);
            return json;
        }
        catch (RpcException e)
        {
            return WalletImportTimes.Failure(e);
        }
    }

    private static JsonObject List(NodeWallet wallet, ChainParams p, bool isPrivate)
    {
        if (!wallet.IsOfDescriptors) throw new RpcException(RpcErrorCode.WalletError, "listdescriptors is not available for non-descriptor wallets");
        if (isPrivate && !wallet.HasPrivateKeys) throw new RpcException(RpcErrorCode.WalletError, "Can't get private descriptor string for watch-only wallets");
        if (isPrivate) WalletCalls.RequireUnlocked(wallet);
        var list = new List<JsonObject>();
        foreach (var account in wallet.Contents.Accounts)
        {
            foreach (var isChange in new[] { false, true }) list.Add(Describe(wallet, p, account, isChange, isPrivate));
        }

        foreach (var descriptor in wallet.Contents.Descriptors)
        {
            if (isPrivate) throw new RpcException(RpcErrorCode.WalletError, "Can't get descriptor string.");
            list.Add(Describe(descriptor));
        }

        return new JsonObject
        {
            ["wallet_name"] = wallet.Name,
            ["descriptors"] = new JsonArray([.. list.OrderBy(json => json["desc"]!.GetValue<string>(), StringComparer.Ordinal)]),
        };
    }

    private static JsonObject Describe(NodeWallet wallet, ChainParams p, HdAccount account, bool isChange, bool isPrivate)
    {
        var isActive = !wallet.Contents.Descriptors.Exists(descriptor => descriptor.IsActive && descriptor.IsInternal == isChange && descriptor.Type == account.Type);
        var json = new JsonObject
        {
            ["desc"] = isPrivate ? WalletDescriptors.PrivateText(wallet, p, account.Type, isChange) : WalletDescriptors.Text(wallet, p, account, isChange),
            ["timestamp"] = wallet.Contents.CreatedAt.ToUnixTimeSeconds(),
            ["active"] = isActive,
        };
        if (isActive) json["internal"] = isChange;
        json["range"] = new JsonArray(0, account.Next(isChange) + wallet.Book.Gap - 1);
        json["next"] = account.Next(isChange);
        json["next_index"] = account.Next(isChange);
        return json;
    }

    private static JsonObject Describe(ImportedDescriptor descriptor)
    {
        var json = new JsonObject { ["desc"] = descriptor.Text, ["timestamp"] = Math.Max(1, descriptor.Since.ToUnixTimeSeconds()), ["active"] = descriptor.IsActive };
        if (descriptor.IsActive) json["internal"] = descriptor.IsInternal;
        if (!descriptor.IsRange) return json;
        json["range"] = new JsonArray(descriptor.First, descriptor.End - 1);
        json["next"] = descriptor.Next;
        json["next_index"] = descriptor.Next;
        return json;
    }
}
