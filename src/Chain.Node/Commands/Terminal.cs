namespace Chain.Node.Commands;

/// <summary>Keys that a person presses at a terminal.</summary>
internal static class Terminal
{
    /// <summary>
    /// The next key, which is not shown. Ctrl-C ends the command at once: as a signal it would only be noticed after the line, and what is
    /// typed next would be taken for the answer.
    /// </summary>
    public static ConsoleKeyInfo ReadKey()
    {
        Console.TreatControlCAsInput = true;
        try
        {
            var key = Console.ReadKey(intercept: true);
            if (key is not { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control }) return key;
            Console.Error.WriteLine();
            throw new OperationCanceledException("Ctrl-C was pressed.");
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }
}
