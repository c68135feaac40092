namespace Chain.Tests.Node.Kit;

/// <summary>A test that needs what only Linux has: skipped elsewhere.</summary>
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = "This needs /proc and /dev/full, which only Linux has.";
    }
}
