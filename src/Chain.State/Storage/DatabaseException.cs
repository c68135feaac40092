namespace Chain.State.Storage;

/// <summary>
/// The database could not be read or written: a full disk, a damaged file, a lock that somebody else holds. It is never a
/// verdict on a block; a running node stops on it.
/// </summary>
public class DatabaseException : Exception
{
    /// <summary>Creates the exception without a reason.</summary>
    public DatabaseException()
    {
    }

    /// <summary>Creates the exception with a reason for people.</summary>
    public DatabaseException(string message) : base(message)
    {
    }

    /// <summary>Creates the exception with a reason for people and its cause.</summary>
    public DatabaseException(string message, Exception innerException) : base(message, innerException)
    {
    }

    /// <summary>Whether what is in the file is not what was written.</summary>
    public bool IsDamage { get; init; }

    /// <summary>Whether this user may not write there: what is only read can be read from a copy.</summary>
    public bool IsReadOnly { get; init; }
}
