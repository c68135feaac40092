using Chain.Core.Primitives;
using Chain.Node.Rpc;
using Chain.Node.Wallet;

namespace Chain.Node.Commands;

/// <summary>Labels of the node's wallet as names that stand for addresses.</summary>
internal static class Nicknames
{
    /// <summary>The address that a text is or, where it is none, that has it as its label; throws what is wrong with it. The folder need not hold a chain yet.</summary>
    public static Address Resolve(NodeSettings settings, string text, AddressFormat format) =>
        Address.TryParse(text, format, out var address) == AddressError.None ? address : Find(settings, text, format) ?? ChainFolder.ParseAddress(text, format, orLabel: true);

    /// <summary>
    /// The one address under a label of the default wallet; null where there is no such label, or no wallet that reads. Throws where
    /// several addresses have it, since a guess might pay the wrong one.
    /// </summary>
    public static Address? Find(NodeSettings settings, string label, AddressFormat format)
    {
        if (label.Length == 0 || !File.Exists(settings.CommandWalletPath)) return null;
        IReadOnlyList<Address> addresses;
        try
        {
            using var wallet = KeyStore.Load(settings.CommandWalletPath);
            addresses = wallet.AddressesOf(label, format);
        }
        catch (WalletException)
        {
            // What is wrong with the wallet is told where it is needed.
            return null;
        }

        return addresses is [] ? null
            : addresses is [var only] ? only
            : throw CommandException.FromRpc(RpcErrorCode.InvalidAddressOrKey, $"Several addresses have the label '{label}': {string.Join(", ", addresses)}. Name one of them.");
    }
}
