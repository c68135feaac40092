namespace Chain.Core.Descriptors;

/// <summary>Walks over the text of a descriptor, one expression after the other.</summary>
internal sealed class DescriptorReader(string text)
{
    private int _position;

    public bool IsAtEnd => _position == text.Length;

    /// <summary>The next character; none at the end.</summary>
    public string Next => IsAtEnd ? "" : text[_position].ToString();

    /// <summary>Goes past a character where it is the next one.</summary>
    public bool TrySkip(char character)
    {
        if (IsAtEnd || text[_position] != character) return false;
        _position++;
        return true;
    }

    /// <summary>Everything up to the next comma or closing bracket that belongs to no bracket inside.</summary>
    public string ReadExpression()
    {
        var start = _position;
        for (var level = 0; !IsAtEnd; _position++)
        {
            var character = text[_position];
            if (character is '(' or '{') level++;
            if (level == 0 && character is (')' or '}' or ',')) break;
            if (character is ')' or '}') level--;
        }

        return text[start.._position];
    }
}
