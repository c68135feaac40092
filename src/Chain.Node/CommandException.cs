using System.Text.Json.Nodes;

namespace Chain.Node;

/// <summary>A command cannot do what it was asked: the message for people goes to stderr, the status to the shell.</summary>
public sealed class CommandException : Exception
{
    /// <summary>The status for arguments that make no sense.</summary>
    public const int UsageStatus = 2;

    /// <summary>The status for what took longer than it was given, as timeout(1) has it.</summary>
    public const int TimeoutStatus = 124;

    /// <summary>The status for what Ctrl-C ended, as shells have it: 128 and the number of SIGINT.</summary>
    public const int InterruptedStatus = 130;

    /// <summary>The same for SIGPIPE: who read the output has gone.</summary>
    public const int ClosedPipeStatus = 141;

    /// <summary>The same for SIGTERM.</summary>
    public const int TerminatedStatus = 143;

    /// <summary>The status for all that has none of its own.</summary>
    public const int GeneralStatus = 1;

    /// <summary>Creates the exception without a reason.</summary>
    public CommandException()
    {
    }

    /// <summary>Creates the exception with its message.</summary>
    public CommandException(string message) : base(message)
    {
    }

    /// <summary>Creates the exception with its message and its cause.</summary>
    public CommandException(string message, Exception innerException) : base(message, innerException)
    {
    }

    private CommandException(string message, int status, Exception? innerException = null) : base(message, innerException) => Status = status;

    /// <summary>The exit status: 2 for usage, the absolute value of an RPC error's code, 1 for the rest.</summary>
    public int Status { get; } = GeneralStatus;

    /// <summary>What was done before it failed, as data; null where nothing was, or where nobody asks.</summary>
    public JsonObject? Done { get; private init; }

    /// <summary>A failure in the middle of work: the cause's message and status, and what was done before it.</summary>
    public static CommandException Partly(string message, int status, JsonObject done, Exception cause) => new(message, status, cause) { Done = done };

    /// <summary>Arguments that make no sense.</summary>
    public static CommandException Usage(string message) => new(message, UsageStatus);

    /// <summary>The same failure in other words.</summary>
    public CommandException WithMessage(string message) => new(message, Status);

    /// <summary>The time that was given is over.</summary>
    public static CommandException TimedOut(TimeSpan timeout, string? reached) => new(
        $"It took longer than the {timeout.TotalSeconds.ToString("0.###", System.Globalization.CultureInfo.InvariantCulture)} s of --timeout. "
        + (reached ?? "What was asked of a node may still be done: look before you ask again."),
        TimeoutStatus);

    /// <summary>It was ended by Ctrl-C, or by SIGTERM; there is nothing to say where nothing was done yet.</summary>
    public static CommandException Interrupted(string? reached, bool isTerminated) =>
        new(reached is null ? "" : $"It was ended before it was done. {reached}", isTerminated ? TerminatedStatus : InterruptedStatus);

    /// <summary>A failure with the status that its RPC code gives.</summary>
    public static CommandException FromRpc(int code, string message) =>
        new(message, Math.Abs((long)code) is > 0 and < 126 and var status ? (int)status : GeneralStatus);
}
