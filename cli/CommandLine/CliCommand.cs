using System.CommandLine;
using System.CommandLine.Help;
using System.Reflection;
using SentryOtel.Cli.Conversion;
using SentryOtel.Cli.Sending;
using SentryOtel.Cli.Status;
using SentryOtel.Cli.Tracing;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Configuration;

namespace SentryOtel.Cli.CommandLine;

/// <summary>The program: <c>kubectl sentry-otel COMMAND</c>.</summary>
internal static class CliCommand
{
    private const string ProgramName = "kubectl sentry-otel";

    private const string More = """
        Exit codes: 0 all is well, 1 something is wrong, 2 the command line makes no sense.

        Examples:
          kubectl sentry-otel status                     exporters, routes, gateways, limits
          kubectl sentry-otel trace orders               where data of the service orders go, and why
          kubectl sentry-otel send-test orders           sends a span and a log record, and waits for Sentry's answer
          kubectl sentry-otel convert collector.yaml     a Collector's configuration as Kubernetes resources
        """;

    /// <summary>Version of the program, without build metadata.</summary>
    public static string Version { get; } =
        typeof(CliCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0.0.0";

    /// <summary>Runs the program; gives its exit code.</summary>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, CliEnvironment environment)
    {
        var options = new GlobalOptions(environment);
        var root = new RootCommand("Shows, explains and tries how telemetry gets to Sentry.")
        {
            StatusCommand.Create(options),
            TraceCommand.Create(options),
            SendTestCommand.Create(options),
            ConvertCommand.Create(options),
        };
        options.AddTo(root);
        var parsed = root.Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var problem in parsed.Errors)
            {
                await environment.Error.WriteLineAsync($"error: {problem.Message}");
            }

            await environment.Error.WriteLineAsync($"See '{NameOf(parsed)} --help'.");
            return ExitCodes.Usage;
        }

        return await InvokeAsync(parsed, environment);
    }

    private static async Task<int> InvokeAsync(ParseResult parsed, CliEnvironment environment)
    {
        try
        {
            return parsed.Action is HelpAction ? await HelpAsync(parsed, environment) : await parsed.InvokeAsync(Invocation(environment.Output, environment.Error));
        }
        catch (CliException exception)
        {
            return await FailAsync(environment, exception.Message, exception.ExitCode);
        }
        catch (KubernetesConfigurationException exception)
        {
            return await FailAsync(environment, $"{exception.Message} (--kubeconfig and --context choose another)");
        }
        catch (KubernetesException exception)
        {
            return await FailAsync(environment, Explain(exception));
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or TimeoutException or UnauthorizedAccessException)
        {
            return await FailAsync(environment, $"{exception.Message} Is the API server of the kubeconfig's context reachable? 'kubectl cluster-info' asks it.");
        }
        catch (OperationCanceledException)
        {
            // Ctrl-C.
            return ExitCodes.Wrong;
        }
    }

    // The library names the program by its file, and knows no examples.
    private static async Task<int> HelpAsync(ParseResult parsed, CliEnvironment environment)
    {
        var help = new StringWriter();
        var exit = await parsed.InvokeAsync(Invocation(help, environment.Error));
        await environment.Output.WriteLineAsync(help.ToString().Replace(parsed.RootCommandResult.Command.Name, ProgramName, StringComparison.Ordinal).TrimEnd());
        await environment.Output.WriteLineAsync();
        await environment.Output.WriteLineAsync(parsed.CommandResult.Command is Verb verb ? verb.More : More);
        return exit;
    }

    private static InvocationConfiguration Invocation(TextWriter output, TextWriter error) => new() { Output = output, Error = error, EnableDefaultExceptionHandler = false };

    private static string Explain(KubernetesException exception) => exception switch
    {
        { IsForbidden: true } => $"{exception.Status?.Message ?? exception.Message}: ask for a role with these rights, or act as somebody who has them (--context)",
        { IsUnauthorized: true } => $"the API server does not accept the credentials of the kubeconfig ({exception.Message}): log in again, or choose another --context",
        _ => exception.Message,
    };

    private static async Task<int> FailAsync(CliEnvironment environment, string message, int exitCode = ExitCodes.Wrong)
    {
        await environment.Error.WriteLineAsync($"error: {message}");
        return exitCode;
    }

    private static string NameOf(ParseResult parsed) =>
        parsed.CommandResult.Command is RootCommand ? ProgramName : $"{ProgramName} {parsed.CommandResult.Command.Name}";
}
