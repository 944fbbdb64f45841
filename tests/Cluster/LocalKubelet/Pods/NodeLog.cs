using System.Globalization;

namespace SentryOtel.Cluster.Pods;

/// <summary>What a node has done and could not do, in a file: the first place to look when a pod does not come up.</summary>
internal sealed class NodeLog(string path)
{
    private readonly Lock _gate = new();

    internal string Path { get; } = path;

    internal void Write(string message)
    {
        lock (_gate)
        {
            File.AppendAllText(Path, TimeProvider.System.GetUtcNow().ToString("HH:mm:ss.fff ", CultureInfo.InvariantCulture) + message + "\n");
        }
    }
}
