namespace Chain.Node.Wallet;

/// <summary>An address that a wallet has the key of and is paid at; <paramref name="IsOwn"/> says that it made the key itself, which was not imported.</summary>
internal sealed record ReceiveAddress(ReadOnlyMemory<byte> Script, string Label, bool IsOwn);

/// <summary>The addresses that a wallet is paid at, as people count them: not its change, and not what it only watches.</summary>
internal static class ReceiveAddresses
{
    /// <summary>All, newest last.</summary>
    internal static IEnumerable<ReceiveAddress> Of(WalletContents contents, KeyBook book)
    {
        foreach (var (script, entry) in contents.Book)
        {
            if (entry.IsReceive && book.Find(script.Bytes) is { Kind: OwnKind.Spendable } own) yield return new ReceiveAddress(script.Bytes, entry.Label, IsOwn(contents, own));
        }
    }

    /// <summary>The newest that the wallet made itself; where it made none, the newest of all. Null where it has none.</summary>
    internal static ReceiveAddress? Newest(IReadOnlyList<ReceiveAddress> addresses) =>
        addresses.LastOrDefault(address => address.IsOwn) ?? (addresses.Count > 0 ? addresses[^1] : null);

    /// <summary>Where there is a tree of keys, a key by itself was imported; else the wallet is of the first version, and made its keys one by one.</summary>
    private static bool IsOwn(WalletContents contents, OwnScript own) =>
        own.Descriptor is { } descriptor ? descriptor.IsActive : own.Place is not null || contents.SeedId is null;
}
