using Chain.Node;
using Chain.State;
using Chain.Tests.Kit;

namespace Chain.Tests.Node;

/// <summary>What a configuration changes of the pool's policy, under Core's names.</summary>
public class PoolConfigurationTests
{
    [Fact]
    public void Apply_Nothing_ChangesNothing()
    {
        var policy = new MempoolPolicy { MinRelayFeeRate = 5 };
        Assert.Equal(policy, Apply(policy));
    }

    [Fact]
    public void Apply_UnitsAreCores()
    {
        var policy = Apply(new MempoolPolicy(), "minrelaytxfee=0.00001", "maxmempool=5", "mempoolexpiry=10", "limitancestorsize=101", "limitdescendantcount=8", "datacarrier=0",
            "mempoolfullrbf=1", "acceptnonstdtxn=0", "persistmempool=0", "blockmaxweight=4000");
        Assert.Equal((1_000, 5_000_000, 36_000), (policy.MinRelayFeeRate, policy.MaxBytes, policy.ExpirySeconds));
        Assert.Equal((101_000, 8, 4_000), (policy.MaxAncestorSize, policy.MaxDescendants, policy.MaxBlockWeight));
        Assert.True(policy is { AcceptDataCarriers: false, ReplaceWithoutSignal: true, RequireStandard: true, IsPersistent: false });
    }

    [Fact]
    public void Apply_EachName_ChangesItsLimitAndNoOther()
    {
        var usual = MempoolPolicy.For(TestChains.Regtest);
        Assert.Equal(usual, Apply(usual));
        var set = Apply(usual,
            "minrelaytxfee=0.0001", "incrementalrelayfee=0.00002", "blockmintxfee=0.00003", "dustrelayfee=0", "maxmempool=5", "limitancestorcount=7", "limitancestorsize=8", "limitdescendantcount=9",
            "limitdescendantsize=10", "permitbaremultisig=0", "datacarriersize=16", "bytespersigop=30", "mempoolreplacement=0");
        Assert.Equal(usual with
        {
            MinRelayFeeRate = 10_000,
            IncrementalRelayFeeRate = 2_000,
            MinBlockFeeRate = 3_000,
            DustRelayFeeRate = 0,
            MaxBytes = 5_000_000,
            MaxAncestors = 7,
            MaxAncestorSize = 8_000,
            MaxDescendants = 9,
            MaxDescendantSize = 10_000,
            PermitBareMultiSig = false,
            MaxDataCarrierSize = 16,
            BytesPerSigOp = 30,
            AllowReplacement = false,
        }, set);
    }

    [Fact]
    public void Apply_HigherIncrement_RaisesTheMinimum() =>
        Assert.Equal(5_000, Apply(new MempoolPolicy { MinRelayFeeRate = 1_000 }, "incrementalrelayfee=0.00005").MinRelayFeeRate);

    [Theory]
    [InlineData("minrelaytxfee=x", "minrelaytxfee is 'x', and must be an amount of coins, such as 0.0002.")]
    [InlineData("maxmempool=-1", "maxmempool is '-1', and must be a number from 0 to 2147483.")]
    [InlineData("limitdescendantcount=2147483647", "limitdescendantcount is '2147483647', and must be a number from 0 to 2147483.")]
    [InlineData("datacarrier=yes", "datacarrier is 'yes', and must be 0 or 1.")]
    public void Apply_ValueOfAnotherForm_IsRefused(string line, string words) =>
        Assert.EndsWith(words, Assert.Throws<CommandException>(() => Apply(new MempoolPolicy(), line)).Message, StringComparison.Ordinal);

    private static MempoolPolicy Apply(MempoolPolicy policy, params string[] lines) => PoolConfiguration.Apply(policy, ConfigurationFile.Parse("chain.conf", lines, "regtest"));
}
