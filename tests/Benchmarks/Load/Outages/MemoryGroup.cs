using System.Globalization;
using System.Text.RegularExpressions;

namespace SentryOtel.Benchmarks.Load.Outages;

/// <summary>A container's memory limit: a control group of its own, where the machine lets one be made.</summary>
internal sealed class MemoryGroup : IDisposable
{
    private const string Root = "/sys/fs/cgroup";

    private readonly string _folder;
    private readonly bool _isOld;

    private MemoryGroup(string folder, bool isOld)
    {
        _folder = folder;
        _isOld = isOld;
    }

    /// <summary>A process writes its id here to join.</summary>
    public string Members => Path.Combine(_folder, "cgroup.procs");

    /// <summary>The most that its processes held at a time: their memory, and pages of files that were read for them.</summary>
    public double PeakMiB => double.Parse(Read("memory.max_usage_in_bytes", "memory.peak"), CultureInfo.InvariantCulture) / (1024 * 1024);

    /// <summary>Processes that the kernel killed because the limit was reached.</summary>
    public int Kills => Regex.Match(Read("memory.oom_control", "memory.events"), @"^oom_kill (\d+)", RegexOptions.Multiline) is { Success: true } match
        ? int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)
        : 0;

    /// <summary>Null when this machine does not allow it.</summary>
    public static MemoryGroup? TryCreate(int mib)
    {
        // Version 1 has a tree for each resource, version 2 one for all.
        var own = File.ReadLines("/proc/self/cgroup").Select(line => line.Split(':', 3)).FirstOrDefault(parts => parts[1] == "memory");
        var parent = own is null ? Root : $"{Root}/memory{own[2]}";
        var group = new MemoryGroup(Path.Combine(parent, $"bench-{Environment.ProcessId}"), own is not null);
        try
        {
            Directory.CreateDirectory(group._folder);
            File.WriteAllText(Path.Combine(group._folder, own is null ? "memory.max" : "memory.limit_in_bytes"), (mib * 1024L * 1024).ToString(CultureInfo.InvariantCulture));
            return group;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Its processes must have ended.</summary>
    public void Dispose() => Directory.Delete(_folder);

    private string Read(string old, string current) => File.ReadAllText(Path.Combine(_folder, _isOld ? old : current));
}
