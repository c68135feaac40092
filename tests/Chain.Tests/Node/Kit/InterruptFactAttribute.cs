using System.Globalization;

namespace Chain.Tests.Node.Kit;

/// <summary>A test that sends SIGINT: skipped where this process was started with it ignored, as shells start background jobs.</summary>
public sealed class InterruptFactAttribute : FactAttribute
{
    private const ulong SigintBit = 1 << 1;

    public InterruptFactAttribute()
    {
        if (IsIgnored()) Skip = "SIGINT is ignored here, and with it in every process that the test starts.";
    }

    private static bool IsIgnored()
    {
        if (!OperatingSystem.IsLinux()) return false;
        var mask = File.ReadLines("/proc/self/status").First(line => line.StartsWith("SigIgn:", StringComparison.Ordinal)).Split('\t')[1];
        return (ulong.Parse(mask, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture) & SigintBit) != 0;
    }
}
