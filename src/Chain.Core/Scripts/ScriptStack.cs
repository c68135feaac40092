namespace Chain.Core.Scripts;

/// <summary>
/// The stack of a script. Elements are never changed, so that they may be slices of a script, and copies cost nothing.
/// Positions count from the top, which is 1.
/// </summary>
internal sealed class ScriptStack
{
    /// <summary>More than most scripts need; the room of those that need more is not kept.</summary>
    private const int UsualSize = 8;

    private static readonly ReadOnlyMemory<byte> True = new byte[] { 1 };

    private ReadOnlyMemory<byte>[] _elements = new ReadOnlyMemory<byte>[UsualSize];

    public int Count { get; private set; }

    public ReadOnlyMemory<byte> this[int fromTop] => _elements[Count - fromTop];

    /// <summary>True where the top is true.</summary>
    public bool IsTopTrue => Count > 0 && ScriptNumber.IsTrue(this[1].Span);

    public ScriptStack Copy() => new() { _elements = [.. _elements], Count = Count };

    /// <summary>Takes all elements off, and keeps nothing alive that they are slices of.</summary>
    public void Clear()
    {
        if (_elements.Length > UsualSize) _elements = new ReadOnlyMemory<byte>[UsualSize];
        else Array.Clear(_elements);
        Count = 0;
    }

    public void Push(ReadOnlyMemory<byte> element)
    {
        if (Count == _elements.Length) Array.Resize(ref _elements, 2 * Count);
        _elements[Count++] = element;
    }

    /// <summary>Pushes 01, or nothing: the two answers of an operation.</summary>
    public void Push(bool answer) => Push(answer ? True : default);

    public void Push(long number) => Push(ScriptNumber.Encode(number));

    public ReadOnlyMemory<byte> Pop() => _elements[--Count];

    public void Drop(int count) => Count -= count;

    /// <summary>Takes an element out of the middle.</summary>
    public ReadOnlyMemory<byte> Take(int fromTop)
    {
        var place = Count - fromTop;
        var element = _elements[place];
        Array.Copy(_elements, place + 1, _elements, place, fromTop - 1);
        Count--;
        return element;
    }

    /// <summary>Puts an element below the top <paramref name="above"/> ones.</summary>
    public void Insert(int above, ReadOnlyMemory<byte> element)
    {
        Push(element);
        var place = Count - 1 - above;
        Array.Copy(_elements, place, _elements, place + 1, above);
        _elements[place] = element;
    }

    public void Swap(int first, int second) =>
        (_elements[Count - first], _elements[Count - second]) = (_elements[Count - second], _elements[Count - first]);
}
