using System.Globalization;

namespace SentryOtel.Cluster;

/// <summary>
/// The temporary folder of one test cluster, deleted with it. Its name carries this process's id, so that the next cluster can
/// delete what a killed process left behind.
/// </summary>
internal sealed class ClusterFolder : IDisposable
{
    private const string Prefix = "sentry-otel-cluster-";

    internal ClusterFolder()
    {
        DeleteAbandoned();
        Path = Directory.CreateTempSubdirectory(string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Environment.ProcessId}-")).FullName;
    }

    /// <summary>The folder's absolute path.</summary>
    internal string Path { get; }

    /// <summary>The path of a file or folder inside.</summary>
    internal string this[string name] => System.IO.Path.Combine(Path, name);

    /// <summary>Deletes the folder and everything in it.</summary>
    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static void DeleteAbandoned()
    {
        foreach (var folder in Directory.EnumerateDirectories(System.IO.Path.GetTempPath(), Prefix + "*"))
        {
            var owner = folder[(folder.LastIndexOf(Prefix, StringComparison.Ordinal) + Prefix.Length)..].Split('-')[0];
            if (!Directory.Exists("/proc/" + owner))
            {
                try
                {
                    Directory.Delete(folder, recursive: true);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException)
                {
                    // Another process is deleting it too or still ends in there, or another user owns it: the next cluster tries again.
                }
            }
        }
    }
}
