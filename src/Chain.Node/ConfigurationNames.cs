using Chain.Node.Explorer;
using Chain.Node.Rpc;
using Chain.Node.Wallet;

namespace Chain.Node;

/// <summary>All names that a configuration may hold, whoever reads them.</summary>
public static class ConfigurationNames
{
    /// <summary>The names.</summary>
    public static IReadOnlyList<string> All { get; } =
        [.. RpcAccess.Names, .. NetworkConfiguration.Names, .. GeneralConfiguration.Names, .. PoolConfiguration.Names, .. WalletSettings.Names, .. ExplorerSettings.Names];
}
