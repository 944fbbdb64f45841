namespace SentryOtel.Cli.CommandLine;

/// <summary>What the program runs in.</summary>
/// <param name="Output">What was asked for.</param>
/// <param name="Error">Errors and notes.</param>
/// <param name="Input">For <c>convert -</c>.</param>
internal sealed record CliEnvironment(TextWriter Output, TextWriter Error, TextReader Input)
{
    /// <summary>The process's own.</summary>
    public static CliEnvironment Process { get; } = new(Console.Out, Console.Error, Console.In)
    {
        IsTerminal = !Console.IsOutputRedirected,
        WantsNoColor = !string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
    };

    /// <summary>Whether somebody looks at the output as it comes.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>The convention of no-color.org.</summary>
    public bool WantsNoColor { get; init; }

    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
