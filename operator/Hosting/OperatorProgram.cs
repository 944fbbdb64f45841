using System.Runtime.InteropServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Configuration;
using SentryOtel.Operator.Configuration;
using SentryOtel.Operator.Discovery;

namespace SentryOtel.Operator.Hosting;

/// <summary>The operator as a process: connects, runs, and stops in order on SIGTERM or SIGINT.</summary>
internal static class OperatorProgram
{
    public static async Task<int> RunAsync(OperatorArguments arguments, CancellationToken cancellationToken)
    {
        using var loggerFactory = CreateLoggerFactory(arguments);
        var logger = loggerFactory.CreateLogger("SentryOtel.Operator");
        using var stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var terminate = StopOn(PosixSignal.SIGTERM, stopping);
        using var interrupt = StopOn(PosixSignal.SIGINT, stopping);
        try
        {
            return await RunAsync(arguments.Options, loggerFactory, logger, stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // Stopped before it had begun.
            return 0;
        }
        catch (Exception exception) when (exception is KubernetesConfigurationException or ArgumentException or FormatException
            or KubernetesException or HttpRequestException or TimeoutException)
        {
            Log.CanNotStart(logger, exception.Message);
            return OperatorCommand.Failure;
        }
    }

    private static async Task<int> RunAsync(OperatorOptions options, ILoggerFactory loggerFactory, ILogger logger, CancellationToken stopping)
    {
        var configuration = options.Kubeconfig is { } path
            ? KubernetesClientConfiguration.BuildConfigFromConfigFile(path)
            : KubernetesClientConfiguration.BuildDefaultConfig();
        options = options with { LeaderElectionNamespace = LeaseNamespace(options.LeaderElectionNamespace, configuration) };
        var clientOptions = new KubernetesClientOptions
        {
            JsonTypeInfoResolvers = OperatorComposition.JsonTypeInfoResolvers,
            UserAgent = $"sentry-otel-operator/{OperatorVersion.Text}",
            LoggerFactory = loggerFactory,
        };
        using var client = new KubernetesClient(configuration, clientOptions);
        using var leaderElectionClient = new KubernetesClient(configuration, clientOptions);
        var workloads = await ServedWorkloads.FindAsync(client.Discovery, logger, stopping).ConfigureAwait(false);
        var composition = new OperatorComposition(client, leaderElectionClient, options, loggerFactory, TimeProvider.System, new Random(), workloads);
        await using (composition.ConfigureAwait(false))
        {
            Log.Starting(logger, OperatorVersion.Text, configuration.Host, options.WatchNamespaces.Count == 0 ? "all" : string.Join(",", options.WatchNamespaces));
            var result = await composition.Host.RunAsync(stopping).ConfigureAwait(false);
            return result.ExitCode;
        }
    }

    /// <summary>Where the Lease is: what a flag says, else where the pod is.</summary>
    internal static string LeaseNamespace(string? flag, KubernetesClientConfiguration configuration) =>
        flag is { Length: > 0 }
            ? flag
            : Environment.GetEnvironmentVariable("POD_NAMESPACE") is { Length: > 0 } own ? own : configuration.Namespace;

    private static PosixSignalRegistration StopOn(PosixSignal signal, CancellationTokenSource stopping) =>
        PosixSignalRegistration.Create(signal, context =>
        {
            context.Cancel = true;
            stopping.Cancel();
        });

    private static ILoggerFactory CreateLoggerFactory(OperatorArguments arguments) => LoggerFactory.Create(builder =>
    {
        builder.SetMinimumLevel(arguments.LogLevel);
        builder.AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.Configure<ConsoleLoggerOptions>(static console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        if (arguments.LogJson)
        {
            builder.AddJsonConsole(static json =>
            {
                json.IncludeScopes = true;
                json.UseUtcTimestamp = true;
                json.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
            });
        }
        else
        {
            builder.AddSimpleConsole(static text =>
            {
                text.SingleLine = true;
                text.UseUtcTimestamp = true;
                text.TimestampFormat = "HH:mm:ss.fff ";
            });
        }
    });
}
