using System.Diagnostics;

namespace SentryOtel.Cluster.Processes;

/// <summary>
/// One program that this process started and will end: its output goes to a file, it leads a process group of its own, and the
/// kernel kills it when this process dies, however that happens.
/// </summary>
public sealed class LocalProcess : IAsyncDisposable
{
    private readonly Process _process;

    private LocalProcess(Process process, string name, string logPath)
    {
        _process = process;
        Id = process.Id;
        Name = name;
        LogPath = logPath;
        Exited = WaitAsync(process);
    }

    /// <summary>The process id, also the id of its process group.</summary>
    public int Id { get; }

    /// <summary>The name that messages use.</summary>
    public string Name { get; }

    /// <summary>The file that standard output and standard error are appended to.</summary>
    public string LogPath { get; }

    /// <summary>Completes when the program has ended, with its exit code; 128 + N when signal N ended it.</summary>
    public Task<int> Exited { get; }

    /// <summary>Whether the program has ended.</summary>
    public bool HasExited => Exited.IsCompleted;

    /// <summary>Starts a program.</summary>
    /// <param name="program">Path of the executable.</param>
    /// <param name="arguments">Its arguments, passed as they are.</param>
    /// <param name="logPath">The file for its output; created when absent, appended to otherwise.</param>
    /// <param name="environment">The program's whole environment; null to inherit this process's.</param>
    /// <param name="workingDirectory">Where it starts; null for this process's directory.</param>
    /// <exception cref="FileNotFoundException">There is no such program.</exception>
    public static LocalProcess Start(
        string program,
        IEnumerable<string> arguments,
        string logPath,
        IReadOnlyDictionary<string, string>? environment = null,
        string? workingDirectory = null)
    {
        if (!File.Exists(program))
        {
            throw new FileNotFoundException($"There is no program at {program}", program);
        }
        // The shell redirects, then every step replaces the one before: the process id stays. The death signal is set
        // last before the program, because it does not survive a fork.
        var start = new ProcessStartInfo("/bin/sh") { WorkingDirectory = workingDirectory ?? string.Empty };
        foreach (var argument in (string[])
            ["-c", """log=$1; shift; exec /usr/bin/setsid /usr/bin/setpriv --pdeathsig KILL -- "$@" >>"$log" 2>&1 </dev/null""", "sh", logPath, program])
        {
            start.ArgumentList.Add(argument);
        }
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }
        if (environment is not null)
        {
            start.Environment.Clear();
            foreach (var (key, value) in environment)
            {
                start.Environment[key] = value;
            }
        }
        return new LocalProcess(StartingThread.Start(start), Path.GetFileName(program), logPath);
    }

    /// <summary>Sends a signal to the program and everything it started; does nothing when it has ended.</summary>
    public void Send(Signal signal)
    {
        if (!HasExited)
        {
            signal.SendToGroup(Id);
        }
    }

    /// <summary>Asks the program to end (SIGTERM) and kills it after the grace period; returns when it has ended.</summary>
    public async Task StopAsync(TimeSpan grace)
    {
        if (grace > TimeSpan.Zero)
        {
            Send(Signal.Terminate);
            try
            {
                await Exited.WaitAsync(grace);
            }
            catch (TimeoutException)
            {
                // Refused to go in time: killed below.
            }
        }
        Send(Signal.Kill);
        await Exited;
    }

    /// <summary>The last lines of the program's output.</summary>
    public string LogTail(int lines = 30)
    {
        using var file = new FileStream(LogPath, FileMode.OpenOrCreate, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Seek(-Math.Min(file.Length, 64 * 1024), SeekOrigin.End);
        using var reader = new StreamReader(file);
        return string.Join('\n', reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries).TakeLast(lines));
    }

    /// <summary>Kills the program and what it started. Its exit code and log can still be read.</summary>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(TimeSpan.Zero);
        _process.Dispose();
    }

    private static async Task<int> WaitAsync(Process process)
    {
        await process.WaitForExitAsync();
        return process.ExitCode;
    }
}
