namespace Chain.Network.Messages;

/// <summary>What kind of object an <see cref="InventoryItem"/> names.</summary>
public enum InventoryType : uint
{
    /// <summary>Nothing; to be ignored.</summary>
    Error = 0,

    /// <summary>A transaction, by its id.</summary>
    Tx = 1,

    /// <summary>A block, by its header's hash.</summary>
    Block = 2,

    /// <summary>A block as Merkle proof of the transactions that a filter matches (BIP37); only in getdata.</summary>
    FilteredBlock = 3,

    /// <summary>A block in short form (BIP152); only in getdata.</summary>
    CompactBlock = 4,

    /// <summary>A transaction, by its witness hash (BIP339; Core: MSG_WTX).</summary>
    Wtx = 5,

    /// <summary>A transaction with its witness, by its id (BIP144); only in getdata.</summary>
    WitnessTx = 0x4000_0001,

    /// <summary>A block with its witnesses (BIP144); only in getdata.</summary>
    WitnessBlock = 0x4000_0002,
}
