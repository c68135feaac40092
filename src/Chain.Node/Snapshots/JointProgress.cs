namespace Chain.Node.Snapshots;

/// <summary>How far work of several parts is, each of which tells on a thread of its own: told by one at a time, and never less than before.</summary>
internal sealed class JointProgress(int count, Action<double> tell)
{
    private readonly Lock _lock = new();
    private readonly double[] _parts = new double[count];

    /// <summary>A part is so far, from 0 to 1.</summary>
    public void Tell(int part, double progress)
    {
        lock (_lock)
        {
            if (progress <= _parts[part]) return;
            _parts[part] = progress;
            tell(_parts.Average());
        }
    }
}
