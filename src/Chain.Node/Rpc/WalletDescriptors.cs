using System.Globalization;
using Chain.Core.Consensus;
using Chain.Core.Cryptography;
using Chain.Core.Descriptors;
using Chain.Core.Scripts;
using Chain.Node.Wallet;

namespace Chain.Node.Rpc;

/// <summary>Describes how a wallet's script is unlocked: its descriptor, with the origin of keys and a checksum.</summary>
internal static class WalletDescriptors
{
    /// <summary>The descriptor of a locking script; null where the wallet does not know its keys.</summary>
    internal static string? Find(NodeWallet wallet, LoadedChain chain, ReadOnlyMemory<byte> script) =>
        IsUnknownTaproot(wallet, script) || DescriptorInference.Infer(script, chain.Params.AddressFormat, wallet.SigningSource) is not { IsSolvable: true } descriptor
            ? null
            : descriptor.ToString();

    /// <summary>The descriptor that a script of a wallet of descriptors comes from; null for any other.</summary>
    internal static string? FindParent(NodeWallet wallet, ChainParams p, OwnScript? own)
    {
        if (!wallet.IsOfDescriptors) return null;
        if (own?.Descriptor is { } descriptor) return descriptor.Text;
        return own?.Place is { } place ? Text(wallet, p, wallet.Contents.Accounts.Single(account => account.Type == place.Type), place.IsChange) : null;
    }

    /// <summary>The descriptor of an account's chain, as its public key below the master key's fingerprint.</summary>
    internal static string Text(NodeWallet wallet, ChainParams p, HdAccount account, bool isChange)
    {
        var origin = string.Create(CultureInfo.InvariantCulture, $"[{wallet.MasterFingerprint:x8}/{Path(account.Type)}]");
        return Write(account.Type, $"{origin}{account.Node.ToText(FormatOf(p).PublicVersion)}/{(isChange ? 1 : 0)}/*");
    }

    /// <summary>The same with the master private key; the wallet must be unlocked.</summary>
    internal static string PrivateText(NodeWallet wallet, ChainParams p, AddressType type, bool isChange) =>
        Write(type, $"{wallet.Storage.Secrets!.Master()!.ToText(FormatOf(p).PrivateVersion)}/{Path(type)}/{(isChange ? 1 : 0)}/*");

    /// <summary>The script whose hash a P2WSH program is.</summary>
    internal static ReadOnlyMemory<byte>? FindWitnessScript(NodeWallet wallet, ReadOnlyMemory<byte> program)
    {
        Span<byte> hash = stackalloc byte[Hash160.Size];
        Ripemd160.Hash(program.Span, hash);
        return wallet.Book.FindRedeemScript(new Hash160(hash));
    }

    private static DescriptorFormat FormatOf(ChainParams p) => DescriptorFormat.Of(p.AddressFormat, p.WifVersion);

    private static string Path(AddressType type) => $"{type.Purpose()}h/{HdAccount.CoinType}h/0h";

    private static string Write(AddressType type, string key) => DescriptorChecksum.Append(type switch
    {
        AddressType.Legacy => $"pkh({key})",
        AddressType.P2shSegwit => $"sh(wpkh({key}))",
        AddressType.Bech32 => $"wpkh({key})",
        _ => $"tr({key})",
    });

    private static bool IsUnknownTaproot(NodeWallet wallet, ReadOnlyMemory<byte> script) =>
        WitnessProgram.Find(script) is { IsTaproot: true } program && wallet.Book.FindTaproot(program.Program.Span) is null;
}
