namespace Chain.Node.Commands;

/// <summary>What a person types at a terminal, or a program gives on stdin. Whatever ends the command ends the wait for it.</summary>
internal static class TerminalKeys
{
    private const char CtrlD = '\x04';

    /// <summary>Waits for a key. Ctrl-C ends the command, as it does elsewhere: who waits for a key would not notice the signal.</summary>
    public static ConsoleKeyInfo Read(CancellationToken cancellationToken)
    {
        Console.TreatControlCAsInput = true;
        try
        {
            var key = Wait(() => Console.ReadKey(intercept: true), cancellationToken);
            return key is { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control } ? throw new OperationCanceledException() : key;
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    /// <summary>
    /// Whether the input ends with a key: Ctrl-D, or what is left of one that came before anybody read, in whose place the terminal
    /// gives a zero byte, as Ctrl-2 does.
    /// </summary>
    public static bool IsEnd(ConsoleKeyInfo key) => key.KeyChar == CtrlD || key is { KeyChar: '\0', Key: ConsoleKey.D2 or ConsoleKey.Spacebar or ConsoleKey.None, Modifiers: ConsoleModifiers.Control or ConsoleModifiers.None };

    /// <summary>Waits for a line; null where the input ends.</summary>
    public static string? ReadLine(TextReader input, CancellationToken cancellationToken) => Wait(input.ReadLine, cancellationToken);

    /// <summary>The system has no wait for input that can be given up: a thread waits in its place, and ends with the process.</summary>
    private static T Wait<T>(Func<T> read, CancellationToken cancellationToken)
    {
        var reading = Task.Run(read, CancellationToken.None);
        Task.WaitAny([reading], cancellationToken);
        return reading.GetAwaiter().GetResult();
    }
}
