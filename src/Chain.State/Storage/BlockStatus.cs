namespace Chain.State.Storage;

/// <summary>What is known of a block. Stored: the numbers are part of the file format.</summary>
[Flags]
public enum BlockStatus
{
    /// <summary>Only that its header and its block are valid alone and on their parent.</summary>
    None = 0,

    /// <summary>It was connected once: its scripts are valid, and its undo data is there.</summary>
    Validated = 1,

    /// <summary>It breaks a rule.</summary>
    Failed = 2,

    /// <summary>A block below it breaks a rule.</summary>
    FailedAncestor = 4,

    /// <summary>It can never be part of the chain.</summary>
    AnyFailure = Failed | FailedAncestor,
}
