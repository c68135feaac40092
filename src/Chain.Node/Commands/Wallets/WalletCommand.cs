using System.CommandLine;

namespace Chain.Node.Commands.Wallets;

/// <summary><c>chain wallet</c>: looks after a wallet: its keys, names, secrets and copies.</summary>
internal static class WalletCommand
{
    public static Command Create(CommandConsole console) => new(
        "wallet",
        """
        Look after the node's wallet. --wallet NAME means another one than its own.

        Examples:
          chain wallet info                     what it has, and how it is protected
          chain wallet label ADDRESS bob        from now on 'bob' stands for the address
          chain wallet backup copy.dat          a copy from which it can be restored
        """)
    {
        WalletInfoCommand.Create(console),
        WalletHistoryCommand.Create(console),
        WalletLabelCommand.Create(console),
        WalletWatchCommand.Create(console),
        WalletBackupCommand.Create(console),
        WalletRestoreCommand.Create(console),
        WalletExportCommand.Create(console),
        WalletImportCommand.Create(console),
        WalletEncryptCommand.Create(console),
        WalletUnlockCommand.Create(console),
        WalletLockCommand.Create(console),
        WalletPassphraseCommand.Create(console),
        WalletSignCommand.Create(console),
        WalletVerifyCommand.Create(console),
        WalletBumpCommand.Create(console),
        WalletRescanCommand.Create(console),
    };
}
