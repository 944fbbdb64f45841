using System.ComponentModel;
using System.Runtime.InteropServices;

namespace SentryOtel.Cluster.Processes;

/// <summary>A POSIX signal.</summary>
/// <param name="Number">Its number on Linux.</param>
public readonly record struct Signal(int Number)
{
    private const int NoSuchProcess = 3;

    /// <summary>SIGTERM: please end.</summary>
    public static Signal Terminate { get; } = new(15);

    /// <summary>SIGKILL: ends at once.</summary>
    public static Signal Kill { get; } = new(9);

    /// <summary>SIGSTOP: freezes the program, as a hung one would be.</summary>
    public static Signal Stop { get; } = new(19);

    /// <summary>SIGCONT: ends the freeze.</summary>
    public static Signal Continue { get; } = new(18);

    /// <summary>Sends this signal to a whole process group; a group that has ended already is no error.</summary>
    internal void SendToGroup(int leader)
    {
        if (leader <= 1)
        {
            throw new ArgumentOutOfRangeException(nameof(leader), leader, "This would signal every process of the machine");
        }
        // The group exists only once setsid has run; until then the leader alone is there.
        if (NativeMethods.kill(-leader, Number) != 0 && NativeMethods.kill(leader, Number) != 0
            && Marshal.GetLastPInvokeError() is var error and not NoSuchProcess)
        {
            throw new Win32Exception(error);
        }
    }

    private static class NativeMethods
    {
        [DllImport("libc", SetLastError = true)]
        [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
#pragma warning disable IDE1006, SYSLIB1054 // The C name; blittable arguments need no generated marshalling.
        internal static extern int kill(int pid, int signal);
#pragma warning restore IDE1006, SYSLIB1054
    }
}
