using Chain.Core.Consensus;
using Chain.Core.Primitives;

namespace Chain.Node.Commands;

/// <summary>What the commands about wallets share.</summary>
internal static class WalletCommands
{
    /// <summary>How addresses are written here: as the chain does, or as private chains do where there is none yet.</summary>
    public static AddressFormat AddressFormat(NodeSettings settings) =>
        ChainFolder.FindParams(settings)?.AddressFormat ?? Profiles.PrivateAddressFormat;
}
