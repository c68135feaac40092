using System.Net.Sockets;
using Chain.State.Storage;

namespace Chain.Node.Commands;

/// <summary>What disks, files and connections say when they fail, with what to do about it.</summary>
internal static class SystemFailures
{
    /// <summary>Error numbers of Linux and macOS, and Windows' HRESULTs.</summary>
    private const int NoSpace = 28, ReadOnlyFileSystem = 30, TooManyFiles = 24, QuotaOnLinux = 122, QuotaOnMac = 69;
    private const int DiskFullOnWindows = unchecked((int)0x80070070), InUseOnWindows = unchecked((int)0x80070020);

    private const string Permission = "Look at the owner and the mode of the file and its folder, call the command as the user to whom they belong, or name another folder with --datadir.";

    /// <summary>What happened, and the next step.</summary>
    public static string Explain(Exception exception) => exception switch
    {
        DatabaseException { IsReadOnly: true } e => $"{Sentence(e)} {Permission}",
        DatabaseException e => e.Message,
        OutputException e => $"What there is to show could not be written to stdout: {Sentence(e)} Make room there, or send it elsewhere; what the command changed is done.",
        HttpRequestException { HttpRequestError: HttpRequestError.ConnectionError } e => $"{Sentence(e)} The node has ended since it was asked first. 'chain startnode' runs it again; its log says why it ended.",
        HttpRequestException e => $"The node does not answer any more: {Sentence(e)} What it was asked may be done all the same: look before you ask again. Its log says more, and so does 'chain doctor'.",
        SocketException { SocketErrorCode: SocketError.AddressAlreadyInUse } e => $"{Sentence(e)} Another program has that port, or another node: stop it, or choose another port with --port and --http-port.",
        SocketException { SocketErrorCode: SocketError.AccessDenied } e => $"{Sentence(e)} Ports below 1024 are for the administrator alone: choose another with --port and --http-port.",
        SocketException { SocketErrorCode: SocketError.ConnectionRefused } e => $"{Sentence(e)} Nobody listens there: start the node, or name another place.",
        SocketException e => $"{Sentence(e)} 'chain doctor' looks for what is wrong here.",
        UnauthorizedAccessException e => $"{Sentence(e)} {Permission}",
        FileNotFoundException or DirectoryNotFoundException => $"{Sentence(exception)} Look for a mistyped name; a name without a / is looked for in the current folder.",
        IOException { HResult: NoSpace or QuotaOnLinux or QuotaOnMac or DiskFullOnWindows } e => $"The disk is full: {Sentence(e)} Make room, or name a folder on another disk with --datadir; what was there before is whole.",
        IOException { HResult: ReadOnlyFileSystem } e => $"{Sentence(e)} It lies on a file system that can only be read: name another folder with --datadir.",
        IOException { HResult: TooManyFiles } e => $"{Sentence(e)} 'ulimit -n 4096' lets more files be open.",
        IOException { HResult: InUseOnWindows } e => $"{Sentence(e)} Another program has it open: close that, and try again.",
        _ => $"{Sentence(exception)} 'chain doctor' looks for what is wrong here; -v tells where it comes from.",
    };

    private static string Sentence(Exception exception) => exception.Message.TrimEnd() is var text && text.EndsWith('.') ? text : text + ".";
}
