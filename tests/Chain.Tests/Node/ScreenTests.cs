using Chain.Node.Commands;

namespace Chain.Tests.Node;

/// <summary>Tables and pairs as plain text: columns stand under each other, whatever the letters are.</summary>
public class ScreenTests
{
    /// <summary>Letters of the east and pictures take two places on a terminal, a mark above another letter none.</summary>
    [Fact]
    public void Table_OfWideLetters_KeepsItsColumns()
    {
        using var writer = new StringWriter { NewLine = "\n" };
        new Screen(writer, isTerminal: false, hasColor: false).Table(["Name", " Coins", "Whose"], [["\u65e5\u672c\u8a9e", "1", "own"], ["\ud83c\udf89", "10", "own"], ["e\u0301", "1", "\u65e5"], ["bob", "1", "own"]]);
        Assert.Equal("Name    Coins  Whose\n\u65e5\u672c\u8a9e      1  own\n\ud83c\udf89         10  own\ne\u0301           1  \u65e5\nbob         1  own\n", writer.ToString());
    }

    [Fact]
    public void Pairs_OfWideLetters_ValuesUnderEachOther()
    {
        using var writer = new StringWriter { NewLine = "\n" };
        new Screen(writer, isTerminal: false, hasColor: false).Pairs([("\u65e5\u672c", "1"), ("Name", "2"), ("A", "3")]);
        Assert.Equal("\u65e5\u672c  1\nName  2\nA     3\n", writer.ToString());
    }
}
