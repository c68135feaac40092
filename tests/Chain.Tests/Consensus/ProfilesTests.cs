using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Tests.Kit;

namespace Chain.Tests.Consensus;

public class ProfilesTests
{
    [Fact]
    public void Regtest_IsBitcoins()
    {
        var p = Profiles.Regtest;
        Assert.Equal(Bitcoin.RegtestGenesisHash, p.Genesis.Hash.ToString());
        Assert.Equal(Bitcoin.RegtestGenesisHex, Hex.Of(p.Genesis.Raw.Span));
        Assert.Equal("fabfb5da", GenesisFile.MagicText(p.Magic));
        Assert.Equal((18444, 111, 239), (p.DefaultPort, p.AddressVersion, p.WifVersion));
        Assert.Equal(new AddressFormat(111, 196, "bcrt"), p.AddressFormat);
        Assert.Equal((50 * Amount.Coin, 150, 100), (p.Subsidy.Satoshis, p.HalvingInterval, p.CoinbaseMaturity));
        Assert.Equal(0x207fffffu, p.PowLimit.Bits);
        Assert.Equal((false, true, false), (p.Retargeting, p.AllowMinDifficultyBlocks, p.GenesisSpendable));
        Assert.Equal((4_000_000, 80_000, 7_200), (p.MaxBlockWeight, p.MaxBlockSigOpsCost, p.MaxFutureBlockTime));
        Assert.Null(BlockRules.CheckGenesis(p));
    }

    [Fact]
    public void BitcoinGenesis_WithMainsNumbers_IsMains() =>
        Assert.Equal(Bitcoin.MainGenesisHash, Profiles.BitcoinGenesis(1231006505, 0x1d00ffff, 2083236893).Hash.ToString());

    [Fact]
    public void Private_HasTheCoursesRulesAndAMagicOfItsOwn()
    {
        var p = TestChains.Private;
        Assert.Equal((10 * Amount.Coin, 0, 1), (p.Subsidy.Satoshis, p.HalvingInterval, p.CoinbaseMaturity));
        Assert.Equal((true, false, 0L), (p.GenesisSpendable, p.Retargeting, p.MinRelayFeeRate));
        Assert.StartsWith("1", Address.Of(Keys.Alice.PublicKey, p.AddressFormat).ToString(), StringComparison.Ordinal);
        Assert.Equal(Hex.Of(p.Genesis.Hash.Hash.ToByteArray().AsSpan(0, 4)), GenesisFile.MagicText(p.Magic));
        Assert.NotEqual(Profiles.PrivateChain(Profiles.Regtest.Genesis).Magic, p.Magic);
        Assert.Null(BlockRules.CheckGenesis(p));
    }

    [Fact]
    public void Private_AsItShips_HasAGenesisThatCanBeFound()
    {
        var genesis = Profiles.GenesisBlock(new byte[2], Keys.PayTo(Keys.Miner, 10 * Amount.Coin), TestChains.GenesisTime, Profiles.PrivatePowLimit, nonce: 0);
        var p = Profiles.PrivateChain(genesis);
        Assert.Equal(0x1f00ffffu, p.PowLimit.Bits);
        Assert.InRange((double)p.PowLimit.Work, 65_000, 66_000);
    }
}
