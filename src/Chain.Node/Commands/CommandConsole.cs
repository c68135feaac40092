namespace Chain.Node.Commands;

/// <summary>
/// Where a command writes: data to one side, words about it to the other; where it reads what nobody else shall see; and what
/// time it is. A side that is a terminal may have colour, tables and bars; any other gets plain lines.
/// </summary>
/// <param name="Output">Data.</param>
/// <param name="Error">Words.</param>
/// <param name="OtherInput">What is read; null for stdin, which few commands open.</param>
/// <param name="Clock">The time.</param>
internal sealed record CommandConsole(TextWriter Output, TextWriter Error, TextReader? OtherInput, TimeProvider Clock)
{
    /// <summary>What is read.</summary>
    public TextReader Input => OtherInput ?? StandardStream.Input;

    /// <summary>Whether a person reads the data.</summary>
    public bool IsOutputTerminal { get; init; }

    /// <summary>Whether a person reads the words.</summary>
    public bool IsErrorTerminal { get; init; }

    /// <summary>Whether a person can be asked.</summary>
    public bool IsInputTerminal { get; init; }

    /// <summary>What must be known beside the data, where words would break the JSON that was asked for: it stands in the one object on stderr.</summary>
    public IList<string> Notes { get; } = [];
}
