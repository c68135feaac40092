using System.Runtime.InteropServices;

namespace Chain.Node;

/// <summary>Standard output could not be written: the disk is full, or who read it has gone.</summary>
public sealed class OutputException : IOException
{
    private const int BrokenPipe = 32;

    /// <summary>Creates the exception without a reason.</summary>
    public OutputException()
    {
    }

    /// <summary>Creates the exception with its message.</summary>
    public OutputException(string message) : base(message)
    {
    }

    /// <summary>Creates the exception with its message and its cause.</summary>
    public OutputException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <summary>Creates the exception with the system's error number.</summary>
    public OutputException(int error) : base(Marshal.GetPInvokeErrorMessage(error), error)
    {
    }

    /// <summary>Whether who read it has gone, as <c>head</c> does when it has enough: nothing is wrong then.</summary>
    public bool IsClosed => HResult == BrokenPipe;
}
