using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Forwarding;
using SentryOtel.Gateway.Hosting.Reloading;
using SentryOtel.Gateway.Ingest;
using SentryOtel.Gateway.Queueing.Disk;
using SentryOtel.Gateway.Receiving;
using SentryOtel.Gateway.Routing;
using SentryOtel.Gateway.Routing.Kubernetes;
using SentryOtel.Gateway.Sending;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Kubernetes.Client;
using SentryOtel.Kubernetes.Configuration;
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Otlp;
using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.RateLimits;

namespace SentryOtel.Gateway.Hosting;

/// <summary>One exporter put together: connections, routes, pipeline. All of it takes another configuration while it runs; what waits stays.</summary>
internal sealed class ExporterParts : IDisposable
{
    private readonly List<IDisposable> _owned = [];
    private readonly Func<IMetricsTransport, MetricsForwarder> _newForwarder;
    private readonly GatewayServices _services;
    private readonly ILogger _logger;
    private readonly ExporterConnections _connections;
    private readonly RateLimitStore _rateLimits;
    private readonly Swappable<IBatchSender> _sender;
    private readonly SwappableRoutes _routes;
    private Swappable<ISentryApiClient>? _api;
    private Swappable<IMetricsTransport>? _metrics;
    private IKubernetesClient? _cluster;
    private ExporterConfiguration _exporter;

    public ExporterParts(
        ExporterConfiguration exporter,
        IReadOnlyDictionary<OtlpSignal, BatchConfiguration> batches,
        Admission admission,
        Accounts accounts,
        AttemptObserver attempts,
        GatewayServices services)
    {
        _exporter = exporter;
        _services = services;
        _logger = services.LoggerFactory.CreateLogger("SentryOtel.Gateway");
        _connections = new ExporterConnections(services);
        _rateLimits = new RateLimitStore(services.TimeProvider);
        _newForwarder = transport => new MetricsForwarder(_exporter, transport, accounts, admission, attempts, services.TimeProvider, services.Random, _logger);

        var (sender, connections) = _connections.Sender(exporter, _rateLimits);
        _sender = Own(new Swappable<IBatchSender>(sender, connections));
        _routes = Own(new SwappableRoutes(NewSource(exporter)));
        Pipeline = Own(new ExporterPipeline(
            exporter,
            batches,
            _routes,
            new ObservedSender(exporter.Id, new SwappableSender(_sender), attempts, services.TimeProvider),
            _rateLimits,
            admission,
            accounts,
            services.TimeProvider,
            services.Random,
            _logger,
            files: FilesOf(exporter)));
        ApplyForwarding(exporter, changed: true);
    }

    public IRouteSource Routes => _routes;

    public ExporterPipeline Pipeline { get; }

    /// <summary>How long what waits may be sent when the exporter is taken out of the configuration: no longer than it may wait anyway.</summary>
    public TimeSpan LongestDrain => _exporter.Queue.MaxAge;

    /// <summary>Does what may fail of a change to another configuration, and changes nothing yet.</summary>
    /// <exception cref="KubernetesConfigurationException">Routes are to come from a cluster, and there is none.</exception>
    public void Prepare(ExporterConfiguration exporter)
    {
        if (exporter.Kubernetes is not null)
        {
            Cluster();
        }
    }

    /// <summary>Works by another configuration from now on. Queues keep what they hold; attempts and calls on the way end as they began.</summary>
    public void Apply(ExporterConfiguration exporter, IReadOnlyDictionary<OtlpSignal, BatchConfiguration> batches, ConfigurationChange change)
    {
        var (before, path) = (_exporter, $"exporters.{exporter.Id}");
        _exporter = exporter;
        if (change.Touches(path, "http", "timeout") || SendCapacity.From(before) != SendCapacity.From(exporter))
        {
            var (sender, connections) = _connections.Sender(exporter, _rateLimits);
            _sender.Swap(sender, connections);
        }

        ApplyForwarding(exporter, change.Touches(path, "metrics"));
        Pipeline.Apply(exporter, batches);
        if (change.Touches(path, "url", "org_slug", "auth_token", "http", "routing", "projects", "dsn", "auto_create_projects"))
        {
            ApplyRoutes(before, exporter, change.Touches(path, "auth_token", "http"));
        }
    }

    public void Dispose()
    {
        // What came last leans on what came first.
        foreach (var owned in Enumerable.Reverse(_owned))
        {
            owned.Dispose();
        }
    }

    // Slashes of a component's id are no folders.
    private static QueueFolder? FilesOf(ExporterConfiguration exporter) => exporter.Queue.Disk is { } disk
        ? QueueFolder.Open(disk.Directory, exporter.Id.Replace('/', '_'), disk.CreateDirectory)
        : null;

    // Where metrics went once stays known: when forward_to is taken out nothing new comes, and what waits goes where it was to go.
    private void ApplyForwarding(ExporterConfiguration exporter, bool changed)
    {
        if (changed && exporter.MetricsForwarding is { } forwarding)
        {
            var (transport, connections) = _connections.Transport(forwarding);
            if (_metrics is null)
            {
                _metrics = Own(new Swappable<IMetricsTransport>(transport, connections));
                Pipeline.Metrics = Own(_newForwarder(new SwappableMetricsTransport(_metrics)));
                return;
            }

            _metrics.Swap(transport, connections);
        }

        Pipeline.Metrics?.Apply(exporter);
    }

    private void ApplyRoutes(ExporterConfiguration before, ExporterConfiguration exporter, bool reconnects)
    {
        if (_routes.Current is SentryRoutes routes
            && exporter.Api is { } api && before.Api is { } known && api.Url == known.Url && api.Organization == known.Organization)
        {
            if (reconnects)
            {
                var (client, owned) = _connections.Client(exporter, api);
                _api!.Swap(client, owned);
            }

            routes.Apply(exporter);
        }
        else
        {
            _routes.Replace(NewSource(exporter));
        }
    }

    private IRouteSource NewSource(ExporterConfiguration exporter)
    {
        if (exporter.Kubernetes is not null)
        {
            var informers = new InformerServices { Random = _services.Random, TimeProvider = _services.TimeProvider, Logger = _logger };
            return new KubernetesRoutes(exporter, Cluster(), GatewayIdentity.From(_services.Environment), informers, _services.TimeProvider, _logger);
        }

        if (exporter.Api is not { } api)
        {
            return new DsnRoutes(exporter);
        }

        var (first, owned) = _connections.Client(exporter, api);
        _api = Own(new Swappable<ISentryApiClient>(first, owned));
        return new SentryRoutes(exporter, new SwappableSentryApi(_api, api.Organization), _services.TimeProvider, _services.Random, _logger);
    }

    // One client, however often the source changes.
    private IKubernetesClient Cluster()
    {
        if (_cluster is null)
        {
            _cluster = _services.Kubernetes(_services.Version);
            if (_cluster is IDisposable disposable)
            {
                Own(disposable);
            }
        }

        return _cluster;
    }

    private T Own<T>(T disposable)
        where T : IDisposable
    {
        _owned.Add(disposable);
        return disposable;
    }
}
