using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.Node.Rpc;
using Chain.Node.Wallet;

namespace Chain.Node.Commands;

/// <summary>Labels of the node's wallet as names that stand for addresses.</summary>
internal static class Nicknames
{
    /// <summary>
    /// The address that a text is or, where it is none, that the node's wallet has under it as its label; throws what is wrong with
    /// it, or the several addresses that have the label.
    /// </summary>
    public static async Task<Address> ResolveAsync(INodeClient client, string text, AddressFormat format, CancellationToken cancellationToken)
    {
        if (Address.TryParse(text, format, out var address) == AddressError.None) return address;
        return ChainFolder.ParseAddress(await FindAsync(client, text, cancellationToken).ConfigureAwait(false) ?? text, format, orLabel: true);
    }

    /// <summary>The same of the wallet's file, for a node that does not run yet and may have no chain.</summary>
    public static Address ResolveInFile(NodeSettings settings, string text, ChainParams p)
    {
        if (Address.TryParse(text, p.AddressFormat, out var address) == AddressError.None) return address;
        var found = FindInFile(settings, text, p);
        if (found.Count > 1) throw CommandException.FromRpc(RpcErrorCode.InvalidAddressOrKey, WalletNicknameMethods.Ambiguous(text, found.Select(one => one.ToString())));
        return found is [var only] ? only : ChainFolder.ParseAddress(text, p.AddressFormat, orLabel: true);
    }

    /// <summary>Fails where another address has a name already: it would stand for neither.</summary>
    public static async Task RequireFreeAsync(INodeClient client, string label, string? address, CancellationToken cancellationToken)
    {
        if (label.Length == 0) return;
        try
        {
            var taken = (await client.GetAsync("getaddressesbylabel", cancellationToken, label).ConfigureAwait(false)).AsObject();
            if (address is not null && taken.ContainsKey(address)) return;
            throw CommandException.FromRpc(
                RpcErrorCode.WalletInvalidLabelName,
                $"'{label}' is the name of {string.Join(", ", taken.Select(pair => pair.Key))}, and nothing was changed. Choose another name, or take that one away first: chain wallet label {taken.First().Key} \"\"");
        }
        catch (RpcException e) when (e.Code == RpcErrorCode.WalletInvalidLabelName)
        {
            // Nobody has it.
        }
    }

    private static async Task<string?> FindAsync(INodeClient client, string label, CancellationToken cancellationToken)
    {
        if (label.Length == 0) return null;
        try
        {
            return (await client.GetAsync("resolvelabel", cancellationToken, label).ConfigureAwait(false)).GetValue<string>();
        }
        catch (RpcException e) when (e.Code != RpcErrorCode.InvalidAddressOrKey)
        {
            // No such label, or no wallet that reads: what is wrong with the wallet is told where it is needed.
            return null;
        }
    }

    private static IReadOnlyList<Address> FindInFile(NodeSettings settings, string label, ChainParams p)
    {
        if (label.Length == 0 || !File.Exists(settings.CommandWalletPath)) return [];
        try
        {
            using var wallet = KeyStore.Load(settings.CommandWalletPath);
            return wallet.AddressesOf(label, p);
        }
        catch (WalletException)
        {
            return [];
        }
    }
}
