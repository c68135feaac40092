using Chain.Core.Scripts;
using Chain.Tests.Kit;
using Xunit.Abstractions;

namespace Chain.Tests.Scripts;

public class ScriptEditingTests
{
    private readonly ITestOutputHelper _output;

    public ScriptEditingTests(ITestOutputHelper output) => _output = output;

    [Theory]
    [InlineData(0, "00")]
    [InlineData(1, "51")]
    [InlineData(16, "60")]
    [InlineData(-1, "4f")]
    [InlineData(17, "0111")]
    [InlineData(127, "017f")]
    [InlineData(128, "028000")]
    [InlineData(255, "02ff00")]
    [InlineData(256, "020001")]
    [InlineData(32767, "02ff7f")]
    [InlineData(32768, "03008000")]
    [InlineData(227931, "035b7a03")]
    [InlineData(8388608, "0400008000")]
    [InlineData(-2, "0182")]
    [InlineData(-127, "01ff")]
    [InlineData(-128, "028080")]
    [InlineData(-255, "02ff80")]
    public void PushNumber_IsTheShortest(long value, string expected) => Assert.Equal(expected, Hex.Of(ScriptEditing.PushNumber(value)));

    [Theory]
    [InlineData(1, "01")]
    [InlineData(75, "4b")]
    [InlineData(76, "4c4c")]
    [InlineData(255, "4cff")]
    [InlineData(256, "4d0001")]
    [InlineData(65535, "4dffff")]
    [InlineData(65536, "4e00000100")]
    public void Push_IsTheShortestByLength(int length, string prefix)
    {
        var push = ScriptEditing.Push(new byte[length]);
        Assert.Equal(prefix, Hex.Of(push.AsSpan(0, push.Length - length)));
        var reader = new ScriptReader(push);
        Assert.True(reader.TryRead(out _, out var data));
        Assert.Equal(length, data.Length);
        Assert.False(reader.TryRead(out _, out _));
        Assert.False(reader.IsMalformed);
    }

    // Script, element, what is left: matches count only where an operation begins (Core: script_FindAndDelete).
    [Theory]
    [InlineData("51" + "52", "aa", "51" + "52")]
    [InlineData("02ffee" + "51" + "02ffee", "ffee", "51")]
    [InlineData("02ffee" + "02ffee" + "02ffee", "ffee", "")]
    [InlineData("51" + "02ffee", "ffee", "51")]
    [InlineData("03" + "02ffee", "ffee", "03" + "02ffee")]
    [InlineData("03" + "02ffee" + "02ffee", "ffee", "03" + "02ffee")]
    [InlineData("4c02ffee" + "02ffee", "ffee", "4c02ffee")]
    [InlineData("02ffee" + "05aa", "ffee", "05aa")]
    [InlineData("05aa" + "02ffee", "ffee", "05aa" + "02ffee")]
    [InlineData("02ff" + "ff", "ff", "02ff" + "ff")]
    [InlineData("01ff" + "ff", "ff", "ff")]
    [InlineData("51" + "00", "", "51")]
    [InlineData("0200" + "00", "", "0200" + "00")]
    [InlineData("", "ffee", "")]
    public void RemovePush_CutsWholeOperationsOnly(string script, string element, string expected) =>
        Assert.Equal(expected, Hex.Of(ScriptEditing.RemovePush(Hex.Bytes(script), Hex.Bytes(element)).Span));

    [Fact]
    public void RemovePush_AnyScript_LeavesNoMoreThanThereWas() => Property.Check(_output, 20_000, g =>
    {
        var element = g.Bytes(g.Between(1, 3));
        byte[] script = [.. g.Bytes(g.Between(0, 8)), .. ScriptEditing.Push(element), .. g.Bytes(g.Between(0, 8))];
        var left = ScriptEditing.RemovePush(script, element);
        Assert.Equal(0, (script.Length - left.Length) % ScriptEditing.Push(element).Length);
    });

    [Fact]
    public void ScriptReader_AnyBytes_EndsAtTheEndOrAtAMalformedPush() => Property.Check(_output, 20_000, g =>
    {
        var script = g.Bytes();
        var reader = new ScriptReader(script);
        var before = 0;
        while (reader.TryRead(out _, out var data))
        {
            Assert.InRange(data.Length, 0, reader.Position - before - 1);
            before = reader.Position;
        }

        Assert.Equal(reader.Position != script.Length, reader.IsMalformed);
    });
}
