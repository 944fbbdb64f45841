using SentryOtel.Cli.CommandLine;

namespace SentryOtel.Cli.Tests;

/// <summary>What the program answered, run in this process as in a pipe.</summary>
/// <param name="ExitCode">0, 1 or 2.</param>
/// <param name="Output">Standard output.</param>
/// <param name="Error">Standard error.</param>
internal sealed record CliRun(int ExitCode, string Output, string Error)
{
    public static async Task<CliRun> OfAsync(IReadOnlyList<string> arguments, string input = "")
    {
        var (output, error) = (new StringWriter { NewLine = "\n" }, new StringWriter { NewLine = "\n" });
        var exit = await CliCommand.RunAsync(arguments, new CliEnvironment(output, error, new StringReader(input)));
        return new CliRun(exit, output.ToString(), error.ToString());
    }

    /// <summary>The lines of the output, without blanks at their ends.</summary>
    public IReadOnlyList<string> Lines => [.. Output.Split('\n').Select(static line => line.TrimEnd())];
}
