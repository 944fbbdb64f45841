using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SentryOtel.Gateway.Configuration.Values;

namespace SentryOtel.Gateway.Receiving;

/// <summary>A Kestrel server for one protocol of a receiver, without a host around it: it listens between start and stop.</summary>
internal sealed class ProtocolServer : IDisposable
{
    private static readonly TimeSpan DeadPeerPing = TimeSpan.FromSeconds(60);

    private readonly KestrelServer _server;
    private readonly IHttpApplication<HttpContext> _application;

    public ProtocolServer(
        ListenEndpoint endpoint,
        HttpProtocols protocols,
        ReceiverOptions options,
        IHttpApplication<HttpContext> application,
        ILoggerFactory loggerFactory)
    {
        var kestrel = new KestrelServerOptions { AddServerHeader = false };
        kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;

        // Sizes are checked by the handlers, which answer with a status that the client sees; Kestrel would close the
        // connection while the client still writes, which looks like an outage.
        kestrel.Limits.MaxRequestBodySize = null;
        kestrel.Limits.Http2.KeepAlivePingDelay = DeadPeerPing;
        kestrel.Listen(endpoint.ToIPEndPoint(), listen =>
        {
            listen.Protocols = protocols;
            listen.Use(next => connection =>
            {
                connection.Items[ReceiverApplication.ConnectionStarted] = options.TimeProvider.GetTimestamp();
                return next(connection);
            });
        });
        _application = application;
        _server = new KestrelServer(
            Options.Create(kestrel), options.Transport ?? new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggerFactory), loggerFactory);
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
}
