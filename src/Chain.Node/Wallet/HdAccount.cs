using Chain.Core.Cryptography;

namespace Chain.Node.Wallet;

/// <summary>
/// One account of a hierarchical wallet (BIP44), such as m/84'/1'/0': its public node, which gives addresses while the wallet is
/// locked, and the next numbers on its two chains.
/// </summary>
internal sealed class HdAccount(AddressType type, ExtendedKey node)
{
    /// <summary>The coin type of all chains that are no main network of their own (SLIP-44).</summary>
    internal const uint CoinType = 1;

    internal AddressType Type => type;

    internal ExtendedKey Node => node;

    /// <summary>The next number of the chain for addresses that are given to others.</summary>
    internal uint NextReceive { get; set; }

    /// <summary>The next number of the chain for change.</summary>
    internal uint NextChange { get; set; }

    internal static uint[] PathOf(AddressType type) =>
        [type.Purpose() | ExtendedKey.Hardened, CoinType | ExtendedKey.Hardened, ExtendedKey.Hardened];

    internal uint Next(bool isChange) => isChange ? NextChange : NextReceive;

    internal void SetNext(bool isChange, uint next)
    {
        if (isChange) NextChange = next;
        else NextReceive = next;
    }
}

/// <summary>Where in the tree of a wallet's keys a key stands: below which account, on which chain, with which number.</summary>
internal readonly record struct HdPlace(AddressType Type, bool IsChange, uint Index)
{
    /// <summary>The whole path, as RPC writes it.</summary>
    public override string ToString() => $"m/{Type.Purpose()}'/{HdAccount.CoinType}'/0'/{(IsChange ? 1 : 0)}/{Index}";

    /// <summary>The whole path as numbers.</summary>
    internal uint[] Path => [.. HdAccount.PathOf(Type), IsChange ? 1u : 0u, Index];
}
