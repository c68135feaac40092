using Chain.Core.Consensus;
using Chain.Core.Primitives;
using Chain.State.Storage;

namespace Chain.Node.Commands;

/// <summary>What the commands about wallets share.</summary>
internal static class WalletCommands
{
    /// <summary>How addresses are written here: as the chain does, or as private chains do where there is none yet.</summary>
    public static AddressFormat AddressFormat(NodeSettings settings) => FindParams(settings)?.AddressFormat ?? Profiles.PrivateAddressFormat;

    /// <summary>Of the database; where that is damaged, of the file beside it that says the same.</summary>
    private static ChainParams? FindParams(NodeSettings settings)
    {
        try
        {
            return ChainFolder.FindParams(settings);
        }
        catch (DatabaseException) when (File.Exists(settings.GenesisPath))
        {
            return ChainFolder.ReadGenesis(settings.GenesisPath);
        }
    }
}
