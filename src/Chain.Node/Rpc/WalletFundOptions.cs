using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Core.Signing;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>The options of fundrawtransaction and its like, with their types checked (Core: FundTransaction).</summary>
internal sealed class WalletFundOptions
{
    private const int LeastInputWeight = 165;

    private static readonly Dictionary<string, JsonValueKind?> Known = new()
    {
        ["add_inputs"] = JsonValueKind.True,
        ["include_unsafe"] = JsonValueKind.True,
        ["add_to_wallet"] = JsonValueKind.True,
        ["changeAddress"] = JsonValueKind.String,
        ["change_address"] = JsonValueKind.String,
        ["changePosition"] = JsonValueKind.Number,
        ["change_position"] = JsonValueKind.Number,
        ["change_type"] = JsonValueKind.String,
        ["includeWatching"] = JsonValueKind.True,
        ["include_watching"] = JsonValueKind.True,
        ["inputs"] = JsonValueKind.Array,
        ["lockUnspents"] = JsonValueKind.True,
        ["lock_unspents"] = JsonValueKind.True,
        ["locktime"] = JsonValueKind.Number,
        ["fee_rate"] = null,
        ["feeRate"] = null,
        ["psbt"] = JsonValueKind.True,
        ["solving_data"] = JsonValueKind.Object,
        ["subtractFeeFromOutputs"] = JsonValueKind.Array,
        ["subtract_fee_from_outputs"] = JsonValueKind.Array,
        ["replaceable"] = JsonValueKind.True,
        ["conf_target"] = JsonValueKind.Number,
        ["estimate_mode"] = JsonValueKind.String,
        ["minconf"] = JsonValueKind.Number,
        ["maxconf"] = JsonValueKind.Number,
        ["input_weights"] = JsonValueKind.Array,
        ["max_tx_weight"] = JsonValueKind.Number,
        ["send_max"] = JsonValueKind.True,
        ["version"] = JsonValueKind.Number,
    };

    private readonly JsonObject _options;
    private readonly bool? _onlyWatching;
    private readonly bool _isForSending;

    private WalletFundOptions(JsonObject options, bool? onlyWatching, bool isForSending)
    {
        _isForSending = isForSending;
        _options = options;
        _onlyWatching = onlyWatching;
    }

    /// <summary>The names of the options, which may also be parameters by name.</summary>
    internal static string Names { get; } = string.Join(',', Known.Keys);

    /// <summary>Reads the options: an object, or true or false for includeWatching, as it once was.</summary>
    internal static WalletFundOptions Read(JsonNode? node, bool forSending = false)
    {
        if (node is null) return new WalletFundOptions([], null, forSending);
        if (node.GetValueKind() is JsonValueKind.True or JsonValueKind.False) return new WalletFundOptions([], node.GetValue<bool>(), forSending);
        if (node is not JsonObject options) throw new RpcException(RpcErrorCode.TypeError, $"JSON value of type {TypeName(node.GetValueKind())} is not of expected type object");
        foreach (var (name, value) in options)
        {
            if (!Known.TryGetValue(name, out var kind)) throw new RpcException(RpcErrorCode.TypeError, $"Unexpected key {name}");
            if (value is not null && kind is { } expected && Normal(value.GetValueKind()) != expected)
                throw new RpcException(RpcErrorCode.TypeError, $"JSON value of type {TypeName(value.GetValueKind())} for field {name} is not of expected type {TypeName(expected)}");
        }

        return new WalletFundOptions(options, null, forSending);
    }

    /// <summary>The lock time; 0 where none is named.</summary>
    internal uint LockTime => Node("locktime") is not { } value ? 0
        : JsonValues.Long(value) is >= 0 and <= uint.MaxValue and var time ? (uint)time : throw Invalid("Invalid parameter, locktime out of range");

    /// <summary>Whether the transaction has the lock time that it was made with, and not one that the wallet chooses.</summary>
    internal bool HasOwnLockTime => !_isForSending || Node("locktime") is not null;

    /// <summary>The transaction's version.</summary>
    internal int Version => Integer("version") ?? Core.Primitives.Transaction.CurrentVersion;

    /// <summary>Whether the transaction shall say that it may be replaced.</summary>
    internal bool IsReplaceable(NodeWallet wallet) => Flag("replaceable", "replaceable", wallet.Settings.IsReplaceable);

    /// <summary>The least and the most confirmations of coins that are chosen.</summary>
    internal (int Least, int Most) Depths()
    {
        var least = Integer("minconf") ?? 0;
        if (least < 0) throw Invalid($"Invalid minconf (minconf cannot be negative): {least}");
        var most = Integer("maxconf") ?? new CoinFilter().MaxDepth;
        return most >= least ? (least, most) : throw Invalid($"maxconf can't be lower than minconf: {most} < {least}");
    }

    /// <summary>What the caller knows of scripts that are not the wallet's: public keys, scripts and descriptors.</summary>
    internal SigningKeys SolvingData(ChainParams p)
    {
        var keys = new SigningKeys();
        if (Node("solving_data") is not JsonObject data) return keys;
        foreach (var item in data["pubkeys"] is { } list ? JsonValues.List(list) : [])
        {
            var text = JsonValues.Text(item);
            var key = PublicKey.TryCreate(HexOf(text)) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, $"'{text}' is not a valid public key");
            keys.Add(key);
            keys.AddScript(StandardScripts.PayToWitnessPublicKeyHash(key.Hash));
            keys.AddTaproot(new TaprootOutput(key.XOnly.ToArray(), Root: null));
        }

        foreach (var item in data["scripts"] is { } list ? JsonValues.List(list) : [])
        {
            var script = HexOf(JsonValues.Text(item));
            keys.AddScript(script);
            keys.AddScript(StandardScripts.PayToWitnessScriptHash(script));
        }

