using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Forwarding;
using SentryOtel.Gateway.Ingest;
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

/// <summary>One exporter put together: connections, routes, pipeline.</summary>
internal sealed class ExporterParts : IDisposable
{
    private readonly List<IDisposable> _owned = [];

    public ExporterParts(
        ExporterConfiguration exporter,
        IReadOnlyDictionary<OtlpSignal, BatchConfiguration> batches,
        Admission admission,
        Accounts accounts,
        AttemptObserver attempts,
        GatewayServices services)
    {
        var logger = services.LoggerFactory.CreateLogger("SentryOtel.Gateway");
        var handler = Own(Handler(exporter));

        // Spans of the gateway's own work are no business of Sentry's: no traceparent goes out.
        handler.ActivityHeadersPropagator = null;
        Routes = RoutesOf(exporter, handler, services, logger);
        var rateLimits = new RateLimitStore(services.TimeProvider);
        var sender = new OtlpSender(
            Own(new HttpMessageInvoker(handler, disposeHandler: false)), exporter.Http.Headers, exporter.Timeout, rateLimits, services.TimeProvider, services.Version);
        Pipeline = Own(new ExporterPipeline(
            exporter, batches, Routes, new ObservedSender(exporter.Id, sender, attempts, services.TimeProvider), rateLimits, admission, accounts, services.TimeProvider, services.Random, logger)
        {
            Metrics = ForwarderOf(exporter, admission, accounts, attempts, services, logger),
        });
    }

    public IRouteSource Routes { get; }

    public ExporterPipeline Pipeline { get; }

    public void Dispose()
    {
        // What came last leans on what came first.
        foreach (var owned in Enumerable.Reverse(_owned))
        {
            owned.Dispose();
        }
    }

    private MetricsForwarder? ForwarderOf(
        ExporterConfiguration exporter, Admission admission, Accounts accounts, AttemptObserver attempts, GatewayServices services, ILogger logger)
    {
        if (exporter.MetricsForwarding is not { } forwarding)
        {
            return null;
        }

        var handler = Own(new SentryHttpOptions
        {
            CertificateAuthorities = forwarding.CertificateAuthorities,
            InsecureSkipVerify = forwarding.InsecureSkipVerify,
            ServerName = forwarding.ServerName,
        }.CreateHandler());
        handler.ActivityHeadersPropagator = null;
        var transport = new OtlpTransport(Own(new HttpMessageInvoker(handler, disposeHandler: false)), forwarding, services.TimeProvider, services.Version);
        return Own(new MetricsForwarder(exporter, transport, accounts, admission, attempts, services.TimeProvider, services.Random, logger));
    }

    private static SocketsHttpHandler Handler(ExporterConfiguration exporter) => new SentryHttpOptions
    {
        CertificateAuthorities = exporter.Http.CertificateAuthorities,
        InsecureSkipVerify = exporter.Http.InsecureSkipVerify,
        ServerName = exporter.Http.ServerName,
        ProxyUrl = exporter.Http.ProxyUrl,
        MaxConnectionsPerServer = exporter.Http.MaxConnectionsPerHost ?? SendCapacity.From(exporter).Connections,
    }.CreateHandler();

    private IRouteSource RoutesOf(ExporterConfiguration exporter, SocketsHttpHandler handler, GatewayServices services, ILogger logger)
    {
        if (exporter.Kubernetes is not null)
        {
            var informers = new InformerServices { Random = services.Random, TimeProvider = services.TimeProvider, Logger = logger };
            var client = services.Kubernetes();
            if (client is IDisposable disposable)
            {
                Own(disposable);
            }

            return Own(new KubernetesRoutes(exporter, client, GatewayIdentity.From(services.Environment), informers, services.TimeProvider, logger));
        }

        if (exporter.Api is not { } api)
        {
            return new DsnRoutes(exporter);
        }

        var options = new SentryApiOptions
        {
            Url = api.Url,
            Organization = api.Organization,
            Token = new SentryToken(api.Token.Value),
            Headers = exporter.Http.Headers.ToDictionary(pair => pair.Key, pair => pair.Value.Value),
        };
        var budget = Own(new SentryApiBudget(services.TimeProvider, services.Random));
        var sentry = Own(new SentryApiClient(
            options, handler, budget, services.TimeProvider, services.Random, services.LoggerFactory.CreateLogger<SentryApiClient>()));
        return Own(new SentryRoutes(exporter, sentry, services.TimeProvider, services.Random, logger));
    }

    private T Own<T>(T disposable)
        where T : IDisposable
    {
        _owned.Add(disposable);
        return disposable;
    }
}
