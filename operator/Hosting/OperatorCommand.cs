using System.CommandLine;
using Microsoft.Extensions.Logging;
using SentryOtel.Operator.Checking;
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

    private readonly Option<TimeSpan> _leaseDuration = Duration("--leader-election-lease-duration", "How long others wait after the leader's last renewal; whole seconds.", OperatorTimes.Default.LeaseDuration);

    private readonly Option<TimeSpan> _renewDeadline = Duration("--leader-election-renew-deadline", "How long the leader tries to renew before it gives up.", OperatorTimes.Default.RenewDeadline);

    private readonly Option<TimeSpan> _retryPeriod = Duration("--leader-election-retry-period", "How often the lease is tried.", OperatorTimes.Default.RetryPeriod);

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

    private readonly Option<string?> _gatewayImagePullPolicy = new("--gateway-image-pull-policy") { Description = "Always, IfNotPresent or Never. Default: what Kubernetes makes of the image's tag." };

    private readonly Option<bool> _gatewayFixedUser = new("--gateway-fixed-user")
    {
        Description = "Run gateways as user 65532; else the cluster chooses one, as OpenShift does.",
        DefaultValueFactory = static _ => true,
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
    /// <param name="check">Looks whether an installation is right; null for a program without this command.</param>
    public OperatorCommand(Func<OperatorArguments, CancellationToken, Task<int>> run, CheckRun? check = null)
    {
        _logLevel.AcceptOnlyFromAmong("trace", "debug", "information", "warning", "error");
        _gatewayImagePullPolicy.AcceptOnlyFromAmong("Always", "IfNotPresent", "Never");
        _logFormat.AcceptOnlyFromAmong("json", "text");
        _root = new RootCommand("Keeps Sentry projects, routes and OTLP gateways as SentryExporters and SentryProjectRoutes want them.")
        {
            _kubeconfig, _watchNamespaces, _leaderElect, _leaderElectionNamespace, _leaseDuration, _renewDeadline, _retryPeriod,
            _metricsBindAddress, _healthProbeBindAddress, _gatewayImage, _gatewayImagePullPolicy, _gatewayFixedUser, _watchSecrets, _logLevel, _logFormat,
        };
        if (check is not null)
        {
            _root.Add(CheckCommand.Create(_kubeconfig, _watchNamespaces, _leaderElect, _leaderElectionNamespace, _watchSecrets, check));
        }

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
            WatchNamespaces = Namespaces(parsed.GetValue(_watchNamespaces)),
            LeaderElect = parsed.GetValue(_leaderElect),
            LeaderElectionNamespace = parsed.GetValue(_leaderElectionNamespace) ?? "",
            MetricsBindAddress = parsed.GetValue(_metricsBindAddress)!,
            HealthProbeBindAddress = parsed.GetValue(_healthProbeBindAddress)!,
            GatewayImage = parsed.GetValue(_gatewayImage)!,
            GatewayImagePullPolicy = parsed.GetValue(_gatewayImagePullPolicy),
            GatewayHasFixedUser = parsed.GetValue(_gatewayFixedUser),
            WatchSecrets = parsed.GetValue(_watchSecrets),
            Times = OperatorTimes.Default with
            {
                LeaseDuration = parsed.GetValue(_leaseDuration),
                RenewDeadline = parsed.GetValue(_renewDeadline),
                RetryPeriod = parsed.GetValue(_retryPeriod),
            },
        },
        Enum.Parse<LogLevel>(parsed.GetValue(_logLevel)!, ignoreCase: true),
        parsed.GetValue(_logFormat) == "json");

    /// <summary>The namespaces of flags that hold one or several, each once.</summary>
    internal static IReadOnlyList<string> Namespaces(IEnumerable<string>? flags) =>
    [
        .. (flags ?? [])
            .SelectMany(static list => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
            .Distinct(StringComparer.Ordinal),
    ];

    /// <summary>A flag for a duration in Go's notation, as in Kubernetes' own programs.</summary>
    internal static Option<TimeSpan> Duration(string name, string description, TimeSpan @default) => new(name)
    {
        Description = $"{description} Default: {@default.TotalSeconds:0}s.",
        DefaultValueFactory = _ => @default,
        CustomParser = static result =>
        {
            try
            {
                return GoDuration.Parse(result.Tokens[0].Value);
            }
            catch (FormatException exception)
            {
                result.AddError(exception.Message);
                return default;
            }
        },
    };
}

/// <summary>What the command line says.</summary>
/// <param name="Options">How the operator runs; the lease's namespace is empty when the flag is absent.</param>
/// <param name="LogLevel">Least level that is logged.</param>
/// <param name="LogJson">JSON lines, else text.</param>
internal sealed record OperatorArguments(OperatorOptions Options, LogLevel LogLevel, bool LogJson);
