using System.Buffers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace SentryOtel.Gateway.Receiving;

/// <summary>
/// One OTLP receiver: listens for OTLP/gRPC and OTLP/HTTP, reads requests within the memory budget, hands them to its
/// pipeline, and answers as the OTLP specification 1.11 says.
/// </summary>
internal sealed class OtlpReceiver : IDisposable
{
    private readonly string _id;
    private readonly ILogger _logger;
    private readonly ProtocolServer? _grpc;
    private readonly ProtocolServer? _http;

    /// <summary>A receiver that does not listen yet.</summary>
    /// <param name="id">Component id, such as <c>otlp</c>, for the log.</param>
    /// <param name="options">Where to listen.</param>
    /// <param name="pipeline">Takes the requests.</param>
    /// <param name="admission">The memory budget.</param>
    /// <param name="isReady">What gRPC health answers.</param>
    /// <param name="refusals">Counts requests that never reach the pipeline.</param>
    /// <param name="timeProvider">The clock of deadlines and connection ages.</param>
    /// <param name="loggerFactory">For the receiver and Kestrel.</param>
    public OtlpReceiver(
        string id,
        ReceiverOptions options,
        IIngestPipeline pipeline,
        Admission admission,
        Func<bool> isReady,
        Refusals refusals,
        TimeProvider timeProvider,
        ILoggerFactory loggerFactory)
    {
        _id = id;
        _logger = loggerFactory.CreateLogger<OtlpReceiver>();
        var intake = new RequestIntake(pipeline, admission, ArrayPool<byte>.Shared);
        if (options.Grpc is { } grpc)
        {
            var export = new GrpcExport(intake, grpc.MaxRequestBytes, options.RetryAfter, isReady, refusals, timeProvider);
            _grpc = Server(grpc, HttpProtocols.Http2, export.HandleAsync);
        }

        if (options.Http is { } http)
        {
            var export = new HttpExport(intake, http.MaxRequestBytes, options.RetryAfter, refusals);
            _http = Server(http, HttpProtocols.Http1, export.HandleAsync);
        }

        ProtocolServer Server(ReceiverEndpoint endpoint, HttpProtocols protocols, RequestDelegate handle) => new(
            endpoint,
            protocols,
            options.MaxConnections,
            new ReceiverApplication(handle, options.MaxConnectionAge, refusals, timeProvider, _logger),
            timeProvider,
            loggerFactory);
    }

    /// <summary>Where OTLP/gRPC listens, once started; null when it does not.</summary>
    public Uri? GrpcAddress => _grpc?.Address;

    /// <summary>Where OTLP/HTTP listens, once started; null when it does not.</summary>
    public Uri? HttpAddress => _http?.Address;

    /// <summary>Starts to listen.</summary>
    /// <exception cref="IOException">An address is in use.</exception>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var (server, protocol) in Servers)
        {
            await server.StartAsync(cancellationToken).ConfigureAwait(false);
            Log.Listening(_logger, _id, protocol, server.Address.Authority);
        }
    }

    /// <summary>Stops to listen, and waits for requests in progress until <paramref name="cancellationToken"/> ends that.</summary>
    public Task StopAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Servers.Select(each => each.Server.StopAsync(cancellationToken)));

    /// <inheritdoc/>
    public void Dispose()
    {
        _grpc?.Dispose();
        _http?.Dispose();
    }

    private IEnumerable<(ProtocolServer Server, string Protocol)> Servers
    {
        get
        {
            if (_grpc is not null)
            {
                yield return (_grpc, "OTLP/gRPC");
            }

            if (_http is not null)
            {
                yield return (_http, "OTLP/HTTP");
            }
        }
    }
}
