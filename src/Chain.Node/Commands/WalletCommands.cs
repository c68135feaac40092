using Chain.Core.Consensus;

namespace Chain.Node.Commands;

/// <summary>What the commands about wallets share.</summary>
internal static class WalletCommands
{
    /// <summary>The byte that addresses begin with here: the chain's, or a private chain's where there is none yet.</summary>
    public static byte AddressVersion(NodeSettings settings) =>
        ChainFolder.FindParams(settings)?.AddressVersion ?? Profiles.PrivateAddressVersion;
}
