using System.Text.RegularExpressions;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Chain.Tests.Kit;

public class PropertyTests
{
    private readonly ITestOutputHelper _output;

    public PropertyTests(ITestOutputHelper output) => _output = output;

    [Fact]
    public void Check_ACaseThatFails_NamesTheSeedThatDrawsItAgain()
    {
        byte[] drawn = [];
        var failure = Assert.Throws<XunitException>(() => Property.Check(_output, 1_000, g =>
        {
            drawn = g.Bytes(20);
            Assert.NotEqual(0, drawn[0] & 7);
        }));
        var seed = Regex.Match(failure.Message, "CHAIN_TEST_SEED=(-?[0-9]+) replays").Groups[1].Value;
        Assert.Equal(drawn, new Generate(int.Parse(seed, System.Globalization.CultureInfo.InvariantCulture)).Bytes(20));
    }

    [Fact]
    public void ForAll_ANumberThatFails_IsShrunkAndNamesItsSeed()
    {
        var failure = Assert.Throws<XunitException>(() => Property.ForAll<uint>(_output, 1_000, number => number < 1_000));
        Assert.Contains("CHAIN_TEST_SEED=", failure.Message, StringComparison.Ordinal);
        Assert.Contains("1000", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Mutate_AnEncoding_MostlyGivesAnother()
    {
        var g = new Generate(Property.FirstSeed(_output));
        var encoding = g.Bytes(100);
        Assert.InRange(Enumerable.Range(0, 1_000).Count(_ => !g.Mutate(encoding).AsSpan().SequenceEqual(encoding)), 800, 1_000);
    }
}
