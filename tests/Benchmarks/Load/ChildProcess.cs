using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace SentryOtel.Benchmarks.Load;

/// <summary>A program on one core, with what Linux counts of it. Disposing ends it.</summary>
internal sealed class ChildProcess : IAsyncDisposable
{
    private const double TicksPerSecond = 100;

    private readonly Process _process;
    private readonly StringBuilder _output = new();

    private ChildProcess(Process process)
    {
        _process = process;
        process.OutputDataReceived += Keep;
        process.ErrorDataReceived += Keep;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
    }

    /// <summary>What it printed.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public bool HasExited => _process.HasExited;

    public int Id => _process.Id;

    /// <summary>CPU time so far, in user and kernel mode.</summary>
    public TimeSpan CpuTime
    {
        get
        {
            // The name in parentheses may hold blanks; utime and stime are fields 14 and 15.
            var stat = File.ReadAllText($"/proc/{Id}/stat");
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return TimeSpan.FromSeconds((Number(fields[11]) + Number(fields[12])) / TicksPerSecond);
        }
    }

    public double ResidentMiB => Status("VmRSS");

    /// <summary>The resident part that is not in any file.</summary>
    public double AnonymousMiB => Status("RssAnon");

    /// <summary>The resident part that is mapped from files: programs and libraries.</summary>
    public double MappedMiB => Status("RssFile");

    public double PeakResidentMiB => Status("VmHWM");

    public static ChildProcess Start(int core, params IEnumerable<string> command)
    {
        // taskset becomes the program: the process id is the program's own.
        var start = new ProcessStartInfo("taskset", ["--cpu-list", core.ToString(CultureInfo.InvariantCulture), .. command])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        return new ChildProcess(Process.Start(start) ?? throw new InvalidOperationException($"{string.Join(' ', command)} did not start."));
    }

    /// <summary>Whether a program can be called.</summary>
    public static bool Exists(string program, string argument)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, argument) { RedirectStandardOutput = true, RedirectStandardError = true });
            process!.WaitForExit();
            return true;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }

    /// <summary>Waits for its end.</summary>
    /// <exception cref="InvalidOperationException">It failed.</exception>
    public async Task<string> CompleteAsync()
    {
        await _process.WaitForExitAsync();
        return _process.ExitCode == 0 ? Output : throw new InvalidOperationException($"{_process.StartInfo.ArgumentList[2]} failed:\n{Output}");
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private double Status(string field)
    {
        var line = File.ReadLines($"/proc/{Id}/status").First(text => text.StartsWith(field, StringComparison.Ordinal));
        return Number(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) / 1024;
    }

    private void Keep(object sender, DataReceivedEventArgs line)
    {
        lock (_output)
        {
            _output.AppendLine(line.Data);
        }
    }
}
