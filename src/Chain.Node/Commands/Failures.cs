using System.Net.Sockets;
using Chain.Node.Rpc;
using Chain.Node.Wallet;
using Chain.State.Storage;

namespace Chain.Node.Commands;

/// <summary>Turns what went wrong into one line for people and a status for scripts.</summary>
internal static class Failures
{
    private const int BugStatus = 70;

    /// <summary>The line and the status.</summary>
    public static (string Message, int Status) Explain(Exception exception) => exception switch
    {
        CommandException e => (e.Message, e.Status),
        WalletException e => (e.Message, CommandException.FromRpc(CodeOf(e.Error), e.Message).Status),
        RpcException { Code: RpcErrorCode.WalletNotFound } e => ($"{e.Message.TrimEnd('.')}. 'chain createwallet' makes the node's own, 'chain rpc listwallets' names further ones.", CommandException.FromRpc(e.Code, e.Message).Status),
        RpcException { Code: RpcErrorCode.WalletUnlockNeeded } => ("The wallet is encrypted and locked. 'chain wallet unlock' unlocks it for a while in a running node; a command that has --passphrase-file FILE needs no more than that.", RpcErrorCode.WalletUnlockNeeded * -1),
        RpcException { Code: RpcErrorCode.WalletWrongEncState } e when e.Message.Contains("running with an unencrypted wallet", StringComparison.Ordinal) =>
            ("This is an unencrypted wallet: it has no passphrase, and is never locked. 'chain wallet encrypt' gives it one.", CommandException.FromRpc(e.Code, e.Message).Status),
        RpcException { Code: RpcErrorCode.MethodNotFound } e => ($"{e.Message.TrimEnd('.')}. 'chain rpc help' lists the methods that there are.", CommandException.FromRpc(e.Code, e.Message).Status),
        RpcException e => (e.Message, CommandException.FromRpc(e.Code, e.Message).Status),
        DllNotFoundException e => (e.Message, CommandException.GeneralStatus),
        OperationCanceledException => ("", CommandException.InterruptedStatus),
        OutputException { IsClosed: true } => ("", CommandException.ClosedPipeStatus),
        DatabaseException or HttpRequestException or SocketException or IOException or UnauthorizedAccessException => (SystemFailures.Explain(exception), CommandException.GeneralStatus),
        _ => ($"This is a bug in chain: {exception.GetType().Name}: {exception.Message} Nothing was reported as done that was not.", BugStatus),
    };

    /// <summary>One line, whatever the message holds.</summary>
    public static string Line(string message) => "chain: " + message.ReplaceLineEndings(" ");

    private static int CodeOf(WalletError error) => error switch
    {
        WalletError.NotFound => RpcErrorCode.WalletNotFound,
        WalletError.PassphraseRequired => RpcErrorCode.WalletUnlockNeeded,
        WalletError.WrongPassphrase => RpcErrorCode.WalletPassphraseIncorrect,
        _ => RpcErrorCode.WalletError,
    };
}
