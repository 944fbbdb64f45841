using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using SentryOtel.Gateway.Configuration;
using SentryOtel.Gateway.Receiving.Auth;
using SentryOtel.Gateway.Receiving.Renewal;
using SentryOtel.Gateway.Receiving.SharedPort;
using SentryOtel.Gateway.Receiving.Tls;
using SentryOtel.Gateway.Receiving.Transport;

namespace SentryOtel.Gateway.Receiving;

/// <summary>
/// One OTLP receiver: listens for OTLP/gRPC and OTLP/HTTP, reads requests within the memory budget, hands them to its
/// pipeline, and answers as the OTLP specification 1.11 says.
/// </summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly string _id;
    private readonly ReceiverOptions _options;
    private readonly ILoggerFactory _loggerFactory;
    private readonly ILogger _logger;
    private readonly ProtocolServer? _grpc;
    private readonly ProtocolServer? _http;
    private readonly List<IDisposable> _owned = [];
    private volatile bool _retired;

    /// <summary>A receiver that does not listen yet.</summary>
    /// <param name="configuration">Where to listen, and how large requests may be.</param>
    /// <param name="pipeline">Takes the requests.</param>
    /// <param name="admission">The memory budget.</param>
    /// <param name="options">What else it needs.</param>
    /// <param name="loggerFactory">For the receiver and Kestrel.</param>
    /// <exception cref="IOException">A certificate or a file of credentials can not be read.</exception>
    public OtlpReceiver(
        ReceiverConfiguration configuration,
        IIngestPipeline pipeline,
        Admission admission,
        ReceiverOptions options,
        ILoggerFactory loggerFactory)
    {
        (_id, _options, _loggerFactory) = (configuration.Id, options, loggerFactory);
        _logger = loggerFactory.CreateLogger<OtlpReceiver>();
        var intake = new RequestIntake(pipeline, admission, BodyPool.Process);
        var sockets = options.Transport ?? SocketTransport.Create(loggerFactory);
        var grpc = configuration.Grpc is { } rpc ? new GrpcExport(intake, rpc, Authenticator(rpc), options, Refusals) : null;
        var http = configuration.Http is { } web ? new HttpExport(intake, web, Authenticator(web), options, Refusals) : null;
        if (!configuration.OnePort)
        {
            _grpc = grpc is null ? null : Server(configuration.Grpc!, HttpProtocols.Http2, grpc, sockets);
            _http = http is null ? null : Server(configuration.Http!, configuration.Http!.Tls is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2, http, sockets);
        }
        else if (configuration.Http!.Tls is not null)
        {
            _grpc = _http = Server(Both(configuration), HttpProtocols.Http1AndHttp2, new EitherProtocol(grpc!, http!), sockets);
        }
        else
        {
            var connections = configuration.Http.Connections;
            var splitter = new PortSplitter(sockets, connections.HeadersTimeout, connections.MaxConnections, options.TimeProvider);
            _http = Server(configuration.Http, HttpProtocols.Http1, http!, splitter.Http1);
            _grpc = Server(Both(configuration), HttpProtocols.Http2, new EitherProtocol(grpc!, http!), splitter.Http2);
        }
    }

    /// <summary>Requests that never reached the pipeline.</summary>
    public Refusals Refusals { get; } = new();

    /// <summary>What became of changed certificates and credentials.</summary>
    public Renewals Renewals => _options.Renewals;

    /// <summary>Where OTLP/gRPC is served, once started; null when it is not configured.</summary>
    public IPEndPoint? Grpc => _grpc?.Address;

    /// <summary>Where OTLP/HTTP is served, once started; null when it is not configured.</summary>
    public IPEndPoint? Http => _http?.Address;

    private IEnumerable<(ProtocolServer Server, string Protocol)> Servers
    {
        get
        {
            if (_grpc is not null)
            {
                yield return (_grpc, _grpc == _http ? "OTLP/gRPC and OTLP/HTTP" : "OTLP/gRPC");
            }

            if (_http is not null && _http != _grpc)
            {
                yield return (_http, "OTLP/HTTP");
            }
        }
    }

    /// <summary>Starts to listen.</summary>
    /// <exception cref="IOException">An address is in use.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var (server, protocol) in Servers)
        {
            await server.StartAsync(cancellationToken).ConfigureAwait(false);
            Log.Listening(_logger, _id, protocol, server.Address);
        }
    }

    /// <summary>Asks for each connection to be closed after its next answer: another receiver takes the place of this one.</summary>
    public void Retire() => _retired = true;

    /// <summary>Takes no more connections; ends when the requests being answered are done, or when the token is cancelled.</summary>
    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Servers.Select(each => each.Server.StopAsync(cancellationToken)));

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        foreach (var (server, _) in Servers)
        {
            server.Dispose();
        }

        _owned.ForEach(owned => owned.Dispose());
        return ValueTask.CompletedTask;
    }

    // What HTTP/2 has of its own is gRPC's to say; all else is OTLP/HTTP's.
    private static ProtocolConfiguration Both(ReceiverConfiguration configuration)
    {
        var (grpc, http) = (configuration.Grpc!.Connections, configuration.Http!.Connections);
        return configuration.Http with
        {
            Connections = http with
            {
                MaxConcurrentStreams = grpc.MaxConcurrentStreams,
                MaxConnectionAge = grpc.MaxConnectionAge,
                PingDelay = grpc.PingDelay,
                PingTimeout = grpc.PingTimeout,
            },
        };
    }

    private ProtocolServer Server(ProtocolConfiguration configuration, HttpProtocols protocols, IProtocolHandler handler, IConnectionListenerFactory transport)
    {
        var tls = configuration.Tls is { } secure ? Own(new ServerTls($"receiver {_id}: TLS", secure, _options.TimeProvider, Renewals, _logger)) : null;
        var application = new ReceiverApplication(handler, configuration.Connections, _options, () => _retired, Refusals, _logger);
        return new ProtocolServer(configuration, protocols, tls, transport, application, _options.TimeProvider, _loggerFactory);
    }

    private IAuthenticator? Authenticator(ProtocolConfiguration configuration) => configuration.Authenticator is { } authenticator
        ? Own(Authenticators.Create(authenticator, _options.TimeProvider, Renewals, _logger))
        : null;

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }
}
