namespace Chain.Node.Rpc;

/// <summary>All methods of wallets.</summary>
internal static class WalletGroups
{
    /// <summary>The methods under their heading in help.</summary>
    internal static RpcGroup[] All =>
    [
        new("Wallet", () => WalletCoinMethods.All),
        new("Wallet", () => WalletMethods.All),
        new("Wallet", () => WalletPassphraseMethods.All),
        new("Wallet", () => WalletMasterMethods.All),
        new("Wallet", () => WalletAddressMethods.All),
        new("Wallet", () => WalletNicknameMethods.All),
        new("Wallet", () => WalletImportMethods.All),
        new("Wallet", () => WalletDescriptorMethods.All),
        new("Wallet", () => WalletMultiImportMethods.All),
        new("Wallet", () => WalletHistoryMethods.All),
        new("Wallet", () => WalletReceivedMethods.All),
        new("Wallet", () => WalletPayMethods.All),
        new("Wallet", () => WalletSendMethods.All),
        new("Wallet", () => WalletSendAnyMethods.All),
        new("Wallet", () => WalletFundMethods.All),
        new("Wallet", () => WalletBumpMethods.All),
        new("Wallet", () => WalletPsbtMethods.All),
        new("Wallet", () => WalletSimulationMethods.All),
    ];
}
