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
using SentryOtel.Kubernetes.Informers;
using SentryOtel.Otlp;
using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.RateLimits;

namespace SentryOtel.Gateway.Hosting;

/// <summary>One exporter put together: connections, routes, pipeline. All of it takes another configuration while it runs; what waits stays.</summary>
internal sealed class ExporterParts : IDisposable
{
    private readonly List<IDisposable> _owned = [];
    private readonly GatewayServices _services;
    private readonly ILogger _logger;
    private readonly RateLimitStore _rateLimits;
    private readonly Swappable<IBatchSender> _sender;
    private readonly SwappableRoutes _routes;
    private Swappable<ISentryApiClient>? _api;
    private Swappable<IMetricsTransport>? _metrics;
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
        _rateLimits = new RateLimitStore(services.TimeProvider);
        var (sender, connections) = NewSender(exporter);
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
            files: FilesOf(exporter))
        {
            Metrics = ForwarderOf(exporter, admission, accounts, attempts),
        });
    }

    public IRouteSource Routes => _routes;

    public ExporterPipeline Pipeline { get; }

    /// <summary>How long what waits may be sent when the exporter is taken out of the configuration: no longer than it may wait anyway.</summary>
    public TimeSpan LongestDrain => _exporter.Queue.MaxAge;

    /// <summary>Works by another configuration from now on. Queues keep what they hold; attempts and calls on the way end as they began.</summary>
    public void Apply(ExporterConfiguration exporter, IReadOnlyDictionary<OtlpSignal, BatchConfiguration> batches, ConfigurationChange change)
    {
        var (before, path) = (_exporter, $"exporters.{exporter.Id}");
        _exporter = exporter;
        if (change.Touches(path, "http", "timeout") || SendCapacity.From(before) != SendCapacity.From(exporter))
        {
            var (sender, connections) = NewSender(exporter);
            _sender.Swap(sender, connections);
        }

        if (_metrics is not null && exporter.MetricsForwarding is { } forwarding && change.Touches(path, "metrics"))
        {
            var (transport, connections) = NewTransport(forwarding);
            _metrics.Swap(transport, connections);
        }

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

    private void ApplyRoutes(ExporterConfiguration before, ExporterConfiguration exporter, bool reconnects)
    {
        if (_routes.Current is SentryRoutes routes
            && exporter.Api is { } api && before.Api is { } known && api.Url == known.Url && api.Organization == known.Organization)
        {
            if (reconnects)
            {
                var (client, owned) = NewClient(exporter, api);
                _api!.Swap(client, owned);
            }

            routes.Apply(exporter);
        }
        else
        {
            _routes.Replace(NewSource(exporter));
        }
    }

    private MetricsForwarder? ForwarderOf(ExporterConfiguration exporter, Admission admission, Accounts accounts, AttemptObserver attempts)
    {
        if (exporter.MetricsForwarding is not { } forwarding)
        {
            return null;
        }

        var (transport, connections) = NewTransport(forwarding);
        _metrics = Own(new Swappable<IMetricsTransport>(transport, connections));
        return Own(new MetricsForwarder(
            exporter, new SwappableMetricsTransport(_metrics), accounts, admission, attempts, _services.TimeProvider, _services.Random, _logger));
    }

    private (IMetricsTransport Transport, IReadOnlyList<IDisposable> Owned) NewTransport(ForwardingConfiguration forwarding)
    {
        var http = new HttpMessageInvoker(Handler(new SentryHttpOptions
        {
            CertificateAuthorities = forwarding.CertificateAuthorities,
            InsecureSkipVerify = forwarding.InsecureSkipVerify,
            ServerName = forwarding.ServerName,
        }));
        return (new OtlpTransport(http, forwarding, _services.TimeProvider, _services.Version), [http]);
    }

    private static SocketsHttpHandler Handler(SentryHttpOptions options)
    {
        var handler = options.CreateHandler();

        // Spans of the gateway's own work are no business of the destination's: no traceparent goes out.
        handler.ActivityHeadersPropagator = null;
        return handler;
    }

    private static SocketsHttpHandler Handler(ExporterConfiguration exporter) => Handler(new SentryHttpOptions
    {
        CertificateAuthorities = exporter.Http.CertificateAuthorities,
        IncludeSystemAuthorities = exporter.Http.IncludeSystemAuthorities,
        ClientCertificate = exporter.Http.ClientCertificate,
        ClientKey = exporter.Http.ClientKey?.Value,
        TlsVersions = exporter.Http.TlsVersions,
        KeepAlives = exporter.Http.KeepAlives,
        IdleTimeout = exporter.Http.IdleTimeout,
        PingAfter = exporter.Http.PingAfter,
        PingTimeout = exporter.Http.PingTimeout,
        InsecureSkipVerify = exporter.Http.InsecureSkipVerify,
        ServerName = exporter.Http.ServerName,
        ProxyUrl = exporter.Http.ProxyUrl,
        MaxConnectionsPerServer = exporter.Http.MaxConnectionsPerHost ?? SendCapacity.From(exporter).Connections,
    });

    private (IBatchSender Sender, IReadOnlyList<IDisposable> Owned) NewSender(ExporterConfiguration exporter)
    {
        var handler = _services.Network(Handler(exporter));
        var http = new HttpMessageInvoker(handler);
        return (new OtlpSender(http, exporter.Http.Headers, exporter.Timeout, _rateLimits, _services.TimeProvider, _services.Version), [http]);
    }

    private (ISentryApiClient Client, IReadOnlyList<IDisposable> Owned) NewClient(ExporterConfiguration exporter, SentryApiConfiguration api)
    {
        var options = new SentryApiOptions
        {
            Url = api.Url,
            Organization = api.Organization,
            Token = new SentryToken(api.Token.Value),
            Headers = exporter.Http.Headers.ToDictionary(pair => pair.Key, pair => pair.Value.Value),
        };
        var handler = _services.Network(Handler(exporter));

        // A budget of its own: Sentry counts by token.
        var budget = new SentryApiBudget(_services.TimeProvider, _services.Random);
        var client = new SentryApiClient(
            options, handler, budget, _services.TimeProvider, _services.Random, _services.LoggerFactory.CreateLogger<SentryApiClient>());
        return (client, [client, budget, handler]);
    }

    private IRouteSource NewSource(ExporterConfiguration exporter)
    {
        if (exporter.Kubernetes is not null)
        {
            var informers = new InformerServices { Random = _services.Random, TimeProvider = _services.TimeProvider, Logger = _logger };
            var client = _services.Kubernetes();
            if (client is IDisposable disposable)
            {
                Own(disposable);
            }

            return new KubernetesRoutes(exporter, client, GatewayIdentity.From(_services.Environment), informers, _services.TimeProvider, _logger);
        }

        if (exporter.Api is not { } api)
        {
            return new DsnRoutes(exporter);
        }

        var (first, owned) = NewClient(exporter, api);
        _api = Own(new Swappable<ISentryApiClient>(first, owned));
        return new SentryRoutes(exporter, new SwappableSentryApi(_api, api.Organization), _services.TimeProvider, _services.Random, _logger);
    }

    private T Own<T>(T disposable)
        where T : IDisposable
    {
        _owned.Add(disposable);
        return disposable;
    }
}
