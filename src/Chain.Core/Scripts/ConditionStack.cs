namespace Chain.Core.Scripts;

/// <summary>
/// The branches that execution stands in. Only how many there are and where the first untaken one lies decides anything, so
/// nested conditions cost the same at any depth; a list that is searched at every operation was a way to stall nodes.
/// </summary>
internal struct ConditionStack
{
    private const int NoneFalse = -1;

    private int _size;
    private int _firstFalse;

    public ConditionStack() => _firstFalse = NoneFalse;

    public readonly bool IsEmpty => _size == 0;

    /// <summary>True where all branches are taken, so that operations are executed.</summary>
    public readonly bool AreAllTrue => _firstFalse == NoneFalse;

    public void Push(bool taken)
    {
        if (_firstFalse == NoneFalse && !taken) _firstFalse = _size;
        _size++;
    }

    public void Pop()
    {
        _size--;
        if (_firstFalse == _size) _firstFalse = NoneFalse;
    }

    /// <summary>OP_ELSE: takes the innermost branch where it was not taken, and the other way round.</summary>
    public void ToggleTop()
    {
        // Below an untaken branch nothing is executed whatever the top says.
        if (_firstFalse == NoneFalse) _firstFalse = _size - 1;
        else if (_firstFalse == _size - 1) _firstFalse = NoneFalse;
    }
}
