using System.Globalization;

namespace Chain.Benchmarks.Processes;

/// <summary>The most memory that a process has had resident so far (Linux: VmHWM).</summary>
public static class PeakMemory
{
    /// <summary>In MB of a million bytes.</summary>
    public static double Of(int processId)
    {
        var line = File.ReadLines($"/proc/{processId}/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return double.Parse(line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024 / 1e6;
    }
}
