using Chain.Core.Consensus;
using Chain.Tests.Kit;

namespace Chain.Tests.Consensus;

public class DeploymentsTests
{
    public static TheoryData<string, Func<ChainParams, int>> Heights => new()
    {
        { "bip34", p => p.Bip34Height },
        { "dersig", p => p.Bip66Height },
        { "cltv", p => p.Bip65Height },
        { "csv", p => p.CsvHeight },
        { "segwit", p => p.SegwitHeight },
        { "taproot", p => p.TaprootHeight },
    };

    [Theory]
    [MemberData(nameof(Heights))]
    public void TryMove_EachName_MovesItsHeightAndNoOther(string name, Func<ChainParams, int> height)
    {
        var moved = Deployments.TryMove(TestChains.Regtest, name + "@432", out var error);
        Assert.Null(error);
        Assert.Equal(432, height(moved!));
        var back = Deployments.TryMove(moved!, $"{name}@{height(TestChains.Regtest)}", out _);
        Assert.Equal(TestChains.Regtest, back);
        Assert.Contains(name, Deployments.Names);
    }

    [Theory]
    [InlineData("segwit")]
    [InlineData("segwit@")]
    [InlineData("segwit@-1")]
    [InlineData("segwit@x")]
    [InlineData("segwit@2147483648")]
    [InlineData("@5")]
    [InlineData("")]
    [InlineData("Segwit@5")]
    [InlineData("testdummy@5")]
    public void TryMove_NoDeployment_SaysSo(string text)
    {
        Assert.Null(Deployments.TryMove(TestChains.Regtest, text, out var error));
        Assert.NotNull(error);
    }
}
