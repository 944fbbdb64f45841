using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using SentryOtel.Crds;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Conditions;
using SentryOtel.Kubernetes.Configuration;
using SentryOtel.Kubernetes.Entities;
using SentryOtel.Kubernetes.Hosting;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Operator.Configuration;
using SentryOtel.Operator.Controllers;
using SentryOtel.Operator.Credentials;
using SentryOtel.Operator.Routes;
using SentryOtel.Operator.Traffic;

namespace SentryOtel.Operator.Tests.Routes;

/// <summary>An operator that has the route controller, asks gateways when it has a way to them, and does nothing else, on its own credentials.</summary>
internal sealed class RouteOperator : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly KubernetesClient _client;
    private readonly ExporterConnections _connections;
    private readonly OperatorHost _host;
    private readonly Task<OperatorHostResult> _running;
    private readonly IDisposable? _reader;
    private readonly IStore<SentryExporter> _exporters;

    public RouteOperator(string kubeconfig, IReadOnlyList<string> namespaces, ProjectRouteTimes times, GatewayWay? gateways = null)
    {
        _client = new KubernetesClient(
            KubernetesClientConfiguration.BuildConfigFromConfigFile(kubeconfig),
            new KubernetesClientOptions { JsonTypeInfoResolvers = [CrdJsonContext.Default], UserAgent = "sentry-otel-operator/test" });
        var options = new OperatorHostOptions
        {
            ReportingController = "sentry-otel.dev/operator",
            WatchNamespaces = namespaces,
            JsonTypeInfoResolvers = [CrdJsonContext.Default],
            HealthProbeBindAddress = "0",
            MetricsBindAddress = "0",

            // A stop is meant to be a kill: calls on their way are cut.
            GracefulShutdownTimeout = TimeSpan.FromMilliseconds(50),
        };
        var builder = new OperatorHostBuilder(_client, options);
        _connections = new ExporterConnections(_client, TimeProvider.System, new Random(1), NullLoggerFactory.Instance);
        var services = new OperatorServices
        {
            Options = new OperatorOptions { LeaderElectionNamespace = "default", GatewayImage = "gateway", WatchNamespaces = namespaces, TrafficTimes = gateways?.Times ?? new TrafficTimes() },
            Client = _client,
            Status = new StatusWriter(_client, OperatorOptions.FieldManager),
            Events = builder.Events,
            Connections = _connections,
            LoggerFactory = NullLoggerFactory.Instance,
        };
        var routes = RouteIndex.AddTo(builder);
        var board = gateways is null ? null : new TrafficBoard(gateways.Times.LeastPause, TimeProvider.System);
        var controller = builder.AddProjectRouteController(services, routes, times, new Random(2), board);
        _reader = gateways is null ? null : builder.AddTrafficReporter(services, routes, board!, controller, gateways.Handler);
        _exporters = builder.Informer<SentryExporter>().Store;
        _host = builder.Build();
        _running = _host.RunAsync(_stop.Token);
    }

    /// <summary>Whether its cache has an exporter as it was written, or newer.</summary>
    public bool Knows(SentryExporter written) =>
        _exporters.Get(ObjectKey.Of(written)) is { } known && VersionOf(known) >= VersionOf(written);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running;
        await _host.DisposeAsync();
        _reader?.Dispose();
        _connections.Dispose();
        _client.Dispose();
        _stop.Dispose();
    }

    private static ulong VersionOf(SentryExporter exporter) => ulong.Parse(exporter.Metadata.ResourceVersion!, CultureInfo.InvariantCulture);
}

/// <summary>How an operator reaches gateways.</summary>
internal sealed record GatewayWay(HttpMessageHandler Handler, TrafficTimes Times);
