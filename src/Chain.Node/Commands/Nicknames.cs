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
        var (found, problem) = await FindAsync(client, text, cancellationToken).ConfigureAwait(false);
        return Parse(found, problem, text, format);
    }

    /// <summary>The same of the wallet's file, for a node that does not run yet and may have no chain.</summary>
    public static Address ResolveInFile(NodeSettings settings, string text, ChainParams p)
    {
        if (Address.TryParse(text, p.AddressFormat, out var address) == AddressError.None) return address;
        var (found, problem) = FindInFile(settings, text, p);
        if (found.Count > 1) throw CommandException.FromRpc(RpcErrorCode.InvalidAddressOrKey, WalletNicknameMethods.Ambiguous(text, found.Select(one => one.ToString())));
        return found is [var only] ? only : Parse(null, problem, text, p.AddressFormat);
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

    private static Address Parse(string? found, string? problem, string text, AddressFormat format)
    {
        if (problem is null) return ChainFolder.ParseAddress(found ?? text, format, orLabel: true);
        var error = Address.TryParse(text, format, out _);
        throw CommandException.FromRpc(RpcErrorCode.InvalidAddressOrKey, $"{AddressText.Explain(text, error)} If it is a label, the wallet could not be asked for it: {problem.TrimEnd('.')}.");
    }

    /// <summary>The address with a label, or why the wallet could not be asked; neither where it has none.</summary>
    private static async Task<(string? Address, string? Problem)> FindAsync(INodeClient client, string label, CancellationToken cancellationToken)
    {
        if (label.Length == 0) return default;
        try
        {
            return ((await client.GetAsync("resolvelabel", cancellationToken, label).ConfigureAwait(false)).GetValue<string>(), null);
        }
        catch (RpcException e) when (e.Code is RpcErrorCode.WalletInvalidLabelName or RpcErrorCode.WalletNotFound)
        {
            return default;
        }
        catch (RpcException e) when (e.Code != RpcErrorCode.InvalidAddressOrKey)
        {
            return (null, e.Message);
        }
    }

    private static (IReadOnlyList<Address> Addresses, string? Problem) FindInFile(NodeSettings settings, string label, ChainParams p)
    {
        if (label.Length == 0 || !File.Exists(settings.CommandWalletPath)) return ([], null);
        try
        {
            using var wallet = KeyStore.Load(settings.CommandWalletPath);
            return (wallet.AddressesOf(label, p), null);
        }
        catch (WalletException e)
        {
            return ([], e.Message);
        }
    }
}
