namespace Chain.Tests.Kit;

/// <summary>Measures what a piece of code allocates, so that a claim about memory can be a test.</summary>
public static class Allocation
{
    /// <summary>The bytes that this thread allocates while it runs <paramref name="action"/>.</summary>
    public static long Of(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
