using System.CommandLine;
using Microsoft.Extensions.Logging;
using SentryOtel.Operator.Configuration;

namespace SentryOtel.Operator.Hosting;

/// <summary>The command line: flags to options. Exit codes: 0 after an orderly stop, 1 after a failure, 2 for a command line that makes no sense.</summary>
internal sealed class OperatorCommand
{
    public const int Failure = 1;
    public const int UsageError = 2;

    private const string DefaultGatewayImage = "ghcr.io/sentry-otel/sentry-otel-gateway";

    private readonly Option<string?> _kubeconfig = new("--kubeconfig") { Description = "Path of a kubeconfig. Default: the pod's own account, else KUBECONFIG." };

    private readonly Option<string[]> _watchNamespaces = new("--watch-namespaces")
    {
        Description = "Namespaces to work in, separated by commas. Default: all.",
        AllowMultipleArgumentsPerToken = false,
    };

    private readonly Option<bool> _leaderElect = new("--leader-elect") { Description = "Let several replicas agree on one that works.", DefaultValueFactory = static _ => true };

    private readonly Option<string?> _leaderElectionNamespace = new("--leader-election-namespace")
    {
        Description = "Namespace of the Lease. Default: POD_NAMESPACE, else the namespace of the kubeconfig.",
    };

    private readonly Option<string> _metricsBindAddress = new("--metrics-bind-address")
    {
        Description = "Where /metrics is served; 0 for nowhere.",
        DefaultValueFactory = static _ => ":8080",
    };

    private readonly Option<string> _healthProbeBindAddress = new("--health-probe-bind-address")
    {
        Description = "Where /healthz, /livez and /readyz are served; 0 for nowhere.",
        DefaultValueFactory = static _ => ":8081",
    };

    private readonly Option<string> _gatewayImage = new("--gateway-image")
    {
        Description = "Image of gateways whose SentryExporter names none.",
        DefaultValueFactory = static _ => $"{DefaultGatewayImage}:{OperatorVersion.Text}",
    };

    private readonly Option<bool> _watchSecrets = new("--watch-secrets")
    {
        Description = "Watch each Secret and ConfigMap that an exporter or route names, which needs the verb watch on secrets; else they are read once a minute.",
        DefaultValueFactory = static _ => true,
    };

    private readonly Option<string> _logLevel = new("--log-level")
    {
        Description = "trace, debug, information, warning or error.",
        DefaultValueFactory = static _ => "information",
    };

    private readonly Option<string> _logFormat = new("--log-format") { Description = "json or text.", DefaultValueFactory = static _ => "json" };

    private readonly RootCommand _root;

    /// <param name="run">Runs the operator until the token is cancelled.</param>
    public OperatorCommand(Func<OperatorArguments, CancellationToken, Task<int>> run)
    {
        _logLevel.AcceptOnlyFromAmong("trace", "debug", "information", "warning", "error");
        _logFormat.AcceptOnlyFromAmong("json", "text");
        _root = new RootCommand("Keeps Sentry projects, routes and OTLP gateways as SentryExporters and SentryProjectRoutes want them.")
        {
            _kubeconfig, _watchNamespaces, _leaderElect, _leaderElectionNamespace, _metricsBindAddress, _healthProbeBindAddress,
            _gatewayImage, _watchSecrets, _logLevel, _logFormat,
        };
        _root.SetAction((parsed, cancellationToken) => run(Read(parsed), cancellationToken));
    }

    public async Task<int> InvokeAsync(IReadOnlyList<string> args, TextWriter output, TextWriter error)
    {
        var parsed = _root.Parse(args);
        // The operator stops in its own order and time.
        var invocation = new InvocationConfiguration { Output = output, Error = error, ProcessTerminationTimeout = null };
        var exit = await parsed.InvokeAsync(invocation).ConfigureAwait(false);
        return parsed.Errors.Count > 0 ? UsageError : exit;
    }

    private OperatorArguments Read(ParseResult parsed) => new(
        new OperatorOptions
        {
            Kubeconfig = parsed.GetValue(_kubeconfig),
            WatchNamespaces =
            [
                .. (parsed.GetValue(_watchNamespaces) ?? [])
                    .SelectMany(static list => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
                    .Distinct(StringComparer.Ordinal),
            ],
            LeaderElect = parsed.GetValue(_leaderElect),
            LeaderElectionNamespace = parsed.GetValue(_leaderElectionNamespace) ?? "",
            MetricsBindAddress = parsed.GetValue(_metricsBindAddress)!,
            HealthProbeBindAddress = parsed.GetValue(_healthProbeBindAddress)!,
            GatewayImage = parsed.GetValue(_gatewayImage)!,
            WatchSecrets = parsed.GetValue(_watchSecrets),
        },
        Enum.Parse<LogLevel>(parsed.GetValue(_logLevel)!, ignoreCase: true),
        parsed.GetValue(_logFormat) == "json");
}

/// <summary>What the command line says.</summary>
/// <param name="Options">How the operator runs; the lease's namespace is empty when the flag is absent.</param>
/// <param name="LogLevel">Least level that is logged.</param>
/// <param name="LogJson">JSON lines, else text.</param>
internal sealed record OperatorArguments(OperatorOptions Options, LogLevel LogLevel, bool LogJson);
