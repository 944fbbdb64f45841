using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace SentryOtel.Gateway.Receiving;

/// <summary>A Kestrel server for one protocol of a receiver, without a host around it: it listens between start and stop.</summary>
internal sealed class ProtocolServer : IDisposable
{
    private static readonly TimeSpan DeadPeerPing = TimeSpan.FromSeconds(60);

    private readonly KestrelServer _server;
    private readonly IHttpApplication<HttpContext> _application;

    public ProtocolServer(
        ReceiverEndpoint endpoint,
        HttpProtocols protocols,
        int maxConnections,
        IHttpApplication<HttpContext> application,
        TimeProvider timeProvider,
        ILoggerFactory loggerFactory)
    {
        var kestrel = new KestrelServerOptions { AddServerHeader = false };
        kestrel.Limits.MaxConcurrentConnections = maxConnections;

        // Sizes are checked by the handlers, which answer with a status that the client sees; Kestrel would close the
        // connection while the client still writes, which looks like an outage.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.Http2.KeepAlivePingDelay = DeadPeerPing;
        Listen(kestrel, endpoint, listen =>
        {
            listen.Protocols = protocols;
            listen.Use(next => connection =>
            {
                connection.Items[ReceiverApplication.ConnectionStarted] = timeProvider.GetTimestamp();
                return next(connection);
            });
        });
        _application = application;
        _server = new KestrelServer(
            Options.Create(kestrel), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggerFactory), loggerFactory);
    }

    /// <summary>Where the server listens, once started.</summary>
    public Uri Address => _server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() is { } address
        ? new Uri(address.Replace("[::]", "localhost", StringComparison.Ordinal))
        : throw new InvalidOperationException("The server does not listen yet.");

    /// <summary>Binds the port.</summary>
    /// <exception cref="IOException">The address is in use.</exception>
    public Task StartAsync(CancellationToken cancellationToken) => _server.StartAsync(_application, cancellationToken);

    /// <summary>Takes no new connections, lets requests in progress finish until <paramref name="cancellationToken"/> ends that.</summary>
    public Task StopAsync(CancellationToken cancellationToken) => _server.StopAsync(cancellationToken);

    public void Dispose() => _server.Dispose();

    private static void Listen(KestrelServerOptions kestrel, ReceiverEndpoint endpoint, Action<ListenOptions> configure)
    {
        if (endpoint.Host.Length == 0)
        {
            kestrel.ListenAnyIP(endpoint.Port, configure);
        }
        else if (endpoint.Host != "localhost")
        {
            kestrel.Listen(IPAddress.Parse(endpoint.Host), endpoint.Port, configure);
        }
        else if (endpoint.Port == 0)
        {
            // A port that the system chooses can not be the same for both loopback addresses.
            kestrel.Listen(IPAddress.Loopback, endpoint.Port, configure);
        }
        else
        {
            kestrel.ListenLocalhost(endpoint.Port, configure);
        }
    }
}
