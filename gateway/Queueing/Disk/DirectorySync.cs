using System.Runtime.InteropServices;
using System.Text;

namespace SentryOtel.Gateway.Queueing.Disk;

/// <summary>fsync of a directory, which .NET has no call for: without it a new file's name may be lost with the machine, though its bytes are not.</summary>
internal static class DirectorySync
{
    private const int ReadOnlyCloseOnExec = 0x80000;

    /// <exception cref="IOException">The directory can not be opened or synced.</exception>
    public static void Run(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        var descriptor = Open([.. Encoding.UTF8.GetBytes(path), 0], ReadOnlyCloseOnExec);
        var failed = descriptor < 0 || FSync(descriptor) != 0;
        var error = failed ? Marshal.GetLastPInvokeError() : 0;
        if (descriptor >= 0)
        {
            _ = Close(descriptor);
        }

        if (failed)
        {
            throw new IOException($"The directory {path} can not be synced.", error);
        }
    }

    [DllImport("libc", EntryPoint = "open", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Open(byte[] path, int flags);

    [DllImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int FSync(int descriptor);

    [DllImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Close(int descriptor);
}
