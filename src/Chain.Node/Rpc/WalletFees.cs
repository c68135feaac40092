using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>A fee rate in satoshis per 1,000 vbytes, with Core's word for where it comes from, whether the request named it, and what keeps anyone from paying by it.</summary>
internal readonly record struct FeeChoice(long Rate, string Reason, bool IsExplicit, string? Problem = null);

/// <summary>Which fee rate a payment has: what the request says, else what the owner set, else a fixed rate (Core: GetMinimumFeeRate).</summary>
internal static class WalletFees
{
    /// <summary>Core's words where neither the request nor the configuration names a fee rate.</summary>
    private const string NoRate = "Fee estimation failed. Fallbackfee is disabled. Wait a few blocks or enable -fallbackfee.";

    private const int LongestTarget = 1_008;

    /// <summary>Digits that a decimal takes without rounding them.</summary>
    private const int LongestRate = 26;

    /// <summary>The least rate that the node relays, or the configuration wants; nothing on a private chain.</summary>
    internal static long Least(NodeWallet wallet, LoadedChain chain) => Math.Max(chain.Mempool.Policy.MinRelayFeeRate, wallet.Settings.LeastFeeRate);

    /// <summary>Reads what a request says about its fee.</summary>
    internal static FeeChoice Choose(NodeWallet wallet, LoadedChain chain, JsonNode? confTarget, JsonNode? estimateMode, JsonNode? feeRate, bool overridesMinimum)
    {
        if (feeRate is not null)
        {
            if (confTarget is not null)
                throw Invalid("Cannot specify both conf_target and fee_rate. Please provide either a confirmation target in blocks for automatic fee estimation, or an explicit fee rate.");
            if (estimateMode is not null && Text(estimateMode) != "unset") throw Invalid("Cannot specify both estimate_mode and fee_rate");
            var rate = ReadRate(feeRate);
            var problem = !overridesMinimum && rate < Least(wallet, chain) ? $"Fee rate ({Show(rate)}) is lower than the minimum fee rate setting ({Show(Least(wallet, chain))})" : null;
            return new FeeChoice(rate, "PayTxFee set", IsExplicit: true, problem);
        }

        if (estimateMode is not null && Text(estimateMode).ToLowerInvariant() is not ("unset" or "economical" or "conservative"))
            throw Invalid("Invalid estimate_mode parameter, must be one of: \"unset\", \"economical\", \"conservative\"");
        if (confTarget is not null) CheckTarget(confTarget);
        if (confTarget is null && wallet.PayTxFee > 0) return new FeeChoice(Math.Max(wallet.PayTxFee, Least(wallet, chain)), "PayTxFee set", IsExplicit: false);
        var fallback = chain.Params.Profile == Profiles.Private ? 0 : wallet.Settings.FallbackFeeRate;
        var isNone = fallback == 0 && chain.Params.Profile != Profiles.Private;
        return new FeeChoice(Math.Max(fallback, Least(wallet, chain)), "Fallback fee", IsExplicit: false, isNone ? NoRate : null);
    }

    /// <summary>A rate in satoshis per vbyte with at most three decimals, as satoshis per 1,000 vbytes.</summary>
    internal static long ReadRate(JsonNode value)
    {
        var text = value.GetValueKind() switch
        {
            JsonValueKind.Number => value.ToJsonString(),
            JsonValueKind.String => value.GetValue<string>(),
            _ => throw new RpcException(RpcErrorCode.TypeError, "Amount is not a number or string"),
        };
        if (!decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var rate)
            || text.Length > LongestRate
            || Math.Abs(rate) > long.MaxValue / 1_000_000 || rate * 1_000 % 1 != 0)
            throw new RpcException(RpcErrorCode.TypeError, "Invalid amount");
        return rate >= 0 && rate * 1_000 <= Core.Primitives.Amount.MaxMoney ? (long)(rate * 1_000) : throw new RpcException(RpcErrorCode.TypeError, "Amount out of range");
    }

    /// <summary>A rate as Core shows it, in satoshis per vbyte.</summary>
    internal static string Show(long rate) => string.Create(CultureInfo.InvariantCulture, $"{rate / 1000m:F3} sat/vB");

    private static void CheckTarget(JsonNode value)
    {
        if (value.GetValueKind() != JsonValueKind.Number || !value.AsValue().TryGetValue<int>(out var target))
            throw new RpcException(RpcErrorCode.TypeError, "JSON value is not an integer as expected");
        if (target is < 1 or > LongestTarget) throw Invalid($"Invalid conf_target, must be between 1 and {LongestTarget}");
    }

    private static string Text(JsonNode value) =>
        value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : throw new RpcException(RpcErrorCode.TypeError, "JSON value is not a string as expected");

    private static RpcException Invalid(string message) => new(RpcErrorCode.InvalidParameter, message);
}
