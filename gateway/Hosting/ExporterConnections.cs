using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Forwarding;
using SentryOtel.Gateway.Sending;
using SentryOtel.Sentry.Api;
using SentryOtel.Sentry.RateLimits;

namespace SentryOtel.Gateway.Hosting;

/// <summary>Makes what an exporter speaks to others with, each with connections of its own, so that one may be replaced without the others.</summary>
internal sealed class ExporterConnections(GatewayServices services)
{
    /// <summary>To ingest.</summary>
    public (IBatchSender Sender, IReadOnlyList<IDisposable> Owned) Sender(ExporterConfiguration exporter, RateLimitStore rateLimits)
    {
        var http = new HttpMessageInvoker(services.Network(Handler(exporter)));
        return (new OtlpSender(http, exporter.Http.Headers, exporter.Timeout, rateLimits, services.TimeProvider, services.Version), [http]);
    }

    /// <summary>To Sentry's API.</summary>
    public (ISentryApiClient Client, IReadOnlyList<IDisposable> Owned) Client(ExporterConfiguration exporter, SentryApiConfiguration api)
    {
        var options = new SentryApiOptions
        {
            Url = api.Url,
            Organization = api.Organization,
            Token = new SentryToken(api.Token.Value),
            Headers = exporter.Http.Headers.ToDictionary(pair => pair.Key, pair => pair.Value.Value),
        };
        var handler = services.Network(Handler(exporter));

        // A budget of its own: Sentry counts by token.
        var budget = new SentryApiBudget(services.TimeProvider, services.Random);
        var client = new SentryApiClient(
            options, handler, budget, services.TimeProvider, services.Random, services.LoggerFactory.CreateLogger<SentryApiClient>());
        return (client, [client, budget, handler]);
    }

    /// <summary>To where metrics go.</summary>
    public (IMetricsTransport Transport, IReadOnlyList<IDisposable> Owned) Transport(ForwardingConfiguration forwarding)
    {
        var http = new HttpMessageInvoker(Handler(new SentryHttpOptions
        {
            CertificateAuthorities = forwarding.CertificateAuthorities,
            IncludeSystemAuthorities = forwarding.IncludeSystemAuthorities,
            ClientCertificate = forwarding.ClientCertificate,
            ClientKey = forwarding.ClientKey?.Value,
            TlsVersions = forwarding.TlsVersions,
            InsecureSkipVerify = forwarding.InsecureSkipVerify,
            ServerName = forwarding.ServerName,
        }));
        return (new OtlpTransport(http, forwarding, services.TimeProvider, services.Version), [http]);
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

    private static SocketsHttpHandler Handler(SentryHttpOptions options)
    {
        var handler = options.CreateHandler();

        // Spans of the gateway's own work are no business of the destination's: no traceparent goes out.
        handler.ActivityHeadersPropagator = null;
        return handler;
    }
}
