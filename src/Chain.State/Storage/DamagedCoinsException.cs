namespace Chain.State.Storage;

/// <summary>The coins on disk are not what was written. They can be made anew from the blocks.</summary>
public sealed class DamagedCoinsException : DatabaseException
{
    /// <summary>Creates the exception without a reason.</summary>
    public DamagedCoinsException() => IsDamage = true;

    /// <summary>Creates the exception with a reason for people.</summary>
    public DamagedCoinsException(string message) : base(message) => IsDamage = true;

    /// <summary>Creates the exception with a reason for people and its cause.</summary>
    public DamagedCoinsException(string message, Exception innerException) : base(message, innerException) => IsDamage = true;
}
