namespace SentryOtel.Cluster.Credentials;

/// <summary>Files that only their owner may read.</summary>
internal static class PrivateFile
{
    internal static void Write(string path, string content)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new PlatformNotSupportedException("The test cluster's programs run on Linux");
        }
        using var file = new FileStream(path, new FileStreamOptions
        {
            Mode = FileMode.Create,
            Access = FileAccess.Write,
            UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite,
        });
        using var writer = new StreamWriter(file);
        writer.Write(content);
    }
}
