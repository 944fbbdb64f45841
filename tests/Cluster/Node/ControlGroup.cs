using System.Globalization;

namespace SentryOtel.Cluster;

/// <summary>The control group of a node's pods, in every hierarchy of the machine. Named by the process that made it, so that the next one can delete what a killed one left.</summary>
internal sealed class ControlGroup
{
    private const string Prefix = "sentry-otel-node-";

    private ControlGroup(string name)
    {
        Name = name;
        Folders = [.. Hierarchies(isEvery: true).Select(hierarchy => Path.Combine(hierarchy, name))];
    }

    /// <summary>The name, below the root of each hierarchy.</summary>
    public string Name { get; }

    /// <summary>Its folder in each hierarchy.</summary>
    public IReadOnlyList<string> Folders { get; }

    public static ControlGroup OfThisProcess() => new(string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}"));

    /// <summary>Makes the groups, and deletes those of processes that are no more.</summary>
    public void Create()
    {
        foreach (var folder in Hierarchies(isEvery: true).SelectMany(static hierarchy => Directory.EnumerateDirectories(hierarchy, Prefix + "*")).ToList())
        {
            if (!Directory.Exists("/proc/" + folder[(folder.LastIndexOf('-') + 1)..]))
            {
                Delete(folder);
            }
        }

        foreach (var hierarchy in Hierarchies(isEvery: false))
        {
            Directory.CreateDirectory(Path.Combine(hierarchy, Name));
        }
    }

    /// <summary>Deletes the groups; the kernel takes a moment to let go of the processes that were in them.</summary>
    public async Task DeleteAsync(TimeSpan within)
    {
        using var limit = new CancellationTokenSource(within);
        while (true)
        {
            try
            {
                foreach (var folder in Folders.Where(Directory.Exists))
                {
                    Delete(folder);
                }

                return;
            }
            catch (IOException) when (!limit.IsCancellationRequested)
            {
                await Task.Delay(50, CancellationToken.None);
            }
        }
    }

    // What is in a group are no files: only the folders go, the innermost first.
    private static void Delete(string folder)
    {
        foreach (var inner in Directory.EnumerateDirectories(folder))
        {
            Delete(inner);
        }

        Directory.Delete(folder);
    }

    // Beside the old hierarchies there may be the new one without controllers: a kubelet wants nothing of it, but runc makes groups there.
    private static IEnumerable<string> Hierarchies(bool isEvery)
    {
        var mounts = File.ReadLines("/proc/mounts").Select(static line => line.Split(' ')).Select(static fields => (Path: fields[1], Type: fields[2])).ToList();
        var isOld = mounts.Any(static mount => mount.Type == "cgroup");
        return mounts.Where(mount => mount.Type == "cgroup" || (mount.Type == "cgroup2" && (isEvery || !isOld))).Select(static mount => mount.Path);
    }
}
