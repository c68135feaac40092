using System.Net.Sockets;
using Chain.Node;
using Chain.Node.Rpc;
using Chain.State.Storage;
using Chain.Tests.Node.Kit;

namespace Chain.Tests.Node;

/// <summary>What machines and nodes say when they fail: each with its cause and the next step.</summary>
public sealed class FailuresTests
{
    public static TheoryData<Exception, int, string, string> Failures => new()
    {
        { new UnauthorizedAccessException("Access to the path '/x' is denied."), 1, "Access to the path '/x' is denied.", "call the command as the user to whom they belong" },
        { new IOException("No space left on device : '/x'", 28), 1, "The disk is full: No space left on device", "Make room" },
        { new IOException("Disk quota exceeded", 122), 1, "The disk is full", "Make room" },
        { new IOException("Read-only file system : '/x'", 30), 1, "Read-only file system", "name another folder with --datadir" },
        { new IOException("Too many open files", 24), 1, "Too many open files", "ulimit -n" },
        { new FileNotFoundException("Could not find file '/x'."), 1, "Could not find file '/x'.", "mistyped name" },
        { new IOException("something"), 1, "something.", "chain doctor" },
        { new OutputException(28), 1, "could not be written to stdout: No space left on device.", "what the command changed is done" },
        { new SocketException((int)SocketError.AddressAlreadyInUse), 1, "", "choose another port with --port" },
        { new SocketException((int)SocketError.ConnectionRefused), 1, "", "start the node" },
        { new SocketException((int)SocketError.AccessDenied), 1, "", "Ports below 1024" },
        { new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused (127.0.0.1:13000)"), 1, "Connection refused (127.0.0.1:13000).", "'chain startnode' runs it again" },
        { new HttpRequestException(HttpRequestError.ResponseEnded, "The response ended prematurely."), 1, "The node does not answer any more", "look before you ask again" },
        { new DatabaseException("The database x cannot be written.") { IsReadOnly = true }, 1, "The database x cannot be written.", "name another folder with --datadir" },
        { new RpcException(RpcErrorCode.MethodNotFound, "Method not found"), 1, "Method not found.", "chain rpc help" },
        { new OutputException(32), 141, "", "" },
        { new OperationCanceledException(), 130, "", "" },
        { CommandException.Interrupted("2 of 3 blocks were mined.", isTerminated: true), 143, "It was ended before it was done. 2 of 3 blocks were mined.", "" },
        { CommandException.Interrupted(null, isTerminated: false), 130, "", "" },
        { CommandException.TimedOut(TimeSpan.FromSeconds(2), "2 of 3 blocks were mined."), 124, "longer than the 2 s of --timeout. 2 of 3 blocks were mined.", "" },
    };

    [Theory]
    [MemberData(nameof(Failures), DisableDiscoveryEnumeration = true)]
    public void Failure_SaysCauseAndNextStep(Exception failure, int status, string cause, string next)
    {
        var (message, given) = Chain.Node.Commands.Failures.Explain(failure);
        Assert.Equal(status, given);
        Assert.Contains(cause, message, StringComparison.Ordinal);
        Assert.Contains(next, message, StringComparison.Ordinal);
        if (cause.Length == 0 && next.Length == 0) Assert.Equal("", message);
    }

    /// <summary>A full disk and a damaged or locked database, as SQLite itself reports them.</summary>
    [Fact]
    public void Database_DamagedOrLocked_SaysWhatToDo()
    {
        using var folder = new DataFolder();
        var damaged = Assert.Throws<DatabaseException>(() => ChainDatabase.FindFact(folder.Write("damaged.db", "this is no database, and never was one\n"), "x"));
        Assert.Contains("is damaged", damaged.Message, StringComparison.Ordinal);
        Assert.Contains("Move it away and let the node fetch the chain again", Chain.Node.Commands.Failures.Explain(damaged).Message, StringComparison.Ordinal);
        var path = folder.PathOf("locked.db");
        using var first = SqliteDatabase.Open(path);
        first.Execute("CREATE TABLE t (x)");
        first.Execute("BEGIN EXCLUSIVE");
        using var second = SqliteDatabase.Open(path);
        second.Execute("PRAGMA busy_timeout = 0");
        var locked = Assert.Throws<DatabaseException>(() => second.Execute("INSERT INTO t VALUES (1)"));
        Assert.Contains("is in use by another program. Close it and try again.", Chain.Node.Commands.Failures.Explain(locked).Message, StringComparison.Ordinal);
        first.Execute("PRAGMA max_page_count = 2");
        var full = Assert.Throws<DatabaseException>(() => first.Execute("INSERT INTO t VALUES (zeroblob(100000))"));
        Assert.Contains("The disk is full", Chain.Node.Commands.Failures.Explain(full).Message, StringComparison.Ordinal);
    }
}
