namespace Chain.State.Storage;

/// <summary>
/// Lets a transaction be written and committed on another thread while the owner of the connection goes on. Whatever touches
/// the connection calls <see cref="Settle"/> first, which waits for that thread, and brings the writes that were put off into
/// the transaction that runs.
/// </summary>
internal sealed class CommitBehind : IDisposable
{
    private const string BeginSql = "BEGIN IMMEDIATE";

    private readonly Action<string> _execute;
    private readonly Action _rollback;
    private List<Action> _deferred = [];
    private Task _commit = Task.CompletedTask;
    private Exception? _failure;
    private bool _isOpen, _hasBegun, _isSettling;
    private volatile int _committingThread;

    /// <summary>Takes what runs SQL on the connection, and what takes a transaction back.</summary>
    public CommitBehind(Action<string> execute, Action rollback)
    {
        _execute = execute;
        _rollback = rollback;
    }

    /// <summary>Whether a commit is under way.</summary>
    public bool IsCommitting => !_commit.IsCompleted;

    /// <summary>Done once the last commit is on disk.</summary>
    public Task Durable => _commit;

    /// <summary>Begins a transaction, which reaches the connection only with the first that touches it.</summary>
    public void Begin()
    {
        ThrowIfFailed();
        _isOpen = true;
        _hasBegun = false;
    }

    /// <summary>Puts a write off; false where no such transaction runs.</summary>
    public bool TryDefer(Action write)
    {
        if (!_isOpen) return false;
        _deferred.Add(write);
        return true;
    }

    /// <summary>Hands the transaction over to another thread, after the one before.</summary>
    public void Commit()
    {
        Wait();
        var (deferred, hasBegun) = (_deferred, _hasBegun);
        _deferred = [];
        _isOpen = false;
        _commit = Task.Run(() => Run(deferred, hasBegun));
    }

    /// <summary>The transaction failed: nothing of it may be written.</summary>
    public void Abandon()
    {
        _deferred.Clear();
        _isOpen = false;
        WaitForThread();
    }

    /// <summary>Makes the connection free for its owner.</summary>
    public void Settle()
    {
        if (_isSettling || _committingThread == Environment.CurrentManagedThreadId) return;
        Wait();
        if (!_isOpen || (_hasBegun && _deferred.Count == 0)) return;
        _isSettling = true;
        try
        {
            if (!_hasBegun) _execute(BeginSql);
            _hasBegun = true;
            foreach (var write in _deferred) write();
            _deferred.Clear();
        }
        finally
        {
            _isSettling = false;
        }
    }

    /// <summary>Waits for the thread, whatever came of it.</summary>
    public void Dispose() => Abandon();

    private void Wait()
    {
        WaitForThread();
        ThrowIfFailed();
    }

    /// <summary>Waits until nothing is committed behind, whether it failed or not.</summary>
    public void Rest()
    {
        if (_committingThread != Environment.CurrentManagedThreadId) WaitForThread();
    }

    private void WaitForThread()
    {
        if (_commit.IsCompleted) return;
        try
        {
            _commit.Wait();
        }
        catch (AggregateException)
        {
            // What kept the commit from the disk is remembered, and thrown from there.
        }
    }

    /// <summary>Throws what kept a commit from the disk.</summary>
    public void ThrowIfFailed()
    {
        if (_failure is { } failure) throw new DatabaseException(failure.Message, failure);
    }

    private void Run(List<Action> deferred, bool hasBegun)
    {
        _committingThread = Environment.CurrentManagedThreadId;
        try
        {
            if (!hasBegun) _execute(BeginSql);
            foreach (var write in deferred) write();
            _execute("COMMIT");
        }
        catch (Exception e)
        {
            _failure = e;
            _rollback();
            throw;
        }
        finally
        {
            _committingThread = 0;
        }
    }
}
