namespace Chain.Network;

/// <summary>
/// What a peer may do that others may not (Core: NetPermissionFlags). Of these only <see cref="NoBan"/> changes what this node
/// does; the others are read and told of, and name what every peer may do here, or none.
/// </summary>
[Flags]
public enum PeerPermissions
{
    /// <summary>No more than others.</summary>
    None = 0,

    /// <summary>It may use Bloom filters (BIP37), which are not spoken here.</summary>
    BloomFilter = 1 << 1,

    /// <summary>Its transactions are taken also where a node takes none, as this one never does.</summary>
    Relay = 1 << 3,

    /// <summary>In Core its transactions are told on also where they are known already.</summary>
    ForceRelay = (1 << 2) | Relay,

    /// <summary>It may ask for blocks however much was sent, as every peer may here.</summary>
    Download = 1 << 6,

    /// <summary>No ban concerns it, and it is not disconnected for what it did wrong.</summary>
    NoBan = (1 << 4) | Download,

    /// <summary>It may ask for the pool (BIP35), which is not spoken here.</summary>
    Mempool = 1 << 5,

    /// <summary>In Core its questions for addresses are answered without bound.</summary>
    Addr = 1 << 7,

    /// <summary>All of them.</summary>
    All = BloomFilter | ForceRelay | NoBan | Mempool | Addr,
}
