namespace Chain.Node.Commands;

/// <summary>Where a command writes: data to one side, words about it to the other; and what time it is.</summary>
internal sealed record CommandConsole(TextWriter Output, TextWriter Error, TimeProvider Clock);
