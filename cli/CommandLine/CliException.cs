namespace SentryOtel.Cli.CommandLine;

/// <summary>The command can not go on; the message says why and what cures it.</summary>
/// <param name="message">For people.</param>
/// <param name="exitCode">What the program ends with.</param>
internal sealed class CliException(string message, int exitCode = ExitCodes.Wrong) : Exception(message)
{
    public int ExitCode { get; } = exitCode;
}
