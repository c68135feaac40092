using System.Text.Json.Nodes;
using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Consensus;

public class GenesisFileTests
{
    private readonly ITestOutputHelper _output;

    public GenesisFileTests(ITestOutputHelper output) => _output = output;

    [Fact]
    public void TryParse_OfWhatWasWritten_IsTheSameChain()
    {
        foreach (var p in new[] { TestChains.Regtest, TestChains.Private, Odd })
        {
            var text = GenesisFile.Write(p);
            var read = GenesisFile.TryParse(text, out var error);
            Assert.Null(error);
            Assert.NotNull(read);
            Assert.Equal(text, GenesisFile.Write(read));
            Assert.Equal(p with { Genesis = read.Genesis }, read);
        }
    }

    [Fact]
    public void TryParse_OnlyTheProfile_HasItsValues()
    {
        var read = GenesisFile.TryParse("""{"profile":"regtest"}""", out _);
        Assert.Equal(Profiles.Regtest, read);
        var genesis = Hex.Of(TestChains.Private.Genesis.Raw.Span);
        read = GenesisFile.TryParse($$"""{"profile":"private","powLimit":"207fffff","genesis":"{{genesis}}"}""", out _);
        Assert.Equal(TestChains.Private with { Genesis = read!.Genesis }, read);
    }

    [Theory]
    [InlineData("", "no JSON")]
    [InlineData("{", "no JSON")]
    [InlineData("[]", "no JSON object")]
    [InlineData("null", "no JSON object")]
    [InlineData("{}", "'profile' is missing")]
    [InlineData("""{"profile":7}""", "'profile' is missing")]
    [InlineData("""{"profile":"main"}""", "'profile' is \"main\"")]
    [InlineData("""{"profile":"private"}""", "'genesis', the first block, is missing")]
    [InlineData("""{"profile":"regtest","subsidy":10,"subsidy":20}""", "'subsidy' stands there twice")]
    [InlineData("""{"profile":"regtest","subsidie":10}""", "'subsidie' is no parameter")]
    [InlineData("""{"profile":"regtest","Subsidy":10}""", "'Subsidy' is no parameter")]
    [InlineData("""{"profile":"regtest","subsidy":-1}""", "'subsidy' must be")]
    [InlineData("""{"profile":"regtest","subsidy":21000001}""", "'subsidy' must be")]
    [InlineData("""{"profile":"regtest","subsidy":0.000000001}""", "'subsidy' must be")]
    [InlineData("""{"profile":"regtest","subsidy":1e99}""", "'subsidy' must be")]
    [InlineData("""{"profile":"regtest","subsidy":"10"}""", "'subsidy' must be")]
    [InlineData("""{"profile":"regtest","addressVersion":256}""", "'addressVersion' must be")]
    [InlineData("""{"profile":"regtest","addressVersion":-1}""", "'addressVersion' must be")]
    [InlineData("""{"profile":"regtest","scriptAddressVersion":256}""", "'scriptAddressVersion' must be")]
    [InlineData("""{"profile":"regtest","scriptAddressVersion":111}""", "'addressVersion' and 'scriptAddressVersion' must differ")]
    [InlineData("""{"profile":"regtest","bech32Hrp":""}""", "'bech32Hrp' must be")]
    [InlineData("""{"profile":"regtest","bech32Hrp":"BC"}""", "'bech32Hrp' must be")]
    [InlineData("""{"profile":"regtest","bech32Hrp":"abcdefghijklmnopq"}""", "'bech32Hrp' must be")]
    [InlineData("""{"profile":"regtest","bech32Hrp":7}""", "'bech32Hrp' must be")]
    [InlineData("""{"profile":"regtest","coinbaseMaturity":0}""", "'coinbaseMaturity' must be")]
    [InlineData("""{"profile":"regtest","coinbaseMaturity":1.5}""", "'coinbaseMaturity' must be")]
    [InlineData("""{"profile":"regtest","halvingInterval":2147483648}""", "'halvingInterval' must be")]
    [InlineData("""{"profile":"regtest","retargeting":"yes"}""", "'retargeting' must be")]
    [InlineData("""{"profile":"regtest","retargeting":1}""", "'retargeting' must be")]
    [InlineData("""{"profile":"regtest","powLimit":"207ffff"}""", "'powLimit' must be")]
    [InlineData("""{"profile":"regtest","powLimit":"0x207fff"}""", "'powLimit' must be")]
    [InlineData("""{"profile":"regtest","powLimit":"20ffffff"}""", "'powLimit' is no target")]
    [InlineData("""{"profile":"regtest","powLimit":"00000000"}""", "'powLimit' is no target")]
    [InlineData("""{"profile":"regtest","powLimit":"1d00ffff"}""", "breaks a rule: high-hash")]
    [InlineData("""{"profile":"regtest","magic":"fabfb5d"}""", "'magic' must be")]
    [InlineData("""{"profile":"regtest","magic":" fabfb5d"}""", "'magic' must be")]
    [InlineData("""{"profile":"regtest","defaultPort":0}""", "'defaultPort' must be")]
    [InlineData("""{"profile":"regtest","defaultPort":65536}""", "'defaultPort' must be")]
    [InlineData("""{"profile":"regtest","targetSpacing":0}""", "'targetSpacing' must be")]
    [InlineData("""{"profile":"regtest","retargetInterval":1}""", "'retargetInterval' must be")]
    [InlineData("""{"profile":"regtest","maxBlockWeight":19999}""", "'maxBlockWeight' must be")]
    [InlineData("""{"profile":"regtest","maxBlockWeight":4000001}""", "'maxBlockWeight' must be")]
    [InlineData("""{"profile":"regtest","genesis":7}""", "'genesis' must be")]
    [InlineData("""{"profile":"regtest","genesis":"00"}""", "'genesis' is not the encoding")]
    [InlineData("""{"profile":"regtest","genesis":"0"}""", "'genesis' is not hexadecimal")]
    [InlineData("""{"profile":"regtest","genesis":"zz"}""", "'genesis' is not hexadecimal")]
    [InlineData("""{"profile":"regtest","genesis":[[[[[1]]]]]}""", "no JSON")]
    [InlineData("""{"profile":"\ud800"}""", "no Unicode")]
    [InlineData("""{"profile":"regtest","magic":"\udc00"}""", "no Unicode")]
    [InlineData("""{"profile":"regtest","\ud800":1}""", "no Unicode")]
    [InlineData("{\"profile\":\"\ud800\"}", "")]
    public void TryParse_DamagedText_SaysWhatIsWrong(string text, string expected)
    {
        Assert.Null(GenesisFile.TryParse(text, out var error));
        Assert.NotNull(error);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', error);
    }

