namespace Chain.Core.Scripts;

/// <summary>
/// The stack of a script. Elements are never changed, so that they may be slices of a script, and copies cost nothing.
/// Positions count from the top, which is 1.
/// </summary>
internal sealed class ScriptStack
{
    private static readonly ReadOnlyMemory<byte> True = new byte[] { 1 };

    private readonly List<ReadOnlyMemory<byte>> _elements;

    public ScriptStack() => _elements = new List<ReadOnlyMemory<byte>>(8);

    public ScriptStack(IEnumerable<ReadOnlyMemory<byte>> elements) => _elements = [.. elements];

    public int Count => _elements.Count;

    public ReadOnlyMemory<byte> this[int fromTop] => _elements[^fromTop];

    /// <summary>True where the top is true.</summary>
    public bool IsTopTrue => Count > 0 && ScriptNumber.IsTrue(this[1].Span);

    public ScriptStack Copy() => new(_elements);

    public void Push(ReadOnlyMemory<byte> element) => _elements.Add(element);

    /// <summary>Pushes 01, or nothing: the two answers of an operation.</summary>
    public void Push(bool answer) => _elements.Add(answer ? True : default);

    public void Push(long number) => _elements.Add(ScriptNumber.Encode(number));

    public ReadOnlyMemory<byte> Pop()
    {
        var top = _elements[^1];
        _elements.RemoveAt(_elements.Count - 1);
        return top;
    }

    public void Drop(int count) => _elements.RemoveRange(_elements.Count - count, count);

    /// <summary>Takes an element out of the middle.</summary>
    public ReadOnlyMemory<byte> Take(int fromTop)
    {
        var element = this[fromTop];
        _elements.RemoveAt(_elements.Count - fromTop);
        return element;
    }

    /// <summary>Puts an element below the top <paramref name="above"/> ones.</summary>
    public void Insert(int above, ReadOnlyMemory<byte> element) => _elements.Insert(_elements.Count - above, element);

    public void Swap(int first, int second) =>
        (_elements[^first], _elements[^second]) = (_elements[^second], _elements[^first]);
}
