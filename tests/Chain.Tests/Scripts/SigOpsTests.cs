using Chain.Core.Primitives;
using Chain.Core.Scripts;
using Chain.Tests.Kit;

namespace Chain.Tests.Scripts;

public class SigOpsTests
{
    [Theory]
    [InlineData("", 0)]
    [InlineData("ac", 1)]
    [InlineData("ad", 1)]
    [InlineData("acad", 2)]
    [InlineData("ae", 20)]
    [InlineData("af", 20)]
    [InlineData("51ae", 20)]
    [InlineData("52af", 20)]
    [InlineData("01ac", 0)]
    [InlineData("4c02acac" + "ac", 1)]
    [InlineData("ac" + "05ac", 1)]
    [InlineData("ac" + "4c", 1)]
    [InlineData("ba", 0)]
    [InlineData("6aac", 1)]
    public void Count_OperationsOutsidePushesUpToAMalformedOne(string script, int expected) => Assert.Equal(expected, SigOps.Count(Hex.Bytes(script)));

    [Fact]
    public void CountLegacy_SumsUnlockingAndLockingScripts()
    {
        var input = new TxIn(OutPoint.Null, Hex.Bytes("ac"));
        var transaction = new Transaction(1, [input, input], [new TxOut(0, Keys.ScriptOf(Keys.Alice)), new TxOut(0, Hex.Bytes("ae"))], 0);
        Assert.Equal(2 + 1 + 20, SigOps.CountLegacy(transaction));
    }
}
