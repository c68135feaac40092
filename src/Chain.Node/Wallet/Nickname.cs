namespace Chain.Node.Wallet;

/// <summary>A label as a name that stands for an address.</summary>
internal static class Nickname
{
    /// <summary>
    /// The locking scripts of the addresses that have a label. An import labels all forms of a key, as Core's does: they are one
    /// address to people, the one of the usual type.
    /// </summary>
    internal static IReadOnlyList<ReadOnlyMemory<byte>> Find(WalletContents contents, KeyBook book, string label, AddressType usual)
    {
        var scripts = contents.Book.Where(pair => pair.Value.Label == label).Select(pair => pair.Key.Bytes).ToList();
        if (scripts.Count < 2 || scripts.Select(script => book.Find(script)?.Key).Distinct().ToList() is not [not null]) return scripts;
        var form = scripts.FindIndex(script => AddressTypes.OfScript(script) == usual);
        return [scripts[Math.Max(0, form)]];
    }
}
