using System.ComponentModel;
using System.Runtime.InteropServices;

namespace SentryOtel.Cluster.Volumes;

/// <summary>rename(2), which replaces a link atomically; <see cref="File.Move(string, string, bool)"/> refuses links to folders.</summary>
public static class Rename
{
    /// <summary>Gives <paramref name="source"/> the name of <paramref name="target"/>, which goes.</summary>
    public static void Over(string source, string target)
    {
        if (NativeMethods.rename(source, target) != 0)
        {
            throw new Win32Exception(Marshal.GetLastPInvokeError(), $"rename {source} to {target}");
        }
    }

    private static class NativeMethods
    {
#pragma warning disable IDE1006, SYSLIB1054 // The C name; generated marshalling would need unsafe code here.
        [DllImport("libc", SetLastError = true, BestFitMapping = false, ThrowOnUnmappableChar = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
        internal static extern int rename([MarshalAs(UnmanagedType.LPUTF8Str)] string source, [MarshalAs(UnmanagedType.LPUTF8Str)] string target);
#pragma warning restore IDE1006, SYSLIB1054
    }
}
