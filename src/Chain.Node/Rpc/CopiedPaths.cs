using Chain.Node.Wallet;
using Chain.State.Storage;

namespace Chain.Node.Rpc;

/// <summary>A folder of copies that nobody knows of: what fails there is told of the files that were copied.</summary>
internal sealed record CopiedPaths(string Original, string Folder)
{
    /// <summary>The same failure, which names the original's path; null where it does not name the copy's, or is of another kind.</summary>
    public Exception? Translate(Exception failure)
    {
        if (!failure.Message.Contains(Folder, StringComparison.Ordinal)) return null;
        var message = failure.Message.Replace(Folder, Original, StringComparison.Ordinal);
        return failure switch
        {
            RpcException rpc => new RpcException(rpc.Code, message) { HttpStatus = rpc.HttpStatus },
            DamagedCoinsException => new DamagedCoinsException(message, failure),
            DatabaseException database => new DatabaseException(message, failure) { IsReadOnly = database.IsReadOnly, IsDamage = database.IsDamage },
            WalletException wallet => new WalletException(wallet.Error, message, failure),
            CommandException command => command.WithMessage(message),
            _ => null,
        };
    }
}
