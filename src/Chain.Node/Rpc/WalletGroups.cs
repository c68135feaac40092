namespace Chain.Node.Rpc;

/// <summary>All methods of wallets.</summary>
internal static class WalletGroups
{
    /// <summary>The methods under their heading in help.</summary>
    internal static (string Category, IEnumerable<RpcMethod> Methods)[] All =>
    [
        ("Wallet", WalletMethods.All),
        ("Wallet", WalletPassphraseMethods.All),
        ("Wallet", WalletMasterMethods.All),
        ("Wallet", WalletAddressMethods.All),
        ("Wallet", WalletNicknameMethods.All),
        ("Wallet", WalletImportMethods.All),
        ("Wallet", WalletDescriptorMethods.All),
        ("Wallet", WalletMultiImportMethods.All),
        ("Wallet", WalletCoinMethods.All),
        ("Wallet", WalletHistoryMethods.All),
        ("Wallet", WalletReceivedMethods.All),
        ("Wallet", WalletPayMethods.All),
        ("Wallet", WalletSendMethods.All),
        ("Wallet", WalletSendAnyMethods.All),
        ("Wallet", WalletFundMethods.All),
        ("Wallet", WalletBumpMethods.All),
        ("Wallet", WalletPsbtMethods.All),
        ("Wallet", WalletSimulationMethods.All),
    ];
}
