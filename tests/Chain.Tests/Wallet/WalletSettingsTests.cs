using Chain.Node;
using Chain.Node.Wallet;

namespace Chain.Tests.Wallet;

/// <summary>What a configuration says about the wallets.</summary>
public class WalletSettingsTests
{
    [Fact]
    public void From_EachName_IsRead()
    {
        var set = WalletSettings.From(Parse(
            "disablewallet=1", "wallet=a", "wallet=b", "fallbackfee=0", "mintxfee=0.00002", "maxtxfee=0.5", "paytxfee=0.0003", "discardfee=0.00004", "keypool=7", "addresstype=legacy",
            "changetype=bech32", "avoidpartialspends", "spendzeroconfchange=0", "walletrbf=0", "walletbroadcast=0")
            );
        Assert.Equal(
            (true, 0L, 2_000L, 50_000_000L, 30_000L, 4_000L, 7u, AddressType.Legacy, AddressType.Bech32),
            (set.IsDisabled, set.FallbackFeeRate, set.LeastFeeRate, set.MostFeeOfAll, set.PaidFeeRate, set.DiscardFeeRate, set.Keypool, set.ReceiveType, set.ChangeType));
        Assert.Equal((true, false, false, false), (set.AvoidsPartialSpends, set.SpendsUnconfirmedChange, set.IsReplaceable, set.Broadcasts));
        Assert.Equal(["a", "b"], set.AtStart);
        Assert.Contains("must be legacy, p2sh-segwit", Assert.Throws<CommandException>(() => WalletSettings.From(Parse("addresstype=old"))).Message, StringComparison.Ordinal);
    }

    private static ConfigurationFile Parse(params string[] lines) =>
        ConfigurationFile.Parse("chain.conf", lines.Select(line => line.Contains('=', StringComparison.Ordinal) ? line : line + "=1"), "regtest");
}
