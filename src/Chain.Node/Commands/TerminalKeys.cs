namespace Chain.Node.Commands;

/// <summary>The keys that a person presses at a terminal.</summary>
internal static class TerminalKeys
{
    /// <summary>Waits for a key. Ctrl-C ends the command, as it does elsewhere: who waits for a key would not notice the signal.</summary>
    public static ConsoleKeyInfo Read()
    {
        Console.TreatControlCAsInput = true;
        try
        {
            var key = Console.ReadKey(intercept: true);
            return key is { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control } ? throw new OperationCanceledException() : key;
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }
}
