using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace SentryOtel.Gateway.Telemetry;

/// <summary>The process as Prometheus' own clients name it. What the runtime tells of itself (collections, heap, threads) comes from its meter, <c>System.Runtime</c>.</summary>
internal static class ProcessMetrics
{
    /// <summary>The runtime's meter.</summary>
    public const string RuntimeMeter = "System.Runtime";

    private const string OpenFiles = "/proc/self/fd";

    public static void AddTo(Meter meter)
    {
        meter.CreateObservableCounter("process.cpu", static () => Read(static process => process.TotalProcessorTime.TotalSeconds), "s", "User and system time.");
        meter.CreateObservableGauge("process.resident_memory", static () => Environment.WorkingSet, "By", "Memory in use.");
        meter.CreateObservableGauge("process.threads", static () => Read(static process => process.Threads.Count), "{thread}", "Threads of the operating system.");
        meter.CreateObservableGauge(
            "process.start_time",
            static () => Read(static process => (process.StartTime.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds),
            "s",
            "Start of the process, seconds since 1970.");
        if (Directory.Exists(OpenFiles))
        {
            meter.CreateObservableGauge("process.open_fds", static () => Directory.EnumerateFileSystemEntries(OpenFiles).Count(), "{file}", "Open files and sockets.");
        }
    }

    private static T Read<T>(Func<Process, T> value)
    {
        using var process = Process.GetCurrentProcess();
        return value(process);
    }
}
