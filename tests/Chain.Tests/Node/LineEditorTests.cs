using Chain.Node.Commands;
using Chain.Node.Rpc;

namespace Chain.Tests.Node;

/// <summary>What keys do to a line at the prompt.</summary>
public sealed class LineEditorTests
{
    private static readonly string[] Words = ["getblock", "getblockcount", "stop"];

    [Fact]
    public void Press_LettersAndArrows_EditTheLine()
    {
        var editor = Typed("helo");
        Press(editor, ConsoleKey.LeftArrow);
        Press(editor, 'l');
        Assert.Equal(("hello", 4), editor.State);
        Press(editor, ConsoleKey.Home, ConsoleKey.Delete);
        Assert.Equal(("ello", 0), editor.State);
        Press(editor, ConsoleKey.End, ConsoleKey.Backspace);
        Assert.Equal(("ell", 3), editor.State);
        Press(editor, ConsoleKey.RightArrow, ConsoleKey.Delete);
        Assert.Equal(("ell", 3), editor.State);
    }

    [Theory]
    [InlineData(ConsoleKey.A, "one two ", 0)]
    [InlineData(ConsoleKey.E, "one two ", 8)]
    [InlineData(ConsoleKey.U, "", 0)]
    [InlineData(ConsoleKey.K, "one two ", 8)]
    [InlineData(ConsoleKey.W, "one ", 4)]
    public void Press_Control_MovesAndCuts(ConsoleKey key, string text, int cursor)
    {
        var editor = Typed("one two ");
        _ = editor.Press(new ConsoleKeyInfo('\u0001', key, shift: false, alt: false, control: true));
        Assert.Equal((text, cursor), editor.State);
    }

    [Fact]
    public void Press_UpAndDown_EarlierLinesAndBackToWhatWasTyped()
    {
        var editor = Typed("dra", ["first", "second"]);
        Press(editor, ConsoleKey.UpArrow);
        Assert.Equal("second", editor.State.Text);
        Press(editor, ConsoleKey.UpArrow, ConsoleKey.UpArrow);
        Assert.Equal("first", editor.State.Text);
        Press(editor, ConsoleKey.DownArrow, ConsoleKey.DownArrow, ConsoleKey.DownArrow);
        Assert.Equal("dra", editor.State.Text);
    }

    [Theory]
    [InlineData("st", "stop ", 1)]
    [InlineData("getb", "getblock", 2)]
    [InlineData("getblockc", "getblockcount ", 1)]
    [InlineData("nothing", "nothing", 0)]
    public void Press_Tab_CompletesAsFarAsThereIsOneWay(string typed, string expected, int ways)
    {
        var editor = Typed(typed);
        Assert.Equal(ways, editor.Press(new ConsoleKeyInfo('\t', ConsoleKey.Tab, shift: false, alt: false, control: false)).Count);
        Assert.Equal(expected, editor.State.Text);
    }

    [Fact]
    public void History_WithAFile_KeepsLinesButNoSecret()
    {
        using var folder = new Kit.DataFolder();
        var path = folder.PathOf(".history");
        var history = new PromptHistory(path);
        history.Add("getblockcount");
        history.Add("getblockcount");
        history.Add("walletpassphrase secret 10");
        history.Add("help");
        Assert.Equal(["getblockcount", "help"], new PromptHistory(path).Lines);
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
    }

    /// <summary>A method that is given a passphrase or a private key must stand among those whose lines nobody keeps or shows.</summary>
    [Fact]
    public void Secrets_MethodsThatAreGivenOne_AreAllKnown()
    {
        string[] endings = ["passphrase", "privkey", "privkeys", "xprv"];
        var given = RpcTable.All.Where(method => method.Arguments.Any(argument => endings.Any(ending => argument.Name.EndsWith(ending, StringComparison.Ordinal)))).Select(method => method.Name).ToList();
        Assert.Contains("restorehdwallet", given);
        Assert.DoesNotContain(given, method => !Secrets.IsSecret(method));
    }

    private static LineEditor Typed(string text, params string[] history)
    {
        var editor = new LineEditor("> ", history, _ => Words);
        foreach (var letter in text) Press(editor, letter);
        return editor;
    }

    private static void Press(LineEditor editor, char letter) => _ = editor.Press(new ConsoleKeyInfo(letter, ConsoleKey.None, shift: false, alt: false, control: false));

    private static void Press(LineEditor editor, params ConsoleKey[] keys)
    {
        foreach (var key in keys) _ = editor.Press(new ConsoleKeyInfo('\0', key, shift: false, alt: false, control: false));
    }
}
