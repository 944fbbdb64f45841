using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Configuration;
using SentryOtel.Kubernetes.Hosting;
using SentryOtel.Kubernetes.Metrics;
using SentryOtel.Operator.Configuration;
using SentryOtel.Operator.Credentials;
using SentryOtel.Operator.Discovery;
using SentryOtel.Operator.Hosting;
using SentryOtel.Operator.Routes;
using SentryOtel.Operator.RoutingTables;

namespace SentryOtel.Operator.Tests.Discovery;

/// <summary>An operator that discovers workloads and writes routing tables, and does nothing else, on its own credentials.</summary>
internal sealed partial class AnnouncingOperator : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly KubernetesClient _client;
    private readonly ExporterConnections _connections;
    private readonly MetricsExposition _metrics;
    private readonly OperatorHost _host;
    private readonly Task<OperatorHostResult> _running;

    private AnnouncingOperator(KubernetesClient client, ServedWorkloads served, IReadOnlyList<string> namespaces, TimeProvider clock)
    {
        _client = client;
        var builder = new OperatorHostBuilder(_client, new OperatorHostOptions
        {
            ReportingController = "sentry-otel.dev/operator",
            WatchNamespaces = namespaces,
            JsonTypeInfoResolvers = OperatorComposition.JsonTypeInfoResolvers,
            HealthProbeBindAddress = "0",
            MetricsBindAddress = "0",
            GracefulShutdownTimeout = TimeSpan.FromSeconds(5),
        });
        _connections = new ExporterConnections(_client, TimeProvider.System, new Random(1), NullLoggerFactory.Instance);
        var services = new OperatorServices
        {
            Options = new OperatorOptions
            {
                LeaderElectionNamespace = "default",
                GatewayImage = "gateway",
                WatchNamespaces = namespaces,
            },
            Client = _client,
            Status = new StatusWriter(_client, OperatorOptions.FieldManager),
            Events = builder.Events,
            Connections = _connections,
            LoggerFactory = NullLoggerFactory.Instance,
            TimeProvider = clock,
        };
        var routes = RouteIndex.AddTo(builder);
        builder.AddRoutingTableController(services, routes);
        builder.AddDiscoveryController(services, routes, served);
        _metrics = builder.Exposition;
        _host = builder.Build();
        _running = _host.RunAsync(_stop.Token);
    }

    public static async Task<AnnouncingOperator> StartAsync(
        string kubeconfig, IReadOnlyList<string> namespaces, TimeProvider clock, CancellationToken cancellationToken)
    {
        var client = new KubernetesClient(
            KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig),
            new KubernetesClientOptions { JsonTypeInfoResolvers = OperatorComposition.JsonTypeInfoResolvers, UserAgent = "sentry-otel-operator/test" });
        var served = await ServedWorkloads.FindAsync(client.Discovery, NullLogger.Instance, cancellationToken);
        return new AnnouncingOperator(client, served, namespaces, clock);
    }

    /// <summary>How many passes of a controller have come to an end.</summary>
    public long Passes(string controller) => Reconciles().Matches(_metrics.Render())
        .Where(match => match.Groups["labels"].Value.Contains($"controller=\"{controller}\"", StringComparison.Ordinal))
        .Sum(static match => long.Parse(match.Groups["count"].Value, CultureInfo.InvariantCulture));

    /// <summary>How often a kind was listed, as metadata or whole.</summary>
    public long Lists(string kind) => Listed().Matches(_metrics.Render())
        .Where(match => match.Groups["labels"].Value.Contains($"kind=\"{kind}\"", StringComparison.Ordinal))
        .Sum(static match => long.Parse(match.Groups["count"].Value, CultureInfo.InvariantCulture));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _host.DisposeAsync();
        _connections.Dispose();
        _client.Dispose();
        _stop.Dispose();
    }

    [GeneratedRegex(@"^controller_runtime_reconcile_total\{(?<labels>[^}]*)\} (?<count>\d+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Reconciles();

    [GeneratedRegex(@"^reflector_lists_total\{(?<labels>[^}]*)\} (?<count>\d+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex Listed();
}