        foreach (var item in data["descriptors"] is { } list ? JsonValues.List(list) : [])
        {
            try
            {
                DescriptorMethods.Parse(JsonValues.Text(item), p, requireChecksum: true).Expand(0, keys);
            }
            catch (RpcException e)
            {
                throw Invalid($"Unable to parse descriptor '{JsonValues.Text(item)}': {e.Message}");
            }
        }

        return keys;
    }

    private static byte[] HexOf(string text) => JsonValues.TryHex(text) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, $"'{text}' is not hex");

    internal JsonNode? Node(string name) => _options[name];

    internal JsonArray Array(string name) => _options[name] as JsonArray ?? [];

    internal bool Flag(string name, string otherName, bool fallback) => (_options[otherName] ?? _options[name])?.GetValue<bool>() ?? fallback;

    internal int? Integer(string name) =>
        _options[name] is not { } value ? null
        : value.AsValue().TryGetValue<int>(out var number) ? number : throw new RpcException(RpcErrorCode.Misc, "JSON integer out of range");

    /// <summary>The weight that the request names for an input; null where it names none.</summary>
    internal int? WeightOf(OutPoint outPoint)
    {
        foreach (var item in Array("input_weights").Concat(Array("inputs").Where(input => input?["weight"] is not null)))
        {
            var coin = WalletInputs.ReadOutPoint(item);
            if (item!["weight"] is not JsonValue value || !value.TryGetValue<int>(out var weight)) throw Invalid("Invalid parameter, missing weight key");
            if (weight < LeastInputWeight)
                throw Invalid("Invalid parameter, weight cannot be less than 165 (41 bytes (size of outpoint + sequence + empty scriptSig) * 4 (witness scaling factor)) + 1 (empty witness)");
            if (weight > SpendBuilder.MaxWeight) throw Invalid($"Invalid parameter, weight cannot be greater than the maximum standard tx weight of {SpendBuilder.MaxWeight}");
            if (coin == outPoint) return weight;
        }

        return null;
    }

    /// <summary>What the wallet is to build, but for the inputs that are there already.</summary>
    internal SpendRequest ToRequest(NodeWallet wallet, LoadedChain chain, ImmutableArray<Recipient> recipients, bool overridesMinimum)
    {
        var change = ChangeScript(chain);
        var position = Integer("change_position") ?? Integer("changePosition");
        if (position < 0 || position > recipients.Length) throw Invalid("changePosition out of bounds");
        var type = ChangeType(change is not null);
        if (Integer("minconf") < 0) throw Invalid("Negative minconf");
        var (minDepth, maxDepth) = Depths();
        var fee = Fee(wallet, chain, overridesMinimum);
        return new SpendRequest
        {
            Recipients = recipients,
            FeeRate = fee.Rate,
            FeeProblem = fee.Problem,
            ChangeScript = change,
            ChangeType = type,
            ChangePosition = position,
            SolvingData = SolvingData(chain.Params),
            AllowOtherInputs = Flag("add_inputs", "add_inputs", !_isForSending || Array("inputs").Count == 0),
            IsReplaceable = IsReplaceable(wallet),
            Filter = new CoinFilter
            {
                MinDepth = minDepth,
                MaxDepth = maxDepth,
                IncludeUnsafe = Flag("include_unsafe", "include_unsafe", false),
                IncludeWatched = _onlyWatching ?? Flag("includeWatching", "include_watching", !wallet.HasPrivateKeys),
            },
        };
    }

    private byte[]? ChangeScript(LoadedChain chain) =>
        (Node("change_address") ?? Node("changeAddress")) is { } text
            ? StandardScripts.PayTo(WalletCalls.ParseAddress(text.GetValue<string>(), chain, "Change address must be a valid bitcoin address"))
            : null;

    private AddressType? ChangeType(bool hasAddress)
    {
        if (!_options.TryGetPropertyValue("change_type", out var value)) return null;
        if (value is null) throw new RpcException(RpcErrorCode.TypeError, RpcParameter.Mismatch("null", "string"));
        if (hasAddress) throw Invalid("Cannot specify both change address and address type options");
        return AddressTypes.Find(value.GetValue<string>()) ?? throw new RpcException(RpcErrorCode.InvalidAddressOrKey, $"Unknown change type '{value.GetValue<string>()}'");
    }

    /// <summary>The fee rate that the options name, or the usual one.</summary>
    internal FeeChoice Fee(NodeWallet wallet, LoadedChain chain, bool overridesMinimum)
    {
        if (Node("feeRate") is not { } perKilo)
            return WalletFees.Choose(wallet, chain, Node("conf_target"), Node("estimate_mode"), Node("fee_rate"), overridesMinimum);
        if (Node("fee_rate") is not null) throw Invalid("Cannot specify both fee_rate (sat/vB) and feeRate (BTC/kvB)");
        if (Node("conf_target") is not null)
            throw Invalid("Cannot specify both conf_target and feeRate. Please provide either a confirmation target in blocks for automatic fee estimation, or an explicit fee rate.");
        if (Node("estimate_mode") is not null) throw Invalid("Cannot specify both estimate_mode and feeRate");
        return new FeeChoice(RpcParams.AmountOf(perKilo).Satoshis, "PayTxFee set", IsExplicit: true);
    }

    private static JsonValueKind Normal(JsonValueKind kind) => kind == JsonValueKind.False ? JsonValueKind.True : kind;

    private static string TypeName(JsonValueKind kind) => kind is JsonValueKind.True or JsonValueKind.False ? "bool" : kind.ToString().ToLowerInvariant();

    private static RpcException Invalid(string message) => new(RpcErrorCode.InvalidParameter, message);
}
