using Chain.Core.Cryptography;

namespace Chain.Node.Wallet;

/// <summary>How a wallet owns a locking script (Core: isminetype).</summary>
internal enum OwnKind
{
    /// <summary>It can be spent by others only.</summary>
    Watched,

    /// <summary>The wallet has all that spending needs, locked or not.</summary>
    Spendable,
}

/// <summary>A key of a wallet: of its tree where it has a place there, else the one with this number among those by themselves.</summary>
internal sealed record OwnKey(PublicKey Key, HdPlace? Place, int Index, DateTimeOffset CreatedAt)
{
    /// <summary>Of a key that is only known by its public half.</summary>
    internal const int NoPrivateKey = -1;

    internal bool IsPrivateKnown => Place is not null || Index != NoPrivateKey;
}

/// <summary>A locking script of a wallet, with the key that unlocks it where that is one alone, and the descriptor that it was given by.</summary>
internal sealed record OwnScript(OwnKind Kind, OwnKey? Owner, ImportedDescriptor? Descriptor = null)
{
    internal PublicKey? Key => Owner?.Key;

    internal HdPlace? Place => Owner?.Place;
}
