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

    private static bool IsUnknownTaproot(NodeWallet wallet, ReadOnlyMemory<byte> script) =>
        WitnessProgram.Find(script) is { IsTaproot: true } program && wallet.Book.FindTaproot(program.Program.Span) is null;

    /// <summary>The script whose hash a P2WSH program is.</summary>
    internal static ReadOnlyMemory<byte>? FindWitnessScript(NodeWallet wallet, ReadOnlyMemory<byte> program)
    {
        Span<byte> hash = stackalloc byte[Hash160.Size];
        Ripemd160.Hash(program.Span, hash);
        return wallet.Book.FindRedeemScript(new Hash160(hash));
    }
}
