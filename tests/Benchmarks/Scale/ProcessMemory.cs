using System.Globalization;

namespace SentryOtel.Benchmarks.Scale;

/// <summary>What Linux counts of a process's memory.</summary>
/// <param name="ResidentMiB">Now.</param>
/// <param name="PeakMiB">At most so far.</param>
internal readonly record struct ProcessMemory(double ResidentMiB, double PeakMiB)
{
    public static ProcessMemory Of(int process)
    {
        var lines = File.ReadAllLines($"/proc/{process}/status");
        return new ProcessMemory(Field(lines, "VmRSS:"), Field(lines, "VmHWM:"));
    }

    private static double Field(IEnumerable<string> lines, string name) =>
        double.Parse(lines.First(line => line.StartsWith(name, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) / 1024;
}