    [Fact]
    public void TryParse_AnyByteOfTheGenesisBlockChanged_IsRefused()
    {
        var json = JsonNode.Parse(GenesisFile.Write(TestChains.Private))!;
        var genesis = TestChains.Private.Genesis.Raw.ToArray();
        for (var i = 0; i < genesis.Length; i++)
        {
            // Half of all nonces meet the easy target, and make another chain of it.
            if (i is >= BlockHeader.NonceOffset and < BlockHeader.Size or < 4 or >= 68 and < 76) continue;
            var damaged = genesis.ToArray();
            damaged[i] ^= 0xff;
            json["genesis"] = Hex.Of(damaged);
            Assert.True(GenesisFile.TryParse(json.ToJsonString(), out var error) is null, $"byte {i}");
            Assert.NotNull(error);
        }
    }

    [Fact]
    public void TryParse_MutatedText_NeverThrows() => Property.Check(_output, 5_000, g =>
    {
        var text = System.Text.Encoding.Latin1.GetString(g.Mutate(System.Text.Encoding.Latin1.GetBytes(GenesisFile.Write(TestChains.Private))));
        Assert.Equal(GenesisFile.TryParse(text, out var error) is null, error is not null);
    });

    [Fact]
    public void TryApply_Parameters_ChangeThoseOfAChainAboutToBeMade()
    {
        var p = GenesisFile.TryApply(TestChains.Private, """{"subsidy":2.5,"halvingInterval":10}""", out var error);
        Assert.Null(error);
        Assert.Equal((250_000_000L, 10), (p!.Subsidy.Satoshis, p.HalvingInterval));
        foreach (var text in new[] { """{"genesis":"00"}""", """{"nonsense":1}""", "[]", "{" })
        {
            Assert.Null(GenesisFile.TryApply(TestChains.Private, text, out error));
            Assert.NotNull(error);
        }
    }

    private static ChainParams Odd => TestChains.Private with
    {
        Magic = 0x01020304,
        DefaultPort = 65535,
        AddressVersion = 255,
        ScriptAddressVersion = 254,
        Bech32Hrp = "odd1",
        WifVersion = 1,
        Subsidy = Amount.FromSatoshis(1),
        HalvingInterval = 7,
        CoinbaseMaturity = 3,
        GenesisSpendable = false,
        TargetSpacing = 1,
        RetargetInterval = 2,
        Retargeting = true,
        AllowMinDifficultyBlocks = true,
        MaxBlockWeight = 20_000,
        MaxBlockSigOpsCost = 2_000,
        MaxFutureBlockTime = 1,
        Bip34Height = 5,
        Bip65Height = 6,
        Bip66Height = 7,
        CsvHeight = ChainParams.Never,
        MinRelayFeeRate = 9,
    };
}
