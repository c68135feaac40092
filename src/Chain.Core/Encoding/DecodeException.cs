namespace Chain.Core.Encoding;

/// <summary>
/// Bytes from outside do not form what they claim to be. Thrown by <see cref="ByteReader"/> and caught in the one place
/// that asked for the decoding (a <c>TryDecode</c>, a peer's read loop); it never travels further.
/// </summary>
public sealed class DecodeException : FormatException
{
    /// <summary>Creates the exception without a reason.</summary>
    public DecodeException()
    {
    }

    /// <summary>Creates the exception with the reason, in words for a log line.</summary>
    public DecodeException(string message) : base(message)
    {
    }

    /// <summary>Creates the exception with the reason and its cause.</summary>
    public DecodeException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
