using System.Diagnostics;

namespace SentryOtel.Cluster.Processes;

/// <summary>What a short program (kubectl, helm) answered.</summary>
/// <param name="ExitCode">Zero on success.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
public sealed record CommandResult(int ExitCode, string Output, string Error)
{
    /// <summary>Runs a program to its end.</summary>
    /// <param name="program">Path of the executable.</param>
    /// <param name="arguments">Its arguments, passed as they are.</param>
    /// <param name="standardInput">What it reads; null for nothing.</param>
    /// <param name="environment">Variables set beside the inherited ones.</param>
    /// <param name="cancellationToken">Kills the program.</param>
    public static async Task<CommandResult> RunAsync(
        string program,
        IEnumerable<string> arguments,
        string? standardInput = null,
        IReadOnlyDictionary<string, string>? environment = null,
        CancellationToken cancellationToken = default)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
        using var kill = cancellationToken.Register(process.Kill);
        var output = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
        var error = process.StandardError.ReadToEndAsync(CancellationToken.None);
        try
        {
            await process.StandardInput.WriteAsync(standardInput.AsMemory(), CancellationToken.None);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading its input: its exit code and message say why.
        }
        await process.WaitForExitAsync(CancellationToken.None);
        cancellationToken.ThrowIfCancellationRequested();
        return new CommandResult(process.ExitCode, await output, await error);
    }

    /// <summary>Standard output of a program that must have succeeded.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message holds its arguments and standard error.</exception>
    public string Succeeded(string command) => ExitCode == 0
        ? Output
        : throw new InvalidOperationException($"{command} failed with exit code {ExitCode}: {Error.Trim()}");
}
