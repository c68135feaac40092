namespace Chain.Tests.Kit;

/// <summary>
/// Splits C# source into words and punctuation. Comments, preprocessor lines and the text of literals are left out; the
/// code in the holes of interpolated strings stays.
/// </summary>
public sealed class SourceTokens
{
    private readonly string _source;
    private readonly List<string> _tokens = [];
    private int _at;

    private SourceTokens(string source) => _source = source;

    public static IReadOnlyList<string> Of(string source)
    {
        var lexer = new SourceTokens(source);
        while (lexer._at < source.Length) lexer.ReadToken();
        return lexer._tokens;
    }

    private char Current => Ahead(0);

    private char Ahead(int count) => _at + count < _source.Length ? _source[_at + count] : '\0';

    private void ReadToken()
    {
        if (char.IsWhiteSpace(Current)) _at++;
        else if ((Current == '/' && Ahead(1) == '/') || Current == '#') SkipTo("\n");
        else if (Current == '/' && Ahead(1) == '*') SkipTo("*/");
        else if (Current == '\'') SkipCharacter();
        else if (IsStringStart(out var dollars, out var isVerbatim)) ReadString(dollars, isVerbatim);
        else if (char.IsLetter(Current) || Current is '_' or '@') ReadWord();
        else if (char.IsDigit(Current)) SkipWord();
        else _tokens.Add(_source[_at++].ToString());
    }

    private void SkipTo(string end)
    {
        var found = _source.IndexOf(end, _at, StringComparison.Ordinal);
        _at = found < 0 ? _source.Length : found + end.Length;
    }

    private void SkipCharacter()
    {
        _at += Ahead(1) == '\\' ? 3 : 2;
        SkipTo("'");
    }

    private void ReadWord()
    {
        if (Current == '@') _at++;
        var start = _at;
        SkipWord();
        _tokens.Add(_source[start.._at]);
    }

    private void SkipWord()
    {
        while (char.IsLetterOrDigit(Current) || Current == '_') _at++;
    }

    private bool IsStringStart(out int dollars, out bool isVerbatim)
    {
        (dollars, isVerbatim) = (0, false);
        var i = 0;
        for (; Ahead(i) is '$' or '@'; i++)
        {
            if (Ahead(i) == '$') dollars++;
            else isVerbatim = true;
        }

        if (Ahead(i) != '"') return false;
        _at += i;
        return true;
    }

    private void ReadString(int dollars, bool isVerbatim)
    {
        var quotes = CountOf('"');
        if (isVerbatim || quotes < 3)
        {
            if (quotes == 2 && !isVerbatim) _at += 2;
            else ReadPlainString(dollars > 0, isVerbatim);
            return;
        }

        _at += quotes;
        while (_at < _source.Length)
        {
            if (CountOf('"') >= quotes)
            {
                _at += CountOf('"');
                return;
            }

            if (dollars > 0 && CountOf('{') >= dollars) ReadHole(dollars);
            else _at++;
        }
    }

    private void ReadPlainString(bool isInterpolated, bool isVerbatim)
    {
        _at++;
        while (_at < _source.Length)
        {
            var isDoubled = Ahead(1) == Current;
            if (Current == '"' && !(isVerbatim && isDoubled))
            {
                _at++;
                return;
            }

            if (isInterpolated && Current == '{' && !isDoubled) ReadHole(braces: 1);
            else if (Current == '\\' && !isVerbatim) _at += 2;
            else _at += Current is '"' or '{' && isDoubled ? 2 : 1;
        }
    }

    private void ReadHole(int braces)
    {
        _at += CountOf('{');
        for (var depth = 0; _at < _source.Length; ReadToken())
        {
            if (Current == '{') depth++;
            if (Current == '}' && depth-- == 0) break;
        }

        _at += braces;
    }

    private int CountOf(char c)
    {
        var count = 0;
        while (Ahead(count) == c) count++;
        return count;
    }
}
