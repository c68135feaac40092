namespace Chain.State;

/// <summary>Why a waiting transaction left the pool without being in a block (Core: MemPoolRemovalReason).</summary>
public enum MempoolRemovalReason
{
    /// <summary>It has waited too long.</summary>
    Expiry,

    /// <summary>The pool was full, and others pay more.</summary>
    SizeLimit,

    /// <summary>After a reorganisation it is not valid, or not wanted, any more.</summary>
    Reorganisation,

    /// <summary>A block holds another transaction that spends the same output.</summary>
    Conflict,

    /// <summary>One that pays more took its place, or that of one which it depends on (BIP125).</summary>
    Replaced,

    /// <summary>Whoever runs the node wanted it to vanish.</summary>
    Dropped,
}
