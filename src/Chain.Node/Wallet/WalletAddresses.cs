using System.Security.Cryptography;
using Chain.Core.Cryptography;

namespace Chain.Node.Wallet;

/// <summary>Makes a wallet's new addresses: of its tree of keys, or of descriptors that it was given for that.</summary>
internal sealed class WalletAddresses(NodeWallet wallet, LoadedChain chain)
{
    private WalletContents Contents => wallet.Contents;

    /// <summary>The type of addresses where nobody asks for another.</summary>
    internal AddressType DefaultType => wallet.Settings.ReceiveType ?? AddressTypes.UsualOn(chain.Params);

    /// <summary>Whether the wallet can make addresses at all.</summary>
    internal bool CanMake =>
        Contents.Descriptors.Exists(descriptor => descriptor.IsActive)
        || (wallet.HasPrivateKeys && (Contents.SeedId is not null || (Contents.Flags & WalletFlags.Blank) == 0));

    /// <summary>A new address of a type; null where that needs keys that the wallet cannot make now.</summary>
    internal byte[]? New(AddressType type, bool isChange, string? label)
    {
        if (Active(type, isChange) is null && !EnsureTree()) return null;
        byte[]? script = null;
        wallet.UpdateNames(contents =>
        {
            script = Active(type, isChange) is { } descriptor ? Take(descriptor) : Take(contents, type, isChange);
            if (label is not null && script is not null) contents.Book[new ScriptBytes(script)] = new BookEntry(label, IsReceive: true);
        });
        return script;
    }

    /// <summary>
    /// The next script for change, which stays the next one until a transaction uses it; null where the wallet can make none now.
    /// </summary>
    internal byte[]? PeekChange(AddressType type)
    {
        if (Active(type, isChange: true) is { } descriptor) return descriptor.NextScript?.ToArray();
        if (!EnsureTree()) return null;
        var account = Contents.Accounts.Single(a => a.Type == type);
        return type.ScriptFor(KeyBook.Derive(account, isChange: true, account.NextChange, out _));
    }

    /// <summary>
    /// The type of change that gives the least away: one that looks like what is paid (Core: TransactionChangeType). Where nobody
    /// is paid in such a form, the usual one.
    /// </summary>
    internal AddressType ChangeTypeFor(IEnumerable<ReadOnlyMemory<byte>> paid)
    {
        if (wallet.Settings.ChangeType is { } set) return set;
        if (DefaultType == AddressType.Legacy) return AddressType.Legacy;
        var types = paid.Select(AddressTypes.OfScript).ToHashSet();
        foreach (var type in AddressTypes.All.Reverse())
        {
            if (types.Contains(type) && CanMakeChange(type)) return type;
        }

        return CanMakeChange(DefaultType) ? DefaultType : AddressTypes.All.Reverse().FirstOrDefault(CanMakeChange, DefaultType);
    }

    /// <summary>Gives a wallet without a tree of keys one; false where it is locked, or may have none.</summary>
    internal bool EnsureTree()
    {
        if (Contents.SeedId is not null) return true;
        if (!wallet.HasPrivateKeys || (Contents.Flags & WalletFlags.Blank) != 0 || wallet.Storage.Secrets is null) return false;
        wallet.Update(contents => PlantTree(contents, wallet.Storage.Secrets!, wallet.Random), withSecrets: true);
        return true;
    }

    /// <summary>Makes a seed, and the accounts that follow from it.</summary>
    internal static void PlantTree(WalletContents contents, WalletSecrets secrets, RandomNumberGenerator random) => PlantTree(contents, secrets.CreateSeed(random));

    /// <summary>Makes the accounts that follow from a master key, which the secrets have taken over.</summary>
    internal static void PlantTree(WalletContents contents, ExtendedKey master)
    {
        contents.SeedId = master.PublicKey.Hash;
        contents.Accounts.Clear();
        foreach (var type in AddressTypes.All)
            contents.Accounts.Add(new HdAccount(type, (master.TryDerive(HdAccount.PathOf(type)) ?? throw new CryptographicException("The seed has no such account.")).Neuter()));
    }

    private bool CanMakeChange(AddressType type) => Active(type, isChange: true) is not null || Contents.SeedId is not null;

    private ImportedDescriptor? Active(AddressType type, bool isChange) =>
        Contents.Descriptors.Find(descriptor => descriptor.IsActive && descriptor.IsInternal == isChange && descriptor.Type == type);

    private static byte[]? Take(ImportedDescriptor descriptor)
    {
        var script = descriptor.NextScript?.ToArray();
        if (script is not null) descriptor.Next++;
        return script;
    }

    private static byte[] Take(WalletContents contents, AddressType type, bool isChange)
    {
        var account = contents.Accounts.Single(a => a.Type == type);
        var key = KeyBook.Derive(account, isChange, account.Next(isChange), out var used);
        account.SetNext(isChange, used + 1);
        return type.ScriptFor(key);
    }
}
