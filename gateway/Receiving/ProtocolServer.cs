using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Configuration.Values;
using SentryOtel.Gateway.Receiving.Tls;

namespace SentryOtel.Gateway.Receiving;

/// <summary>A Kestrel server for one port of a receiver, without a host around it: it listens between start and stop.</summary>
internal sealed class ProtocolServer : IDisposable
{
    // Kestrel counts from here on whether a body comes fast enough.
    private static readonly TimeSpan DataRateGrace = TimeSpan.FromSeconds(5);

    // Kestrel's own word for no bound overflows when it is added to a time, and the connection ends within a second.
    private static readonly TimeSpan Never = TimeSpan.FromDays(3650);

    private readonly KestrelServer _server;
    private readonly IHttpApplication<HttpContext> _application;

    public ProtocolServer(
        ProtocolConfiguration configuration,
        HttpProtocols protocols,
        ServerTls? tls,
        IConnectionListenerFactory transport,
        IHttpApplication<HttpContext> application,
        TimeProvider timeProvider,
        ILoggerFactory loggerFactory)
    {
        var kestrel = new KestrelServerOptions { AddServerHeader = false };
        Limit(kestrel.Limits, configuration.Connections);
        if (tls is not null)
        {
            kestrel.ApplicationServices = ServerTls.Services(loggerFactory);
        }

        kestrel.Listen(configuration.Endpoint.ToIPEndPoint(), listen =>
        {
            listen.Protocols = protocols;
            listen.Use(next => connection =>
            {
                connection.Items[ReceiverApplication.ConnectionStarted] = timeProvider.GetTimestamp();
                return next(connection);
            });
            tls?.Use(listen);
        });
        _application = application;
        _server = new KestrelServer(Options.Create(kestrel), transport, loggerFactory);
    }

    /// <summary>Where the server listens, once started; null before.</summary>
    public IPEndPoint? Address
    {
        get
        {
            if (_server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is not { } bound)
            {
                return null;
            }

            var uri = new Uri(bound);
            return new IPEndPoint(IPAddress.Parse(uri.Host), uri.Port);
        }
    }

    /// <summary>Binds the port.</summary>
    /// <exception cref="IOException">The address is in use.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => _server.StartAsync(_application, cancellationToken);

    /// <summary>Takes no new connections, lets requests in progress finish until <paramref name="cancellationToken"/> ends that.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _server.StopAsync(cancellationToken);

    public void Dispose() => _server.Dispose();

    private static void Limit(KestrelServerLimits limits, ConnectionConfiguration connections)
    {
        limits.MaxConcurrentConnections = connections.MaxConnections;

        // Sizes are checked by the handlers, which answer with a status that the client sees; Kestrel would close the
        // connection while the client still writes, which looks like an outage.
        limits.MaxRequestBodySize = null;
        limits.KeepAliveTimeout = connections.IdleTimeout ?? Never;
        limits.RequestHeadersTimeout = connections.HeadersTimeout ?? Never;
        limits.MinRequestBodyDataRate = connections.MinBytesPerSecond > 0 ? new MinDataRate(connections.MinBytesPerSecond, DataRateGrace) : null;
        limits.Http2.MaxStreamsPerConnection = connections.MaxConcurrentStreams;
        limits.Http2.KeepAlivePingDelay = connections.PingDelay ?? Timeout.InfiniteTimeSpan;
        limits.Http2.KeepAlivePingTimeout = connections.PingTimeout;
    }
}
