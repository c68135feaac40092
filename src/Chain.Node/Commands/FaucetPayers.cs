using Chain.Core.Primitives;
using Chain.Node.Commands.Wallets;
using Chain.Node.Rpc;

namespace Chain.Node.Commands;

/// <summary>An address of the wallet, with what it can spend now and in how many coins.</summary>
internal sealed record FaucetPayer(string Address, long Satoshis, int Coins);

/// <summary>
/// The addresses of the wallet that can give coins to another one: those that it is paid at, newest first, then those that hold its
/// change. <paramref name="Miner"/> is the one that more coins would be mined for.
/// </summary>
internal sealed record FaucetPayers(IReadOnlyList<FaucetPayer> All, FaucetPayer Miner)
{
    /// <summary>What all of them can spend now.</summary>
    public long Satoshis => All.Sum(payer => payer.Satoshis);

    /// <summary>How many coins that is.</summary>
    public int Coins => All.Sum(payer => payer.Coins);

    /// <summary>Reads them; null where the wallet is paid at no address but the one that gets the coins, or wallets are switched off.</summary>
    public static async Task<FaucetPayers?> ReadAsync(INodeClient client, Address to, CancellationToken cancellationToken)
    {
        var own = (await FindAddressesAsync(client, cancellationToken).ConfigureAwait(false)).Where(address => address.Address != to.ToString()).Reverse().ToList();
        if (own.Count == 0) return null;
        var coins = (await client.GetAsync("listunspent", cancellationToken, 0).ConfigureAwait(false)).AsArray()
            .Where(coin => coin!["spendable"]!.GetValue<bool>() && coin["safe"]!.GetValue<bool>() && coin["address"] is { } address && address.GetValue<string>() != to.ToString())
            .ToLookup(coin => coin!["address"]!.GetValue<string>(), coin => RpcParams.AmountOf(coin!["amount"]).Satoshis);
        FaucetPayer Of(string address) => new(address, coins[address].Sum(), coins[address].Count());
        var receivers = own.Select(address => Of(address.Address)).ToList();
        var names = receivers.Select(payer => payer.Address).ToHashSet();
        var others = coins.Select(group => group.Key).Where(address => !names.Contains(address)).Select(Of);

        // The first of those that have most: where none has anything, the newest that the wallet made itself.
        var miner = receivers.Exists(payer => payer.Satoshis > 0) ? receivers.MaxBy(payer => payer.Satoshis)! : Of(own.FirstOrDefault(address => address.IsOwn, own[0]).Address);
        return new FaucetPayers([.. receivers, .. others], miner);
    }

    private static async Task<IReadOnlyList<(string Address, bool IsOwn)>> FindAddressesAsync(INodeClient client, CancellationToken cancellationToken)
    {
        try
        {
            return await WalletAccess.AddressesAsync(client, cancellationToken).ConfigureAwait(false);
        }
        catch (RpcException e) when (e.Code == RpcErrorCode.MethodNotFound)
        {
            return [];
        }
    }
}
